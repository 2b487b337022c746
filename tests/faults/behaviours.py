"""Web servers that do what none should, besides those of `collect.servers`."""

import itertools
import json
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from collect.servers import Behaviour, request_of, silent

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
MEGABYTE = bytes(1024 * 1024)


class Counted:
    """What was asked of a server, and how much of its answer it got rid of."""

    def __init__(self) -> None:
        self.requests = 0
        self.sent_bytes = 0

    def sending(self, parts: Callable[[], Iterator[bytes]]) -> Behaviour:
        """Answer each request with these, until nobody takes more."""

        def behave(connection: socket.socket) -> None:
            request_of(connection)
            self.requests += 1
            for part in parts():
                connection.sendall(part)
                self.sent_bytes += len(part)

        return behave


def for_ever(part: bytes, first: bytes = b"") -> Behaviour:
    """Answer each request with this, over and over."""
    return Counted().sending(lambda: itertools.chain([first], itertools.repeat(part)))


def silent_for_ever(connection: socket.socket) -> None:
    """Take the question and never answer, for as long as the other side waits."""
    connection.settimeout(None)
    silent(connection)


def replying(data: bytes) -> Behaviour:
    """Say this to the first bytes that come, whatever they are, and hang up."""

    def behave(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(data)

    return behave


def blurting_for_ever(part: bytes) -> Behaviour:
    """Say this over and over, unasked."""

    def behave(connection: socket.socket) -> None:
        while True:
            connection.sendall(part)

    return behave


def ten_gigabytes() -> Iterator[bytes]:
    """An answer that is meant so."""
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n"
    yield from itertools.repeat(MEGABYTE, 10 * 1024)


def event(number: int, at: datetime, title: str = "") -> bytes:
    """An import as Radarr tells it, as long as a real one."""
    said = {
        "movieId": number,
        "sourceTitle": title or f"Some.Movie.{number}.2019.1080p.BluRay.x264-GROUP",
        "languages": [{"id": 1, "name": "English"}],
        "quality": {"quality": {"id": 7, "name": "Bluray-1080p"}, "revision": {"version": 1}},
        "date": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "downloadId": f"SABnzbd_nzo_{number:08d}",
        "eventType": "downloadFolderImported",
        "data": {
            "droppedPath": f"/mnt/downloads/complete/movies/Some.Movie.{number}/movie.mkv",
            "importedPath": f"/mnt/media/movies/Some Movie {number} (2019)/Some Movie.mkv",
            "downloadClient": "SABnzbd",
        },
        "id": number,
    }
    return json.dumps(said).encode()


def history(count: int, newest: datetime) -> bytes:
    """An answer that tells of so many imports, a second apart."""
    events = (event(number, newest - timedelta(seconds=number)) for number in range(1, count + 1))
    body = b"[" + b",".join(events) + b"]"
    return OK + b"Content-Length: %d\r\n\r\n" % len(body) + body


def endless_history(newest: datetime) -> Behaviour:
    """An answer that tells of import after import."""
    events = b"".join(event(number, newest) + b"," for number in range(1000))
    return for_ever(events, OK + b"\r\n[")
