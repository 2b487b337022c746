"""The one seam: a way to run a program on a host and to reach its own ports.

A `Connect` opens a `Shell` to a host or raises `Unreachable`; `ssh` and `local` are the real ones,
a test passes a plain function. A shell is used from several threads at once. `run` is for a short
question, `start` for a program that works for a while and is listened to.
"""

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Protocol, Self

from recorder.bindings.stack import HostBinding
from recorder.frozen import frozen
from recorder.model import Reason

ANSWER_LIMIT_BYTES = 16 * 1024 * 1024


class Ended(Enum):
    """How a program's answer came to its end."""

    WHOLE = "whole"  # the closing line arrived; or a started program came to its own end
    CLOSED = "closed"  # the program or the connection ended before it
    TIMEOUT = "timeout"
    TOO_LONG = "too long"


@frozen
class Answer:
    """What a program on a host said."""

    output: bytes
    ended: Ended
    complaint: str = ""  # the end of its standard error, for a program that said nothing else


@frozen
class End:
    """How a started program ended."""

    ended: Ended  # CLOSED: the way to it broke, and nobody knows what became of it
    status: int | None  # its exit status; None where it did not come to its own end
    complaint: str = ""  # the end of its standard error


class Running(Protocol):
    """A started program; leave the `with` block and it is ended, with whatever it started."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...

    def chunks(self) -> Iterator[bytes]:
        """Its standard output as it comes, once, until it ends or its time is up."""

    @property
    def end(self) -> End:
        """How it ended; AssertionError before `chunks` ran out."""


class Unreachable(Exception):  # noqa: N818 - a state of the world, caught where it becomes a value
    """A host that could not be connected to, and what a person may type next."""

    def __init__(
        self, reason: Reason, detail: str, *, hint: str | None = None, address: str | None = None
    ) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.hint = hint
        self.address = address


class Connection(Protocol):
    """A connected byte stream, as much of a socket as HTTP needs."""

    def settimeout(self, timeout: float | None, /) -> None: ...
    def sendall(self, data: bytes, /) -> None: ...
    def recv(self, size: int, /) -> bytes: ...
    def close(self) -> None: ...


class Shell(Protocol):
    """An open way into a host."""

    @property
    def address(self) -> str | None:
        """The address that answered, as it is bound; None for this machine."""

    @property
    def name(self) -> str:
        """Where its ports are found: the address, or what the SSH config says for it."""

    def run(self, script: bytes, *, until: bytes, timeout_sec: float) -> Answer:
        """Feed a script to `sh -s` and read its output until a line equal to `until`."""

    def start(self, script: bytes, *, timeout_sec: float) -> Running:
        """Feed a script to `sh -s` and hand on its output as it comes; `streaming` says how.

        What sudo runs as another user is beyond our signals: that goes on to its own end.
        Raises Unreachable where the way in is gone.
        """

    def dial(self, port: int, timeout_sec: float) -> Connection:
        """Connect to a port of the host's own 127.0.0.1.

        Raises TimeoutError, ConnectionRefusedError, PermissionError where the host forbids it, or
        another OSError.
        """

    def close(self) -> None: ...


Connect = Callable[[HostBinding], Shell]


class Reading:
    """Collects output until its closing line, a limit of size, or the end."""

    def __init__(self, until: bytes) -> None:
        self._until = b"\n" + until + b"\n"
        self._chunks: list[bytes] = []
        self._size = 0
        self._tail = b"\n"

    def add(self, chunk: bytes) -> Ended | None:
        """Take a chunk; says so when the answer has ended with it."""
        self._chunks.append(chunk)
        self._size += len(chunk)
        seen = self._tail + chunk
        self._tail = seen[-len(self._until) :]
        if self._until in seen:
            return Ended.WHOLE
        return Ended.TOO_LONG if self._size > ANSWER_LIMIT_BYTES else None

    def answer(self, ended: Ended, complaint: bytes = b"") -> Answer:
        """What was read, and how it ended."""
        text = complaint.decode("utf-8", "replace").strip()
        return Answer(b"".join(self._chunks), ended, text[-500:])
