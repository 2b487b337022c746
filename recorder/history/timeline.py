"""One thing's states laid out in time: pieces, seconds of each, and the spells that are told.

A span lasts until the next span of its thing begins, as far as snapshots cover that time. What no
snapshot covers is unobserved: it counts for nothing. Invariant: of any window, the seconds of a
tally add up to its length; and those of its parts, to the tally of the whole.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from recorder.history.standing import Standing, standing, words
from recorder.history.window import Window, seconds_between
from recorder.model import Thing
from recorder.store.values import Covered, Span

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Piece:
    """An observed stretch of one state. `fresh`: the thing was not there just before."""

    begin: datetime
    end: datetime
    standing: Standing
    thing: Thing
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """How many seconds of a stretch of time a thing stood how."""

    well_sec: int = 0
    ailing_sec: int = 0
    idle_sec: int = 0
    down_sec: int = 0
    unknown_sec: int = 0
    absent_sec: int = 0  # observed, and the thing was not there: not yet, or no more
    unobserved_sec: int = 0

    @property
    def seconds(self) -> int:
        """The length of the whole stretch."""
        return self.seen_sec + self.absent_sec + self.unobserved_sec

    @property
    def seen_sec(self) -> int:
        """Observed while the thing was there, unknown included."""
        known = self.well_sec + self.ailing_sec + self.idle_sec + self.down_sec
        return known + self.unknown_sec

    @property
    def up_sec(self) -> int:
        """Seen to be available."""
        return self.well_sec + self.ailing_sec

    @property
    def available(self) -> float | None:
        """The share, 0 to 1, of the time it should have been and was seen to be; None: no such."""
        wanted = self.up_sec + self.down_sec
        return self.up_sec / wanted if wanted else None

    @property
    def unknown(self) -> float:
        """The share, 0 to 1, of the time it was looked for and could not be seen."""
        return self.unknown_sec / self.seen_sec if self.seen_sec else 0.0


@dataclass(frozen=True, slots=True)
class Spell:
    """A thing stood so from the first look that saw it until the last; unknown in between or not.

    `seconds` are those observed. `before`: it did already when the window began; `lasting`: nothing
    else was seen since.
    """

    begin: datetime
    end: datetime
    seconds: int
    words: tuple[str, ...]  # each state in it once, in order. Raw: text from hosts
    before: bool = False
    lasting: bool = False


def stretches(covered: Iterable[Covered], window: Window) -> tuple[Stretch, ...]:
    """The stretches of a window that snapshots cover, in order."""
    clipped = ((max(it.begin, window.begin), min(it.end, window.end)) for it in covered)
    return tuple((begin, end) for begin, end in clipped if begin < end)


def pieces(spans: Sequence[Span], observed: Sequence[Stretch]) -> Iterator[Piece]:
    """One thing's states as far as observed; its spans are in order."""
    ends = [end for _, end in observed]
    far = ends[-1] if ends else None
    for place, span in enumerate(spans):
        until = spans[place + 1].begin if place + 1 < len(spans) else far
        if span.thing is None or until is None:
            continue
        how = standing(span.thing)
        fresh = place == 0 or spans[place - 1].thing is None
        for begin, end in observed[bisect_right(ends, span.begin) :]:
            if begin >= until:
                break
            yield Piece(max(begin, span.begin), min(end, until), how, span.thing, fresh)
            fresh = False


def tallies(
    of: Iterable[Piece], observed: Iterable[Stretch], edges: Sequence[datetime]
) -> tuple[Tally, ...]:
    """A tally of each stretch between one edge and the next; all lie between the outermost."""
    counts = {how: [0] * (len(edges) - 1) for how in Standing}
    for piece in of:
        _spread(counts[piece.standing], piece.begin, piece.end, edges)
    looked = [0] * (len(edges) - 1)
    for begin, end in observed:
        _spread(looked, begin, end, edges)
    lengths = (seconds_between(begin, end) for begin, end in pairwise(edges))
    return tuple(
        _tally(seen, covered, length)
        for seen, covered, length in zip(
            zip(*counts.values(), strict=True), looked, lengths, strict=True
        )
    )


def _tally(seen: Sequence[int], covered: int, length: int) -> Tally:
    well, ailing, idle, down, unknown = seen
    return Tally(well, ailing, idle, down, unknown, covered - sum(seen), length - covered)


def _spread(cells: list[int], begin: datetime, end: datetime, edges: Sequence[datetime]) -> None:
    """Add the seconds of a stretch to the cells it lies in."""
    cell = max(0, bisect_right(edges, begin) - 1)
    begin = max(begin, edges[0])
    while begin < end and cell < len(cells):
        until = min(end, edges[cell + 1])
        cells[cell] += seconds_between(begin, until)
        begin, cell = until, cell + 1


def spells(of: Iterable[Piece], how: Standing, window: Window, *, there: bool) -> tuple[Spell, ...]:
    """When a thing stood so, oldest first. `there`: it still is at the end of the window.

    What is unknown or unobserved does not end a spell: another state does, or that the thing goes.
    """
    found: list[list[Piece]] = []
    going = False
    for piece in of:
        if piece.fresh:
            going = False
        if piece.standing is how:
            if not going:
                found.append([])
            found[-1].append(piece)
            going = True
        elif piece.standing is not Standing.UNKNOWN:
            going = False
    last = len(found) - 1
    return tuple(
        Spell(
            some[0].begin,
            some[-1].end,
            sum(seconds_between(it.begin, it.end) for it in some),
            tuple(dict.fromkeys(words(it.thing) for it in some)),
            before=some[0].begin == window.begin,
            lasting=going and there and place == last,
        )
        for place, some in enumerate(found)
    )
