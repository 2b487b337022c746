"""TCP: reach a name's addresses within one time limit, and name what went wrong."""

import errno
import socket
import ssl
import time
from collections.abc import Sequence

from recorder.collect.tls import describe_tls
from recorder.model import Reason

NO_ROUTE = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN)


def dial(name: str, port: int, timeout_sec: float) -> socket.socket:
    """Connect to a port of a host; a name's several addresses share the time evenly."""
    deadline = time.monotonic() + timeout_sec
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # what has an empty or an overlong part is no name
        raise socket.gaierror(socket.EAI_NONAME, "no such name") from error
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
    if isinstance(error, ssl.SSLError):
        return describe_tls(error)
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "connection closed by the other side"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return words.get(reason_of(error)) or f"no connection: {(error.strerror or 'refused').lower()}"
