"""TLS over any connection, be it a socket or a channel through SSH, within one time limit."""

import contextlib
import ssl
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from recorder.collect.network import TlsError
from recorder.collect.shell import Connection

CHUNK_BYTES = 16 * 1024
T = TypeVar("T")


class TlsConnection:
    """A connection inside another; made when the handshake is done."""

    def __init__(self, connection: Connection, name: str, *, verify: bool) -> None:
        """Shake hands; raises TlsError and what the connection below raises."""
        context = ssl.create_default_context()
        # Python 3.13 would refuse what home-made certificate authorities commonly leave out.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if not verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        self._below = connection
        self._came, self._goes = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._came, self._goes, server_hostname=name)
        with _in_words():
            self._do(self._tls.do_handshake)

    def settimeout(self, timeout: float | None) -> None:
        self._below.settimeout(timeout)

    def sendall(self, data: bytes) -> None:
        with _in_words():
            while data:
                data = data[self._do(partial(self._tls.write, data)) :]

    def recv(self, size: int) -> bytes:
        """Up to `size` bytes; none at the end, politely announced or not."""
        with _in_words():
            try:
                return self._do(partial(self._tls.read, size))
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    def close(self) -> None:
        self._below.close()

    def _do(self, step: Callable[[], T]) -> T:
        """Take a step of the protocol, carrying bytes to and fro until it is done."""
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                pass
            finally:
                self._below.sendall(self._goes.read())
            chunk = self._below.recv(CHUNK_BYTES)
            if chunk:
                self._came.write(chunk)
            else:
                self._came.write_eof()


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    """Raise what goes wrong within as TlsError: who catches that need not load this."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise TlsError(f"certificate: {error.verify_message}") from error
    except ssl.SSLError as error:
        raise TlsError(f"TLS: {error.reason or error}") from error
