"""A host that says given bytes, whatever it is asked: the one fake, at the one seam."""

import socket
from collections.abc import Iterator
from typing import Self

from recorder.collect.shell import Answer, End, Ended

from .target import MARK, in_pieces, text


class Said:
    """A shell of which every program says these bytes."""

    address, name = "192.0.2.9", "192.0.2.9"

    def __init__(
        self, data: bytes, port: socket.socket | None = None, ended: Ended = Ended.WHOLE
    ) -> None:
        self._data = data
        self._port = port
        self._ended = ended

    def run(self, script: bytes, *, until: bytes, timeout_sec: float) -> Answer:  # noqa: ARG002
        own = until.removesuffix(b" end")
        return Answer(self._data.replace(MARK.encode(), own), self._ended, text(self._data)[-500:])

    def start(self, script: bytes, *, timeout_sec: float) -> "Saying":  # noqa: ARG002
        return Saying(self._data)

    def dial(self, port: int, timeout_sec: float) -> socket.socket:  # noqa: ARG002
        assert self._port is not None
        return self._port

    def close(self) -> None:
        """Nothing is open."""


class Saying:
    """A started program that has these bytes to say; a last letter that is none is its status."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def chunks(self) -> Iterator[bytes]:
        yield from in_pieces(self._data)[0]

    @property
    def end(self) -> End:
        last = self._data[-1] if self._data else 0
        return End(Ended.WHOLE, last if last > 127 else 0, text(self._data)[-500:])
