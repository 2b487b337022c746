"""What one sign of a strip says of the time it stands for: pure.

That a thing was down or ailed is shown however short it was, if but one look saw it, so that
nothing is lost where a sign stands for a week. What is unknown, and that nobody looked, show where
they make up half of it; less of them stands in the figures. Blank: nobody looked.
"""

from collections.abc import Collection, Iterable
from itertools import groupby

from rich.text import Text

from recorder.history.standing import Standing
from recorder.history.timeline import Tally
from recorder.render.marks import HEIGHTS, IDLE, NOTED, UNKNOWN

WELL, AILING, *PARTLY, DOWN = (HEIGHTS[place] for place in (0, 1, 2, 4, 5, 6, 7))
_UP_TO = (1, 10, 50, 100)  # percent of a sign's time, for each of the signs of partly down
BLANK = " "
_STYLES = {
    WELL: "ok",
    AILING: "warn",
    **dict.fromkeys(PARTLY, "fail"),
    DOWN: "fail",
    UNKNOWN: "unknown",
    IDLE: "quiet",
    NOTED: "quiet",
    BLANK: "plain",
}
LEGEND = (
    (WELL, "well"),
    (AILING, "slow, unhealthy"),
    (f"{''.join(PARTLY)}{DOWN}", "down (<1, <10, <50%, more, all)"),
    (UNKNOWN, "unknown"),
    (IDLE, "idle"),
    (NOTED, "not there"),
)


def sign(of: Tally, glimpsed: Collection[Standing] = ()) -> str:
    """The sign of a stretch of time; `glimpsed`: what a look saw in it that none followed."""
    if of.down_sec or Standing.DOWN in glimpsed:
        known = of.up_sec + of.idle_sec + of.down_sec
        share = 100 * of.down_sec / known if known else 100
        return next((sign for sign, most in zip(PARTLY, _UP_TO, strict=True) if share < most), DOWN)
    if of.ailing_sec or Standing.AILING in glimpsed:
        return AILING
    if not of.seen_sec:
        return NOTED if of.absent_sec >= of.unobserved_sec else BLANK
    if 2 * of.unobserved_sec > of.seconds:
        return BLANK
    if 2 * of.unknown_sec >= of.seen_sec:
        return UNKNOWN
    return WELL if of.up_sec else IDLE


def strip(cells: Iterable[Tally], glimpsed: Iterable[Collection[Standing]]) -> Text:
    """The signs of stretches that follow each other, and what was glimpsed in each."""
    return _drawn(sign(cell, seen) for cell, seen in zip(cells, glimpsed, strict=True))


def looked(cells: Iterable[Tally]) -> Text:
    """The same of the looks themselves: there were some, or none."""
    return _drawn(WELL if _seen(cell) else BLANK for cell in cells)


def _seen(cell: Tally) -> bool:
    return 2 * cell.absent_sec >= cell.seconds


def _drawn(signs: Iterable[str]) -> Text:
    """Signs in their colours, each run of one in one piece."""
    runs = ("".join(run) for _, run in groupby(signs))
    return Text.assemble(*((run, _STYLES[run[0]]) for run in runs))
