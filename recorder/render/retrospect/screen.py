"""The screen of media.status --history: when was looked, what broke, and what is trending badly."""

from collections.abc import Iterator
from datetime import tzinfo

from rich.cells import cell_len
from rich.console import Group
from rich.text import Text

from recorder.history.retrospect import Account, Retrospect
from recorder.model import Kind
from recorder.render import marks
from recorder.render.box import Box, Plain
from recorder.render.grid import Grid, Row
from recorder.render.retrospect import (
    before,
    coverage,
    detail,
    events,
    imports,
    latency,
    spaces,
    things,
)
from recorder.render.retrospect.names import told_apart
from recorder.render.retrospect.strips import Scale
from recorder.render.safe import TEXT_CELLS, ends, safe
from recorder.render.units import duration, plural, stamp

TITLE = "MEDIA STACK HISTORY"
NOBODY = "nobody looked in this time: nothing is known of it"
SINGLE = "in this time no look followed another: --at shows what one saw"


def screen(
    of: Retrospect,
    *,
    tz: tzinfo,
    notes: tuple[str, ...] = (),
    narrowed: bool = False,
    everything: bool = False,
) -> Group:
    """The whole screen. `narrowed`: every outage is told; `everything`: at length, of all."""
    cells = max(things.label_cells(of, everything=everything or narrowed), cell_len(coverage.LABEL))
    scale = Scale(of.window, tz, cells)
    shown = _boxes(of, scale, narrowed=narrowed, everything=everything)
    return Group(_header(of, tz), *shown, _closing(of, notes, tz))


def _boxes(of: Retrospect, scale: Scale, *, narrowed: bool, everything: bool) -> Iterator[Box]:
    yield coverage.box(of, scale)
    told = before.box(of, scale, everything=everything)
    if of.blank:
        yield from (box for box in (told,) if box)
        return
    for kind in things.TITLES:
        box = things.box(of, kind, scale, everything=everything or narrowed)
        if box:
            yield box
    if narrowed:
        yield from detail.boxes(of, scale, everything=everything)
    others = (spaces.box(of), latency.box(of, everything=everything), imports.box(of))
    yield from (box for box in others if box)
    yield events.box(of, scale, everything=everything)
    yield from (box for box in (told,) if box)


def _header(of: Retrospect, tz: tzinfo) -> Plain:
    window = of.window
    told = (
        f"{_begin(of, tz)} {marks.TO} {stamp(window.end, tz)}",
        duration(window.seconds),
        safe(of.site),
    )
    line = Text.assemble((TITLE, "heading"), *(f"   {part}" for part in told if part))
    return Plain([Grid([Row((line,))])])


def _begin(of: Retrospect, tz: tzinfo) -> str:
    """Without the year where it is that of the end."""
    begin, end = (at.astimezone(tz) for at in (of.window.begin, of.window.end))
    return stamp(begin, tz) if begin.year != end.year else f"{begin:%a %d %b %H:%M}"


def _closing(of: Retrospect, notes: tuple[str, ...], tz: tzinfo) -> Plain:
    rows = [Row((Text(f"{marks.NOTED} {safe(note, TEXT_CELLS)}", "quiet"),)) for note in notes]
    if of.stale and not of.blank:
        ago = duration(of.stale.seconds)
        rows.append(Row((Text(f"{marks.WARN} nobody looked for the last {ago}", "warn"),)))
    return Plain([Grid([*rows, Row((_verdict(of, tz),))])])


def _verdict(of: Retrospect, tz: tzinfo) -> Text:
    """The last line: what is still down when the window ends, else whether anything was."""
    if of.blank:
        return Text(f"{marks.UNKNOWN} {SINGLE if of.looks else NOBODY}", "unknown")
    lasting = [it for it in of.accounts if it.lasting]
    services = {(it.host, it.name) for it in lasting if it.kind is Kind.SERVICE}
    lasting = [
        it for it in lasting if it.kind is not Kind.ENDPOINT or (it.host, it.name) not in services
    ]
    if lasting:
        named = ", ".join(_since(it, _called(it, of), tz) for it in lasting)
        when = "DOWN AT THE END OF IT" if of.is_over else "STILL DOWN"
        return Text(f"{marks.FAIL} {when}: {named}", "fail")
    outages = sum(len(it.outages) for it in of.accounts)
    if outages:
        return Text(f"{marks.OK} ALL UP AGAIN after {plural(outages, 'outage')}", "ok")
    return Text(f"{marks.OK} NOTHING WAS DOWN", "ok")


def _called(it: Account, of: Retrospect) -> str:
    """So that no other thing is called the same."""
    if it.kind is Kind.MOUNT:
        return f"{safe(it.host)}:{ends(it.name)}"
    name = ends(told_apart(of.of(it.kind))(it))
    return f"{name} endpoint" if it.kind is Kind.ENDPOINT else name


def _since(it: Account, name: str, tz: tzinfo) -> str:
    if it.lasting is None:
        return name
    since = "from before" if it.lasting.before else "since"
    return f"{name} {since} {stamp(it.lasting.begin, tz)}".replace(" ", marks.GLUE)
