"""One HTTP request over a connection that stands already, within one time limit for all of it."""

import http.client
import io
import time
from collections.abc import Mapping
from urllib.parse import quote

from recorder.collect.shell import Connection
from recorder.frozen import frozen

BODY_LIMIT_BYTES = 8 * 1024 * 1024
AGENT = "media-recorder"
PUNCTUATION = "%/?&=:;,+~!$'()*@[]|"  # of a path and its query: goes as it was typed


@frozen
class Response:
    """What a server answered; `body` is None where it was not asked for or was too long."""

    status: int
    body: bytes | None


class TimedConnection:
    """A connection each wait of which ends when the whole time is up: TimeoutError.

    `deadline` is a time of time.monotonic(). It is what http.client wants of a socket, too.
    """

    def __init__(self, connection: Connection, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def _set_limit(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)

    def settimeout(self, timeout: float | None) -> None:
        """The deadline stays what it is."""

    def sendall(self, data: bytes) -> None:
        self._set_limit()
        self._connection.sendall(data)

    def recv(self, size: int) -> bytes:
        self._set_limit()
        return self._connection.recv(size)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        """Who opened the connection closes it; http.client would before the body is read."""


class _Reader(io.RawIOBase):
    """The reading side of a connection as a file."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._connection.recv(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


def get(
    connection: Connection,
    authority: str,
    path: str,
    *,
    deadline: float,
    headers: Mapping[str, str] | None = None,
    want_body: bool = False,
) -> Response:
    """GET a path; `deadline` is a time of time.monotonic().

    Raises OSError (TimeoutError among them) and http.client.HTTPException for what is not HTTP.
    """
    client = http.client.HTTPConnection("host.invalid")  # its own idea of the host is never used
    client.sock = TimedConnection(connection, deadline)
    client.putrequest("GET", quote(path, PUNCTUATION), skip_host=True, skip_accept_encoding=True)
    own = {"Host": authority, "User-Agent": AGENT, "Accept": "*/*", "Connection": "close"}
    for name, value in {**own, **(headers or {})}.items():
        client.putheader(name, value)
    client.endheaders()
    response = client.getresponse()
    body = response.read(BODY_LIMIT_BYTES + 1) if want_body else None
    if body is not None and len(body) > BODY_LIMIT_BYTES:
        body = None
    return Response(response.status, body)
