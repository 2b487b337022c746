"""A logged-in connection as a shell, and the way to one."""

import contextlib
import threading
import time
from collections.abc import Iterator

from recorder.bindings.stack import HostBinding
from recorder.collect.shell import Answer, Connection, Ended, Reading, Running, Unreachable
from recorder.collect.ssh.library import paramiko
from recorder.collect.ssh.login import LoggedIn, log_in
from recorder.collect.ssh.running import start
from recorder.collect.ssh.shelf import Shelf
from recorder.errors import starved
from recorder.model import Reason

CHUNK_BYTES = 64 * 1024
COMPLAINT_LIMIT_SEC = 1.0
NETWORK_REASONS = (Reason.TIMEOUT, Reason.NO_ROUTE, Reason.NAME_NOT_FOUND, Reason.REFUSED)
OPEN_CONNECT_FAILED = 2  # RFC 4254, section 5.1


class SshShell:
    """A logged-in connection."""

    def __init__(self, way: LoggedIn, address: str, name: str) -> None:
        self._way = way
        self._transport = way.transport
        self.address = address
        self.name = name

    def run(self, script: bytes, *, until: bytes, timeout_sec: float) -> Answer:
        """One exec of `sh -s`, the script on its standard input."""
        deadline = time.monotonic() + timeout_sec
        reading = Reading(until)
        try:
            channel = self._transport.open_session(timeout=timeout_sec)
            with _closed_after(channel, deadline - time.monotonic()):
                channel.exec_command("sh -s")
        except (paramiko.SSHException, OSError, EOFError) as error:
            self._admit_starving()
            late = time.monotonic() >= deadline
            return reading.answer(Ended.TIMEOUT if late else Ended.CLOSED, str(error).encode())
        with contextlib.closing(channel):
            with contextlib.suppress(OSError):  # a shell that ended at once; its answer tells
                channel.settimeout(timeout_sec)
                channel.sendall(script)
                channel.shutdown_write()
            ended = _read(channel, reading, deadline)
            self._admit_starving()
            return reading.answer(ended, _complaint(channel) if ended is Ended.CLOSED else b"")

    def _admit_starving(self) -> None:
        """Raise MemoryError where the connection went because this machine had no memory for it."""
        trouble = self._transport.get_exception()
        if trouble is not None and starved(trouble):
            raise MemoryError(str(trouble)) from trouble

    def start(self, script: bytes, *, timeout_sec: float) -> Running:
        """One exec of `sh -s` that is listened to."""
        return start(self._transport, script, timeout_sec)

    def dial(self, port: int, timeout_sec: float) -> Connection:
        """A direct-tcpip channel to the host's own 127.0.0.1."""
        try:
            return self._transport.open_channel(
                "direct-tcpip", ("127.0.0.1", port), ("127.0.0.1", 0), timeout=timeout_sec
            )
        except paramiko.ChannelException as error:
            if error.code == OPEN_CONNECT_FAILED:
                raise ConnectionRefusedError from error
            raise PermissionError("sshd forbids forwarding") from error
        except (paramiko.SSHException, EOFError) as error:
            if self._transport.is_active():
                raise TimeoutError from error
            raise ConnectionResetError from error

    def close(self) -> None:
        self._way.close()


def connect(host: HostBinding, shelf: Shelf | None = None) -> SshShell:
    """Log in to a host by the first of its addresses that lets us; `shelf`: shared with others.

    An address that answers as somebody else does not end the search: away from home, the LAN
    address may be a stranger's. The most telling failure is the one raised.
    """
    failures = []
    shelf = shelf or Shelf()
    for address in host.addresses:
        try:
            options = shelf.config.options(address, host.ssh_user, host.ssh_port)
            way = log_in(options, shelf, host.connect_timeout_sec)
            return SshShell(way, address, options.host_name)
        except Unreachable as failure:
            failure.address = address
            failures.append(failure)
    telling = [failure for failure in failures if failure.reason not in NETWORK_REASONS]
    raise (telling or failures)[0]


@contextlib.contextmanager
def _closed_after(channel: paramiko.Channel, timeout_sec: float) -> Iterator[None]:
    """Close a channel if the block takes longer: paramiko waits for ever for a request's answer."""
    limit = threading.Timer(timeout_sec, channel.close)
    limit.daemon = True
    limit.start()
    try:
        yield
    finally:
        limit.cancel()


def _read(channel: paramiko.Channel, reading: Reading, deadline: float) -> Ended:
    while True:
        channel.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            chunk = channel.recv(CHUNK_BYTES)
        except TimeoutError:
            return Ended.TIMEOUT
        except OSError:
            return Ended.CLOSED
        ended = reading.add(chunk) if chunk else Ended.CLOSED
        if ended is not None:
            return ended


def _complaint(channel: paramiko.Channel) -> bytes:
    channel.settimeout(COMPLAINT_LIMIT_SEC)
    with contextlib.suppress(OSError):
        return channel.recv_stderr(CHUNK_BYTES)
    return b""
