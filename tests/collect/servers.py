"""Servers on loopback that behave well or badly, each for as long as its `with` block lasts."""

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Behaviour = Callable[[socket.socket], None]


@contextlib.contextmanager
def serving(behave: Behaviour, address: str = "127.0.0.1") -> Iterator[int]:
    """A server that does this with each connection; gives its port."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    over = threading.Event()
    with socket.create_server((address, 0), family=family) as server:

        def one(connection: socket.socket) -> None:
            with connection, contextlib.suppress(OSError):
                connection.settimeout(10)
                behave(connection)

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                if over.is_set():
                    connection.close()
                    return
                threading.Thread(target=one, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        port = server.getsockname()[1]
        yield port
        over.set()
        with socket.create_connection((address, port)):
            thread.join()


def free_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def request_of(connection: socket.socket) -> bytes:
    """An HTTP request, up to its empty line."""
    read = b""
    while b"\r\n\r\n" not in read:
        chunk = connection.recv(4096)
        if not chunk:
            break
        read += chunk
    return read


def answering(status: str, body: bytes = b"", *headers: str) -> Behaviour:
    """Answer each request so."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]

    def behave(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall("\r\n".join(lines).encode() + body)

    return behave


def saying(data: bytes) -> Behaviour:
    """Say this to each request, and no more."""

    def behave(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(data)

    return behave


def blurting(data: bytes) -> Behaviour:
    """Say this unasked, and hang up."""
    return lambda connection: connection.sendall(data)


def silent(connection: socket.socket) -> None:
    """Take the connection and never answer; until the other side has had enough."""
    while connection.recv(4096):
        pass


def hanging_up(connection: socket.socket) -> None:
    """Close the connection without a word."""
    request_of(connection)


def trickling(data: bytes, pause_sec: float = 0.02) -> Behaviour:
    """Answer a byte at a time, for ever."""
    stop = threading.Event()

    def behave(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(data)
        while not stop.wait(pause_sec):
            connection.sendall(b"x")

    return behave


def over_tls(behave: Behaviour, certificate: Path) -> Behaviour:
    """The same behind TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def secured(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as tls:
            behave(tls)

    return secured


def make_certificate(path: Path, *names: str, days: int = 1) -> Path:
    """A self-signed certificate for these names and addresses, its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"media-recorder test {path.stem}")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([_san(text) for text in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def _san(text: str) -> x509.GeneralName:
    with contextlib.suppress(ValueError):
        return x509.IPAddress(ipaddress.ip_address(text))
    return x509.DNSName(text)
