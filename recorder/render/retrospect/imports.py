"""IMPORTS: what the apps brought in, a local day a bar."""

from collections.abc import Iterator, Sequence
from itertools import islice

from rich.text import Text

from recorder.history.days import LocalDay
from recorder.history.retrospect import Retrospect
from recorder.render import marks
from recorder.render.box import Box
from recorder.render.grid import Grid, Row
from recorder.render.safe import safe
from recorder.render.units import plural

_DAYS_OF_THEIR_OWN = 10
_LONGEST_BAR, _MOST_BARS = 24, 56


def box(of: Retrospect) -> Box | None:
    """The box; None where nothing was imported."""
    if not any(day.total for day in of.days):
        return None
    few = len(of.days) <= _DAYS_OF_THEIR_OWN
    rows = [*(_by_day(of) if few else _by_app(of)), Row((Text(_in_all(of), "quiet"),))]
    return Box("IMPORTS a day", [[Grid(rows, (2,))]])


def _by_day(of: Retrospect) -> Iterator[Row]:
    """A line a day, its bar as long as it brought much, and which app brought how many."""
    most = max(day.total for day in of.days)
    for day in of.days:
        cells = -(-day.total * min(most, _LONGEST_BAR) // most)
        bar = Text(marks.HEIGHTS[-1] * cells)
        named = [(app, count) for (app, _), count in zip(of.apps, day.counts, strict=True) if count]
        told = ", ".join(f"{safe(app)} {count}" for app, count in named)
        label = Text(f"{day.date:%a} {day.date.day} {day.date:%b}")
        yield Row((label, bar.append(f" {told}" if told else marks.NOTED)))


def _by_app(of: Retrospect) -> Iterator[Row]:
    """A line an app, a bar a day, or a few days where there are more than fit."""
    each = -(-len(of.days) // _MOST_BARS)
    cut = [of.days[first : first + each] for first in range(0, len(of.days), each)]
    for place, (app, _) in enumerate(of.apps):
        counts = [sum(day.counts[place] for day in days) for days in cut]
        yield Row((Text(f"{safe(app)}:"), Text(bars(counts).replace(" ", marks.GLUE))))
    if each > 1:
        yield Row((Text(), Text(f"a bar is {each} days", "quiet")))


def bars(counts: Sequence[int]) -> str:
    """Counts as bars; none is a blank."""
    most = max(counts, default=0)
    return "".join(
        marks.HEIGHTS[-(-count * len(marks.HEIGHTS) // most) - 1] if count else " "
        for count in counts
    )


def _in_all(of: Retrospect) -> str:
    whole = sum(_share(day) for day in of.days)
    told = []
    for place, (app, noun) in enumerate(of.apps):
        total = sum(day.counts[place] for day in of.days)
        told.append(f"{safe(app)} {plural(total, safe(noun))}, {total / whole:.1f} a day")
    best: LocalDay = max(of.days, key=lambda day: day.total)
    day = f"{best.date:%a} {best.date.day} {best.date:%b}"
    return "; ".join((*islice(told, 6), f"most on {day}: {best.total}"))


def _share(day: LocalDay) -> float:
    """How much of a day it is; a whole one is one, however long."""
    return 1 if day.whole else (day.part.end - day.part.begin).total_seconds() / 86400
