"""An answer in HTTP, however it arrives: read as the standard library's client reads it."""

import http.client
import io
import itertools
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.collect.http import (
    BODY_LIMIT_BYTES,
    MOST_BEFORE,
    NotHttpError,
    Response,
    TooLongError,
    get,
)

BODY = b'[{"id": 1},\r\n {"id": 2}]'
WELL = {
    "a length": b"HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n" + BODY + b"more",
    "the connection's end": b"HTTP/1.0 200 OK\r\n\r\n" + BODY,
    "bare line feeds": b"HTTP/1.1 404 Not Found\ncontent-length:24\n\n" + BODY,
    "no reason": b"HTTP/1.1 204\r\n\r\n",
    "no body": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 24\r\n\r\n",
    "a length of none": b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\nmore",
    "no sane length": b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n" + BODY,
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 24\r\nContent-Length: 3\r\n\r\n" + BODY,
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nContent-Length: 3\r\n\r\n"
    b"5;why=not\r\n" + BODY[:5] + b"\r\n13\r\n" + BODY[5:] + b"\r\n0\r\nX-Behind: it\r\n\r\nmore",
    "a wait first": b"HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\nHTTP/1.1 201 Made\r\n\r\n" + BODY,
    "folded headers": b"HTTP/1.1 200 OK\r\nX-A: b\r\n Content-Length: 3\r\n\r\n" + BODY,
}
ILL = {
    "a greeting": b"220 mail.example ESMTP\r\n",
    "another version": b"HTTP/2 200 OK\r\n\r\n",
    "no number": b"HTTP/1.1 fine OK\r\n\r\n",
    "an empty line": b"\r\n\r\n",
    "a line without an end": b"HTTP/1.1 200 OK\r\nX-A: " + b"x" * 70_000,
}
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class Arriving:
    """A connection at which these pieces arrive, and then its end."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = [piece for piece in pieces if piece]
        self.asked = b""

    def settimeout(self, timeout: float | None, /) -> None:
        """There is no wait."""

    def sendall(self, data: bytes, /) -> None:
        self.asked += data

    def recv(self, size: int, /) -> bytes:
        if not self._pieces:
            return b""
        piece = self._pieces[0]
        self._pieces[:1] = [piece[size:]] if len(piece) > size else []
        return piece[:size]

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(b"".join(self._pieces))

    def close(self) -> None:
        """Nothing is open."""


def _got(*pieces: bytes) -> Response:
    return get(Arriving(pieces), "h:80", "/", deadline=time.monotonic() + 60)


def _as_the_library(answer: bytes) -> tuple[int, bytes]:
    response = http.client.HTTPResponse(Arriving([answer]))  # type: ignore[arg-type] # all it needs
    response.begin()
    return response.status, response.read()


@pytest.mark.parametrize("name", WELL)
def test_an_answer_is_read_as_the_standard_library_reads_it(name: str) -> None:
    """Whatever tells where the body ends, what is read is the status and that body."""
    response = _got(WELL[name])
    assert (response.status, response.body()) == _as_the_library(WELL[name])


@given(name=st.sampled_from([*WELL]), cuts=st.lists(st.integers(1, 120), max_size=20))
def test_it_does_not_matter_in_which_pieces_an_answer_arrives(name: str, cuts: list[int]) -> None:
    """A line or a chunk may arrive in many pieces, or with others in one."""
    places = [0, *sorted(cuts), len(WELL[name])]
    pieces = [WELL[name][a:b] for a, b in itertools.pairwise(places)]
    whole, cut = _got(WELL[name]), _got(*pieces)
    assert (cut.status, cut.body()) == (whole.status, whole.body())


@pytest.mark.parametrize("name", ILL)
def test_what_is_not_http_is_told_so(name: str) -> None:
    """No status is made up for it."""
    with pytest.raises(NotHttpError):
        _got(ILL[name])


def test_a_connection_that_closes_without_a_word_is_closed() -> None:
    """That is the network's failure: nobody said what is not HTTP."""
    with pytest.raises(ConnectionResetError):
        _got()


def test_an_answer_that_breaks_off_is_as_long_as_it_is() -> None:
    """Whoever reads the body finds what is missing in it."""
    assert _got(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").body() == b"abc"
    assert _got(CHUNKED + b"9\r\nabc").body() == b"abc"
    assert _got(CHUNKED + b"3\r\nabc\r\n").body() == b"abc"


def test_a_chunk_has_a_size() -> None:
    """A negative one, or none, ends the answer as not HTTP."""
    for size in (b"-3", b"0x3", b"three", b"", b"3" * 17):
        with pytest.raises(NotHttpError):
            _got(CHUNKED + size + b"\r\nabc\r\n0\r\n\r\n").body()


def test_headers_end_sometime() -> None:
    """Neither many headers nor many answers that say to wait are read for ever."""
    for endless in (b"X-A: b\r\n", b"\r\nHTTP/1.1 100 Continue\r\n"):
        with pytest.raises(TooLongError):
            _got(b"HTTP/1.1 100 Continue\r\n", *[endless * 1000] * 400)


def test_an_answer_is_waited_for_through_a_hundred_others() -> None:
    """Few as they may be: a server that says to wait once more than that never answers."""
    wait = b"HTTP/1.1 100 Continue\r\n\r\n"
    answer = b"HTTP/1.1 200 OK\r\n\r\n"
    assert _got(wait * MOST_BEFORE + answer).status == 200
    with pytest.raises(TooLongError):
        _got(wait * (MOST_BEFORE + 1) + answer)


def test_a_body_that_is_held_has_a_limit() -> None:
    """One byte more than may be held is none."""
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    at_most = b"x" * BODY_LIMIT_BYTES
    assert _got(head + at_most).body() == at_most
    assert _got(head + at_most + b"x").body() is None


def test_small_pieces_are_handed_on_together() -> None:
    """What is parsed anew with each piece is not parsed for each byte."""
    pieces = list(_got(b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * 70_000).chunks())
    assert [len(piece) for piece in pieces] == [65_536, 4_464]


def test_no_header_begins_another() -> None:
    """A name or a key with a line's end in it is not sent."""
    connection = Arriving([b"HTTP/1.1 200 OK\r\n\r\n"])
    with pytest.raises(ValueError, match="more than one line"):
        get(connection, "h\r\nX-Evil: 1", "/", deadline=time.monotonic() + 60)
    assert connection.asked == b""
