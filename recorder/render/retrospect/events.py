"""EVENTS: what happened, newest first, folded under its causes."""

from collections import Counter
from datetime import datetime

from rich.text import Text

from recorder.history.retrospect import Retrospect
from recorder.model import Kind
from recorder.render import event_words
from recorder.render.box import Box
from recorder.render.changes import rows
from recorder.render.grid import Grid, Row
from recorder.render.retrospect.strips import Scale
from recorder.render.units import moment, stamp

MOST_LINES = 20
NOTHING = "nothing changed, as far as was looked"
MORE = "ops media.history.export events"


def box(of: Retrospect, scale: Scale, *, everything: bool) -> Box:
    """The box of all events, or of the newest."""

    def clock(at: datetime) -> str:
        return moment(at, of.window.end, scale.zone)

    names = Counter(it.name for it in of.of(Kind.SERVICE))
    shared = {name for name, count in names.items() if count > 1}
    told = event_words.lines(of.events, clock, shared)
    shown = told if everything else told[:MOST_LINES]
    drawn = [row for line in shown for row in rows(line, clock(line.at))]
    if len(told) > len(shown):
        drawn.append(_quiet(f"and {len(told) - len(shown)} more: --all"))
    if of.events_from:
        drawn.append(_quiet(f"those before {stamp(of.events_from, scale.zone)}: {MORE}"))
    return Box("EVENTS", [[Grid(drawn or [_quiet(NOTHING)], (2, 1))]])


def _quiet(text: str) -> Row:
    return Row((Text(text, "quiet"),))
