"""One HTTP request over a connection that stands already, within one time limit for all of it."""

import http.client
import io
import time
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from recorder.collect.shell import Connection
from recorder.frozen import frozen

HEAD_LIMIT_BYTES = 1024 * 1024  # of the status line and headers, "100 Continue"s before them too
BODY_LIMIT_BYTES = 8 * 1024 * 1024  # of an answer that is held as a whole
STREAM_LIMIT_BYTES = 256 * 1024 * 1024  # of one that is read piece by piece
CHUNK_BYTES = 64 * 1024
AGENT = "media-recorder"
PUNCTUATION = "%/?&=:;,+~!$'()*@[]|"  # of a path and its query: goes as it was typed


class TooLongError(ValueError):
    """An answer longer than it may be."""


@frozen
class Response:
    """What a server answers: the status is there, the body arrives while it is asked for."""

    status: int
    _arriving: http.client.HTTPResponse

    def body(self) -> bytes | None:
        """All of it; None where it is too long."""
        body = self._arriving.read(BODY_LIMIT_BYTES + 1)
        return body if len(body) <= BODY_LIMIT_BYTES else None

    def chunks(self) -> Iterator[bytes]:
        """The body as it arrives. Raises TooLongError, and what `get` does."""
        size = 0
        while chunk := self._arriving.read(CHUNK_BYTES):
            size += len(chunk)
            if size > STREAM_LIMIT_BYTES:
                raise TooLongError(f"it sent more than {STREAM_LIMIT_BYTES >> 20} MiB")
            yield chunk


class TimedConnection:
    """A connection each wait of which ends when the whole time is up: TimeoutError.

    `deadline` is a time of time.monotonic(). It is what http.client wants of a socket, too.
    `most_bytes` may be read before `get` has a status: TooLongError.
    """

    def __init__(self, connection: Connection, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline
        self.most_bytes: int | None = None

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
        chunk = self._connection.recv(size)
        if self.most_bytes is not None:
            self.most_bytes -= len(chunk)
            if self.most_bytes < 0:
                raise TooLongError("headers without an end")
        return chunk

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
) -> Response:
    """GET a path; `deadline` is a time of time.monotonic(), for the body too.

    Raises OSError (TimeoutError among them), http.client.HTTPException for what is not HTTP, and
    TooLongError.
    """
    client = http.client.HTTPConnection("host.invalid")  # its own idea of the host is never used
    client.sock = timed = TimedConnection(connection, deadline)
    client.putrequest("GET", quote(path, PUNCTUATION), skip_host=True, skip_accept_encoding=True)
    own = {"Host": authority, "User-Agent": AGENT, "Accept": "*/*", "Connection": "close"}
    for name, value in {**own, **(headers or {})}.items():
        client.putheader(name, value)
    client.endheaders()
    timed.most_bytes = HEAD_LIMIT_BYTES
    response = client.getresponse()
    timed.most_bytes = None
    return Response(response.status, response)
