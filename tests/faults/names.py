"""Name servers of the control machine: one that never answers, and says of no other name it is."""

import contextlib
import socket
import threading
from collections.abc import Iterator

from realhosts import Lab

ADDRESS = "127.0.0.53"
SILENT = b"silent"  # the first part of names that are never answered
TICK_SEC = 0.2
NO_SUCH_NAME = 0x8183  # a response, recursion, NXDOMAIN: RFC 1035, section 4.1.1


@contextlib.contextmanager
def name_server(lab: Lab) -> Iterator[None]:
    """Have the control machine ask a server of ours for names it doesn't know."""
    switch = lab.control.folder / "etc" / "nsswitch.conf"
    resolver = lab.control.folder / "etc" / "resolv.conf"
    was = switch.read_text()
    with lab.network():
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind((ADDRESS, 53))
    over = threading.Event()
    thread = threading.Thread(target=_serve, args=(server, over), daemon=True)
    thread.start()
    resolver.write_text(f"nameserver {ADDRESS}\n")
    lab.cell.run("mount", "--bind", str(resolver), "/etc/resolv.conf")
    switch.write_text(was.replace("hosts: files", "hosts: files dns"))
    try:
        yield
    finally:
        switch.write_text(was)
        lab.cell.run("umount", "/etc/resolv.conf")
        over.set()
        thread.join()


def _serve(server: socket.socket, over: threading.Event) -> None:
    server.settimeout(TICK_SEC)
    with server:
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                question, asker = server.recvfrom(512)
                if not question[13:].startswith(SILENT):
                    answer = question[:2] + NO_SUCH_NAME.to_bytes(2) + question[4:]
                    server.sendto(answer, asker)
