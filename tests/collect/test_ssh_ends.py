"""Connections that end as they should not: nobody waits for them, and nothing is printed."""

import socket
import threading
from typing import NoReturn

import pytest

from recorder.bindings.stack import Stack
from recorder.collect.ssh.transport import Transport
from recorder.collect.ways import make_ready
from recorder.errors import NO_LOCKS, NO_THREAD, starved


def no_memory(*_: object) -> NoReturn:
    raise MemoryError


def raising(error: Exception) -> NoReturn:
    raise error


def test_a_connection_without_memory_to_end_leaves_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who waits for it hears of the want of memory at once, and its socket is closed."""
    ours, theirs = socket.socketpair()
    transport = Transport(ours)
    monkeypatch.setattr(transport, "_log", no_memory)  # the first and the last it does
    with theirs, pytest.raises(MemoryError):
        transport.start_client(timeout=60)
    transport.join(10)
    assert not transport.is_alive()
    assert ours.fileno() == -1


@pytest.mark.parametrize("error", [MemoryError(), *map(RuntimeError, (NO_THREAD, *NO_LOCKS))])
def test_a_thread_without_memory_prints_nothing(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another that fails is our own bug, and shows it."""
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    told: list[object] = []
    monkeypatch.setattr(threading, "__excepthook__", lambda trouble: told.append(trouble.exc_type))
    make_ready(Stack())
    for raised in (error, KeyError("a bug")):
        thread = threading.Thread(target=raising, args=(raised,))
        thread.start()
        thread.join()
    assert told == [KeyError]
    assert starved(error)


class GoneBefore:
    """A channel through a jump host whose own connection is closed already."""

    def settimeout(self, _seconds: float) -> None:
        """There is no time to limit."""

    def close(self) -> NoReturn:
        raise EOFError


def test_a_connection_is_closed_even_where_its_way_is_gone() -> None:
    """As when the program ends while a look still closes what it opened: nobody hears of it."""
    transport = Transport(GoneBefore())  # type: ignore[arg-type] # as much of a socket as it needs
    transport.stop_thread()
    assert transport.packetizer.closed
