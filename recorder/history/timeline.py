"""One thing's states laid out in time: pieces, seconds of each, and the spells that are told.

A span lasts until the next span of its thing begins, as far as snapshots cover that time. What no
snapshot covers is unobserved: it counts for nothing. What only the last look of a stretch saw was
seen all the same, for no time yet: a piece of no length, which begins and ends spells. Invariant:
of any window, the seconds of a tally add up to its length; and those of its parts, to the tally of
the whole.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from recorder.frozen import frozen
from recorder.history.standing import Standing, standing, words
from recorder.history.window import Window, seconds_between
from recorder.model import Thing
from recorder.store.values import Covered, Span

Stretch = tuple[datetime, datetime]


@frozen
class Piece:
    """An observed stretch of one state. `fresh`: the thing was not there just before.

    One of no length is what the last look of a stretch was the first to see.
    """

    begin: datetime
    end: datetime
    standing: Standing
    thing: Thing
    fresh: bool = False


@frozen
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


@frozen
class Spell:
    """A thing stood so from the first look that saw it until the last; unknown in between or not.

    `seconds` are those observed; 0 where only a look saw it that none followed. `before`: it did
    already when the window began; `lasting`: nothing else was seen since.
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


def sights(covered: Sequence[Covered], window: Window) -> tuple[Stretch, ...]:
    """The same, and after each the look it ends with, as a stretch of no length, in order.

    A window does not hold its end: what is cut off there ends with no look.
    """
    last = ((it.end, it.end) for it in covered if window.begin <= it.end < window.end)
    return tuple(sorted((*stretches(covered, window), *last)))


def pieces(spans: Sequence[Span], seen: Sequence[Stretch]) -> Iterator[Piece]:
    """One thing's states as far as seen: `sights`; its spans are in order."""
    ends = [end for _, end in seen]
    for place, span in enumerate(spans):
        if span.thing is None:
            continue
        until = spans[place + 1].begin if place + 1 < len(spans) else None
        how = standing(span.thing)
        fresh = place == 0 or spans[place - 1].thing is None
        for begin, end in _parts(span.begin, until, seen[bisect_left(ends, span.begin) :]):
            yield Piece(begin, end, how, span.thing, fresh)
            fresh = False


def _parts(since: datetime, until: datetime | None, seen: Sequence[Stretch]) -> Iterator[Stretch]:
    """What was seen from a time until another; of a last look only what no part before holds."""
    told = None
    for begin, end in seen:
        if until is not None and begin >= until:
            return
        first, last = max(begin, since), end if until is None else min(end, until)
        if first < last or (begin == end != told):
            yield first, last
            told = last


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


def glimpses(of: Iterable[Piece], edges: Sequence[datetime]) -> tuple[frozenset[Standing], ...]:
    """What was seen for no time in each stretch between one edge and the next."""
    cells: list[set[Standing]] = [set() for _ in pairwise(edges)]
    for piece in of:
        if piece.begin == piece.end and edges[0] <= piece.begin < edges[-1]:
            cells[bisect_right(edges, piece.begin) - 1].add(piece.standing)
    return tuple(frozenset(cell) for cell in cells)


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
