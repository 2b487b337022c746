"""One HTTP request over a connection that stands already, within one time limit for all of it.

RFC 9112 as far as one GET needs it: the status, and a body whose end is told by its length, by
chunks, or by the connection's. The standard library's `http.client` reads headers by its parser of
mail, and takes longer to load than a look's requests take (`bench/startup` prints it).
"""

import re
import time
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from recorder.collect.shell import Connection
from recorder.frozen import frozen

HEAD_LIMIT_BYTES = 1024 * 1024  # of the status line and headers, and of those before them
LINE_LIMIT_BYTES = 64 * 1024
MOST_BEFORE = 100  # "100 Continue"s and their like before an answer
BODY_LIMIT_BYTES = 8 * 1024 * 1024  # of an answer that is held as a whole
STREAM_LIMIT_BYTES = 256 * 1024 * 1024  # of one that is read piece by piece
CHUNK_BYTES = 64 * 1024
AGENT = "media-recorder"
PUNCTUATION = "%/?&=:;,+~!$'()*@[]|"  # of a path and its query: goes as it was typed

STATUS_LINE = re.compile(rb"HTTP/(?:0\.9|1\.\d+)[ \t]+([1-9]\d\d)(?:[ \t].*)?", re.DOTALL)
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;.*)?", re.DOTALL)
LENGTH = re.compile(rb"\d{1,18}")
SWITCHING = 101  # the one status of the hundreds behind which no other comes
FIRST_FINAL = 200
BODILESS = (SWITCHING, 204, 304)


class TooLongError(ValueError):
    """An answer longer than it may be."""


class NotHttpError(ValueError):
    """What answers does not speak HTTP."""


@frozen
class Response:
    """What a server answers: the status is there, the body arrives while it is asked for."""

    status: int
    _arriving: Iterator[bytes]

    def body(self) -> bytes | None:
        """All of it; None where it is too long. Raises what `get` does."""
        body = b""
        for piece in _gathered(self._arriving):
            body += piece
            if len(body) > BODY_LIMIT_BYTES:
                return None
        return body

    def chunks(self) -> Iterator[bytes]:
        """The body as it arrives. Raises what `get` does."""
        size = 0
        for chunk in _gathered(self._arriving):
            size += len(chunk)
            if size > STREAM_LIMIT_BYTES:
                raise TooLongError(f"it sent more than {STREAM_LIMIT_BYTES >> 20} MiB")
            yield chunk


class TimedConnection:
    """A connection each wait of which ends when the whole time is up: TimeoutError.

    `deadline` is a time of time.monotonic().
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

    def close(self) -> None:
        self._connection.close()


def get(
    connection: Connection,
    authority: str,
    path: str,
    *,
    deadline: float,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """GET a path; `deadline` is a time of time.monotonic(), for the body too.

    Raises OSError (TimeoutError among them), NotHttpError and TooLongError.
    """
    timed = TimedConnection(connection, deadline)
    timed.sendall(_request(authority, path, headers or {}))
    arriving = _Arriving(timed, HEAD_LIMIT_BYTES)
    status, told = _head(arriving)
    before = 0
    while status < FIRST_FINAL and status != SWITCHING:
        before += 1
        if before > MOST_BEFORE:
            raise TooLongError("headers without an end")
        status, told = _head(arriving)
    arriving.limit_bytes = None
    return Response(status, _body(arriving, status, told))


def _request(authority: str, path: str, headers: Mapping[str, str]) -> bytes:
    """The request. Raises ValueError where a header would not be one line."""
    own = {"Host": authority, "User-Agent": AGENT, "Accept": "*/*", "Connection": "close"}
    lines = [f"{name}: {value}" for name, value in {**own, **headers}.items()]
    if not all(line.isprintable() for line in lines):
        raise ValueError("a header of more than one line")
    return "\r\n".join([f"GET {quote(path, PUNCTUATION)} HTTP/1.1", *lines, "", ""]).encode(
        "latin1"
    )


class _Arriving:
    """What arrives at a connection, line by line or piece by piece."""

    def __init__(self, connection: Connection, limit_bytes: int | None) -> None:
        self._connection = connection
        self._held = b""
        self.limit_bytes = limit_bytes  # that may still arrive; None: any number

    def _more(self) -> bool:
        """Wait for more; whether there is any."""
        chunk = self._connection.recv(CHUNK_BYTES)
        if self.limit_bytes is not None:
            self.limit_bytes -= len(chunk)
            if self.limit_bytes < 0:
                raise TooLongError("headers without an end")
        self._held += chunk
        return bool(chunk)

    def line(self) -> bytes | None:
        """A line without its end; None where nothing arrives any more."""
        while b"\n" not in self._held:
            if len(self._held) > LINE_LIMIT_BYTES:
                raise NotHttpError("a line without an end")
            if not self._more():
                break
        if not self._held:
            return None
        line, _, self._held = self._held.partition(b"\n")
        return line.removesuffix(b"\r")

    def pieces(self, size: int | None = None) -> Iterator[bytes]:
        """So many bytes, or all there are, as they arrive; fewer where it breaks off."""
        while size != 0 and (self._held or self._more()):
            piece = self._held[:size]
            self._held = self._held[len(piece) :]
            size = None if size is None else size - len(piece)
            yield piece


def _head(arriving: _Arriving) -> tuple[int, dict[bytes, bytes]]:
    """A status, and the headers behind it: of each the first, by its name in lower case."""
    line = arriving.line()
    if line is None:
        raise ConnectionResetError("closed without an answer")
    status = STATUS_LINE.fullmatch(line)
    if status is None:
        raise NotHttpError("no status line")
    headers: dict[bytes, bytes] = {}
    while line := arriving.line():
        name, _, value = line.partition(b":")
        headers.setdefault(name.lower(), value.strip())
    return int(status[1]), headers


def _body(arriving: _Arriving, status: int, headers: Mapping[bytes, bytes]) -> Iterator[bytes]:
    """The body as it arrives: in chunks, of a length, or up to the connection's end."""
    if status in BODILESS:
        return iter(())
    if headers.get(b"transfer-encoding", b"").lower() == b"chunked":
        return _unchunked(arriving)
    length = LENGTH.fullmatch(headers.get(b"content-length", b""))
    return arriving.pieces(int(length[0]) if length else None)


def _unchunked(arriving: _Arriving) -> Iterator[bytes]:
    """What the chunks hold; what follows the last one is not read."""
    while (line := arriving.line()) is not None:
        size = CHUNK_SIZE.fullmatch(line)
        if size is None:
            raise NotHttpError("a chunk without its size")
        if not int(size[1], 16):
            return
        yield from arriving.pieces(int(size[1], 16))
        arriving.line()  # the end of the chunk's own


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Pieces of a size that is worth looking at, but for the last."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= CHUNK_BYTES:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)
