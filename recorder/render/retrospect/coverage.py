"""COVERAGE: when was looked, so that "nothing happened" and "nobody looked" are told apart."""

from collections.abc import Sequence
from datetime import datetime

from rich.text import Text

from recorder.history.retrospect import Retrospect
from recorder.history.timeline import tallies
from recorder.render.box import Box
from recorder.render.grid import Grid, Row
from recorder.render.marks import GLUE
from recorder.render.retrospect.figures import percent
from recorder.render.retrospect.scale import sign_sec
from recorder.render.retrospect.signs import LEGEND, looked
from recorder.render.retrospect.strips import Scale, StripRow, Strips
from recorder.render.units import counted, duration, moment, plural, stamp

LABEL = "looked"


def box(of: Retrospect, scale: Scale) -> Box:
    """The box, which explains the signs too."""
    seen = sum(int((end - begin).total_seconds()) for begin, end in of.observed)

    def draw(edges: Sequence[datetime]) -> Text:
        return looked(tallies((), of.observed, edges))

    row = StripRow(LABEL, draw, (percent(seen, of.window.seconds), "", ""))
    return Box(
        "COVERAGE",
        [
            [
                Strips(scale, [row], ("time",)),
                Grid([Row((Text(line),)) for line in _lines(of, scale)]),
                Key(scale),
            ]
        ],
    )


def _lines(of: Retrospect, scale: Scale) -> list[str]:
    told = []
    if of.looks:
        told.append(counted(of.looks, "look"))
    if of.gaps:
        longest = max(of.gaps, key=lambda it: it.seconds)
        at = moment(longest.begin, of.window.end, scale.zone)
        which = "" if len(of.gaps) == 1 else "the longest "
        told.append(f"{plural(len(of.gaps), 'gap')}, {which}{duration(longest.seconds)} from {at}")
    elif of.observed:
        told.append("no gaps")
    if not of.observed and of.recorded_until <= of.window.begin:
        told.append(f"the last look was on {stamp(of.recorded_until, scale.zone)}")
    begun = of.recorded_from
    lines = [", ".join(told)] if told else []
    if begun >= of.window.begin:
        lines.append(f"recording began {stamp(begun, scale.zone)}")
    return lines


class Key:
    """What the signs mean, and how long one stands for: that depends on the width."""

    def __init__(self, scale: Scale) -> None:
        """For the tables on a scale."""
        self._scale = scale

    def lines(self, width: int, *, ascii_only: bool) -> list[Text]:
        """The lines to draw, each of at most `width` cells."""
        _, cells, _ = self._scale.strip_cells(width)
        length = duration(sign_sec(self._scale.window, cells))
        told = [f"{sign} {means}".replace(" ", GLUE) for sign, means in LEGEND]
        words = f"a sign is {length}:  {'  '.join(told)}  blank: nobody{GLUE}looked"
        row = Row((Text(words, "quiet"),))
        return Grid([row]).lines(width, ascii_only=ascii_only)
