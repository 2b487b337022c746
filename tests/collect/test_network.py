"""TCP: the reasons and words for what goes wrong, and the order in which addresses are tried."""

import errno
import socket
import threading
import time

import pytest

from recorder.collect.network import describe, dial, dial_first, never_reached, reason_of
from recorder.model import Reason

from .servers import free_port, serving, silent

NOWHERE = "nowhere..invalid"  # is no name to any resolver


def _os_error(number: int) -> OSError:
    return OSError(number, "Some Words")


@pytest.mark.parametrize(
    ("error", "reason", "words", "away"),
    [
        (TimeoutError(), Reason.TIMEOUT, "timed out after 2.5 s", True),
        (_os_error(errno.ETIMEDOUT), Reason.TIMEOUT, "timed out after 2.5 s", True),
        (_os_error(errno.EHOSTUNREACH), Reason.NO_ROUTE, "no route to host", True),
        (_os_error(errno.ENETUNREACH), Reason.NO_ROUTE, "no route to host", True),
        (_os_error(errno.EHOSTDOWN), Reason.NO_ROUTE, "no route to host", True),
        (_os_error(errno.ENETDOWN), Reason.NO_ROUTE, "no route to host", True),
        (socket.gaierror(-2, "x"), Reason.NAME_NOT_FOUND, "name not found", True),
        (_os_error(errno.ECONNREFUSED), Reason.REFUSED, "connection refused", False),
        (
            _os_error(errno.ECONNRESET),
            Reason.REFUSED,
            "connection closed by the other side",
            False,
        ),
        (_os_error(errno.EPIPE), Reason.REFUSED, "connection closed by the other side", False),
        (_os_error(errno.EMFILE), Reason.REFUSED, "no connection: some words", False),
        (OSError(), Reason.REFUSED, "no connection: refused", False),
    ],
)
def test_each_error_has_a_reason_and_words(
    error: OSError,
    reason: Reason,
    words: str,
    away: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """An error of the network is a reason and words; some mean that nobody is there."""
    told = describe(error, 2.5)
    assert (reason_of(error), told) == (reason, words)
    assert never_reached(error) is away


def test_dial_connects_to_a_name() -> None:
    """A name's addresses are tried until one answers."""
    with serving(silent) as port, dial("localhost", port, 5) as connection:
        assert connection.getpeername()[1] == port
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize("name", [NOWHERE, "two..dots", "x" * 64, "x" * 300, "-", "a b"])
def test_what_is_no_name_is_not_found(name: str) -> None:
    """Whatever stands in a binding for an address, it is found or not."""
    with pytest.raises(socket.gaierror):
        dial(name, 22, 1)


def test_a_resolver_has_no_more_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may wait half a minute for its servers; that is no answer, which is not the same as no."""
    over = threading.Event()
    asked = socket.getaddrinfo

    def slow(name: str, *rest: object, flags: int = 0, **more: object) -> object:
        if not flags:
            over.wait(10)
        return asked(name, *rest, flags=flags, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    began = time.monotonic()
    with pytest.raises(TimeoutError) as failed:
        dial("localhost", 22, 0.2)
    over.set()
    assert time.monotonic() - began < 5
    assert describe(failed.value, 0.2) == "no name server answers"


def test_the_last_error_is_told() -> None:
    """A closed port is refused at once."""
    began = time.monotonic()
    with pytest.raises(ConnectionRefusedError):
        dial("127.0.0.1", free_port(), 5)
    assert time.monotonic() - began < 2


def test_the_first_address_that_is_there_serves() -> None:
    """Addresses that nobody has are passed by, in order."""
    with serving(silent) as port, dial_first((NOWHERE, NOWHERE, "127.0.0.1"), port, 5) as found:
        assert found.getpeername() == ("127.0.0.1", port)


def test_an_address_that_refuses_ends_the_search() -> None:
    """It is there: the next one would be the same host."""
    with serving(silent) as port, pytest.raises(ConnectionRefusedError):
        dial_first(("127.0.0.2", "127.0.0.1"), port, 5)


def test_where_no_address_is_there_the_last_one_tells() -> None:
    """The reason is that of the last."""
    with pytest.raises(socket.gaierror):
        dial_first((NOWHERE, NOWHERE), 22, 1)
