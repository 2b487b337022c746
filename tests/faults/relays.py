"""Ways to a real sshd that spoil what it says: cut off, slow, shut every second time."""

import contextlib
import itertools
import socket
import threading
from collections.abc import Callable, Iterator

from collect.servers import Behaviour

CHUNK_BYTES = 16 * 1024
Spoil = Callable[[Iterator[bytes]], Iterator[bytes]]


def relaying(address: str, port: int, spoil: Spoil) -> Behaviour:
    """Lead to that sshd; what it answers goes through `spoil`, whose end closes both sides."""

    def behave(connection: socket.socket) -> None:
        connection.settimeout(None)
        with socket.create_connection((address, port)) as sshd:
            threading.Thread(target=_pump, args=(connection, sshd), daemon=True).start()
            with contextlib.suppress(OSError):
                for chunk in spoil(_chunks(sshd)):
                    connection.sendall(chunk)
            _hang_up(sshd)
            _hang_up(connection)

    return behave


def cut_after(count: int) -> Spoil:
    """So many bytes, and then the end."""

    def spoil(chunks: Iterator[bytes]) -> Iterator[bytes]:
        left = count
        for chunk in chunks:
            yield chunk[:left]
            left -= len(chunk)
            if left <= 0:
                return

    return spoil


def slow_after(count: int, pause_sec: float = 1.0) -> Spoil:
    """So many bytes as they come, then one a second."""

    def spoil(chunks: Iterator[bytes]) -> Iterator[bytes]:
        pause, left = threading.Event(), count
        for chunk in chunks:
            yield chunk[: max(left, 0)]
            for byte in chunk[max(left, 0) :]:
                pause.wait(pause_sec)
                yield bytes([byte])
            left -= len(chunk)

    return spoil


def every_second(behave: Behaviour) -> Behaviour:
    """Close the first connection at once, and each second one after it."""
    number = itertools.count()

    def behave_or_not(connection: socket.socket) -> None:
        if next(number) % 2:
            behave(connection)

    return behave_or_not


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        for chunk in _chunks(source):
            sink.sendall(chunk)
    _hang_up(sink)


def _chunks(source: socket.socket) -> Iterator[bytes]:
    while chunk := source.recv(CHUNK_BYTES):
        yield chunk


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
