"""The open gaps that concern media, read without anybody waiting for it.

    pending = start_reading_gaps(folder)   # early: the cache, else a child process that parses
    ...                                    # the look
    reading = pending.result()             # late: what came of it

A register that can't be read makes a note, never an error: the dashboard shows everything else.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from recorder.bindings import gap_cache
from recorder.frozen import frozen
from recorder.model import Gap

if TYPE_CHECKING:
    from recorder.bindings.gap_parser import GapParser

REGISTER = "operational.gaps.yaml"
PARSE_TIMEOUT_SEC = 10.0


@frozen
class GapsReading:
    """What the register said, or a line on why it could not be read."""

    gaps: tuple[Gap, ...] = ()
    note: str | None = None


class PendingGaps:
    """A register that is read, or being read."""

    def __init__(self, reading: GapsReading | None, parser: "GapParser | None" = None) -> None:
        self._reading = reading
        self._parser = parser

    def result(self, timeout_sec: float = PARSE_TIMEOUT_SEC) -> GapsReading:
        """What came of it; waits no longer than `timeout_sec`."""
        if self._parser is not None:
            self._reading = _answer(self._parser, timeout_sec)
            self._parser = None
        return self._reading or GapsReading()

    def cancel(self) -> None:
        """Nobody will ask: end a parser that is still at work."""
        if self._parser is not None:
            self._parser.stop()
            self._parser = None

    def __del__(self) -> None:
        self.cancel()


def start_reading_gaps(folder: Path | None) -> PendingGaps:
    """Begin with the register of a bindings folder; without one there are no gaps."""
    if folder is None:
        return PendingGaps(GapsReading())
    register = folder / REGISTER
    try:
        if not register.exists():
            return PendingGaps(GapsReading())
        cached = gap_cache.recall(gap_cache.stamp(register))
        if cached is not None:
            return PendingGaps(GapsReading(cached))

        from recorder.bindings.gap_parser import GapParser  # noqa: PLC0415 - the cache is stale

        return PendingGaps(None, GapParser(register))
    except OSError as error:
        return PendingGaps(GapsReading(note=f"{REGISTER}: cannot be read: {error.strerror}"))


def _answer(parser: "GapParser", timeout_sec: float) -> GapsReading:
    from recorder.bindings.gap_parser import UnreadError  # noqa: PLC0415 - as the parser itself

    try:
        return GapsReading(parser.answer(timeout_sec))
    except UnreadError as error:
        where = REGISTER if error.line is None else f"{REGISTER}:{error.line}"
        return GapsReading(note=f"{where}: {error}")
