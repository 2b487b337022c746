"""BEFORE: what hosts told of the time before they were first looked at. Nobody saw any of it.

It has a box of its own, so that it is taken for none of what was seen. At length every happening is
told; else the boots, and of a host's containers how many there were to tell of, and of when.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby

from rich.text import Text

from recorder.history.retrospect import Retrospect
from recorder.model.past import Happening, Prior
from recorder.render.box import Box
from recorder.render.grid import Grid, Row
from recorder.render.retrospect.strips import Scale
from recorder.render.safe import safe
from recorder.render.units import moment, plural

TITLE = "BEFORE, told by the hosts: nobody saw it"
MOST_LINES = 8
Line = tuple[datetime, str]
Clock = Callable[[datetime], str]


def box(of: Retrospect, scale: Scale, *, everything: bool) -> Box | None:
    """The box, newest first; None where no host told anything of this time."""
    if not of.prior:
        return None

    def clock(at: datetime) -> str:
        return moment(at, of.window.end, scale.zone)

    lines = [(it.at, _one(it)) for it in of.prior] if everything else [*_folded(of.prior, clock)]
    lines.sort(key=lambda line: line[0], reverse=True)
    shown = lines if everything else lines[:MOST_LINES]
    drawn = [Row((Text(clock(at), "quiet"), Text(said))) for at, said in shown]
    if len(lines) > len(shown):
        drawn.append(Row((Text(f"and {len(lines) - len(shown)} more: --all", "quiet"),)))
    return Box(TITLE, [[Grid(drawn, (2, 1))]])


def _folded(told: Sequence[Prior], clock: Clock) -> Iterator[Line]:
    """The boots one by one, and the containers of a host by what happened to them."""
    yield from ((it.at, _one(it)) for it in told if it.what is Happening.BOOTED)
    others = [it for it in told if it.what is not Happening.BOOTED]
    for (host, what), group in groupby(sorted(others, key=_place), _place):
        alike = sorted(group, key=lambda it: it.at)
        newest = alike[-1]
        if len(alike) == 1:
            yield newest.at, _one(newest)
            continue
        since = f", the first {clock(alike[0].at)}" if alike[0].at != newest.at else ""
        yield newest.at, f"{safe(host)}: {plural(len(alike), 'container')} {what}{since}"


def _place(it: Prior) -> tuple[str, Happening]:
    return it.host, it.what


def _one(it: Prior) -> str:
    name = "" if it.what is Happening.BOOTED else f"{safe(it.name)} "
    more = ", ".join(part for part in (it.detail, f"by its {it.source}") if part)
    return f"{safe(it.host)}: {name}{it.what} ({safe(more)})"
