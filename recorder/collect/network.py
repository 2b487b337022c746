"""TCP: reach a name's addresses within one time limit, and name what went wrong."""

import contextlib
import errno
import socket
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from recorder.model import Reason

NO_ROUTE = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN)


Found = list[tuple[Any, Any, int, str, Any]]  # as socket.getaddrinfo gives it


class TlsError(OSError):
    """Two sides that could not agree on TLS, in words."""


class NoNameServerError(TimeoutError):
    """No name server answered, so that nobody knows whether there is such a name."""


def dial(name: str, port: int, timeout_sec: float) -> socket.socket:
    """Connect to a port of a host; a name's several addresses share the time evenly."""
    deadline = time.monotonic() + timeout_sec
    found = _looked_up(name, port, timeout_sec)
    failure: OSError = TimeoutError("no address in time")
    for index, (family, kind, protocol, _, address) in enumerate(found):
        left = (deadline - time.monotonic()) / (len(found) - index)
        if left <= 0:
            break
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(left)
            connection.connect(address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure


def _looked_up(name: str, port: int, timeout_sec: float) -> Found:
    """The addresses of a name, in this time: the resolver's own limits are up to 30 seconds.

    Nothing can stop the resolver, so it is left to itself when its time is up.
    """
    with contextlib.suppress(socket.gaierror, UnicodeError):  # an address needs no resolver
        flags = socket.AI_NUMERICHOST
        # As bytes: of text Python would load what spells names beyond ASCII, for each look.
        return socket.getaddrinfo(name.encode("ascii"), port, type=socket.SOCK_STREAM, flags=flags)
    found: Future[Found] = Future()

    def look_up() -> None:
        try:
            found.set_result(socket.getaddrinfo(name, port, type=socket.SOCK_STREAM))
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits
            found.set_exception(error)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        return found.result(timeout_sec)
    except UnicodeError as error:  # what has an empty or an overlong part is no name
        raise socket.gaierror(socket.EAI_NONAME, "no such name") from error
    except TimeoutError as error:
        raise NoNameServerError from error
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise NoNameServerError from error
        raise


def dial_first(addresses: Sequence[str], port: int, timeout_sec: float) -> socket.socket:
    """Connect to the first address that can be reached; each has the whole time limit.

    An address that refuses is reached: the next one would be the same host.
    """
    for address in addresses[:-1]:
        try:
            return dial(address, port, timeout_sec)
        except OSError as error:
            if not never_reached(error):
                raise
    return dial(addresses[-1], port, timeout_sec)


def never_reached(error: OSError) -> bool:
    """Whether nothing at all answered, so that the host itself may be away."""
    return reason_of(error) in (Reason.TIMEOUT, Reason.NO_ROUTE, Reason.NAME_NOT_FOUND)


def reason_of(error: OSError) -> Reason:
    """The reason an error of the network stands for."""
    if isinstance(error, TimeoutError):
        return Reason.TIMEOUT
    if isinstance(error, socket.gaierror):
        return Reason.NAME_NOT_FOUND
    return Reason.NO_ROUTE if error.errno in NO_ROUTE else Reason.REFUSED


def describe(error: OSError, timeout_sec: float) -> str:
    """An error of the network in words."""
    words = {
        Reason.TIMEOUT: f"timed out after {timeout_sec:g} s",
        Reason.NAME_NOT_FOUND: "name not found",
        Reason.NO_ROUTE: "no route to host",
    }
    if isinstance(error, TlsError):
        return str(error)
    if isinstance(error, NoNameServerError):
        return "no name server answers"
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "connection closed by the other side"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return words.get(reason_of(error)) or f"no connection: {(error.strerror or 'refused').lower()}"
