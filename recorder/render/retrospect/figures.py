"""Figures of a history as people read them: pure. No share is rounded up to all or down to none."""

from recorder.history.timeline import Tally
from recorder.render.marks import TIMES, TO

_COARSE, _FINE = 2, 3  # decimals
_FINE_FROM = 999  # thousandths


def available(tally: Tally) -> str:
    """A share of time: "100%", "99.982%", "82.31%"; a dash where there is none."""
    wanted = tally.up_sec + tally.down_sec
    return percent(tally.up_sec, wanted) if wanted else TO


def percent(part: int, whole: int) -> str:
    """A share in percent, cut, not rounded: what is not all of it never looks so."""
    if part in (0, whole):
        return "100%" if part else "0%"
    places = _FINE if 1000 * part >= _FINE_FROM * whole else _COARSE
    cut = 100 * 10**places * part // whole
    return f"{cut / 10**places:.{places}f}%" if cut else "<0.01%"


def count(number: int) -> str:
    """How often, three times as "3" and a times sign; nothing for never."""
    return f"{number}{TIMES}" if number else ""
