"""Every outage of the things asked for, and every image they ran."""

from collections.abc import Iterator

from rich.text import Text

from recorder.history.retrospect import Account, Retrospect
from recorder.history.timeline import Spell
from recorder.model import Kind
from recorder.render import marks
from recorder.render.box import Box
from recorder.render.grid import Grid, Row
from recorder.render.retrospect.strips import Scale
from recorder.render.safe import TEXT_CELLS, ends, safe
from recorder.render.units import duration, moment, plural

MOST_LINES = 40


def boxes(of: Retrospect, scale: Scale, *, everything: bool) -> Iterator[Box]:
    """A box for each thing that was down, ailed or got another image."""
    for it in of.accounts:
        rows = [
            *(_row(spell, marks.FAIL, of, scale) for spell in reversed(it.outages)),
            *(_row(spell, marks.WARN, of, scale) for spell in reversed(it.ailments)),
        ]
        rows += _updates(it, of, scale)
        if not rows:
            continue
        shown = rows if everything else rows[:MOST_LINES]
        if len(rows) > len(shown):
            shown.append(Row((Text(f"and {len(rows) - len(shown)} more: --all", "quiet"),)))
        yield Box(_title(it), [[Grid(shown, (1, 2))]])


def _title(it: Account) -> str:
    what = "" if it.kind in (Kind.HOST, Kind.SERVICE) else f" {it.kind}"
    where = "" if it.kind is Kind.HOST else f" on {safe(it.host)}"
    told = [plural(len(it.outages), "outage")]
    if it.starts.restarts:
        told.append(plural(it.starts.restarts, "boot" if it.kind is Kind.HOST else "restart"))
    if it.starts.exits:
        told.append(plural(it.starts.exits, "exit"))
    return f"{ends(it.name)}{what}{where}: {', '.join(told)}"


def _row(spell: Spell, mark: str, of: Retrospect, scale: Scale) -> Row:
    end = of.window.end
    begun = moment(spell.begin, end, scale.zone)
    first = f"before {begun}" if spell.before else begun
    lasting = "its end" if of.is_over else "still"
    until = lasting if spell.lasting else moment(spell.end, end, scale.zone)
    unseen = (spell.end - spell.begin).total_seconds() - spell.seconds
    hidden = f", unseen for {duration(unseen)} of it" if unseen else ""
    told = ", then ".join(safe(one, TEXT_CELLS) for one in spell.words[:3])
    when = Text(f"{first} {marks.TO} {until}", "quiet")
    return Row(
        (
            Text(mark, marks.style(mark)),
            when,
            Text(duration(spell.seconds)),
            Text(f"{told}{hidden}"),
        )
    )


def _updates(it: Account, of: Retrospect, scale: Scale) -> Iterator[Row]:
    for update in reversed(it.starts.updates):
        at = Text(moment(update.at, of.window.end, scale.zone), "quiet")
        change = Text(safe(update.change, TEXT_CELLS))
        yield Row((Text(marks.NEWER), at, Text(), change))
