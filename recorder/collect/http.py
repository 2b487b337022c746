"""One HTTP request over a connection that stands already, within one time limit for all of it."""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass

from recorder.collect.shell import Connection

BODY_LIMIT_BYTES = 8 * 1024 * 1024
AGENT = "media-recorder"


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered; `body` is None where it was not asked for or was too long."""

    status: int
    body: bytes | None


class _Deadline(io.RawIOBase):
    """A connection as http.client wants a socket: each wait ends when the whole time is up."""

    def __init__(self, connection: Connection, deadline: float) -> None:
        super().__init__()
        self._connection = connection
        self._deadline = deadline

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def sendall(self, data: bytes) -> None:
        self._connection.settimeout(self._left())
        self._connection.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._connection.settimeout(self._left())
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
    client.sock = _Deadline(connection, deadline)
    client.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
    own = {"Host": authority, "User-Agent": AGENT, "Accept": "*/*", "Connection": "close"}
    for name, value in {**own, **(headers or {})}.items():
        client.putheader(name, value)
    client.endheaders()
    response = client.getresponse()
    body = response.read(BODY_LIMIT_BYTES + 1) if want_body else None
    if body is not None and len(body) > BODY_LIMIT_BYTES:
        body = None
    return Response(response.status, body)


def over_tls(
    connection: socket.socket, name: str, *, verify: bool, deadline: float
) -> ssl.SSLSocket:
    """Wrap a connection in TLS; raises ssl.SSLError."""
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    connection.settimeout(max(0.001, deadline - time.monotonic()))
    return context.wrap_socket(connection, server_hostname=name)


def describe_tls(error: ssl.SSLError) -> str:
    """A failed handshake in words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate: {error.verify_message}"
    return f"TLS: {error.reason or error}"
