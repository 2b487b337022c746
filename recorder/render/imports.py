"""IMPORTS: what each app brought in, in one day."""

from collections.abc import Iterable
from datetime import date, tzinfo

from rich.console import Group
from rich.text import Text

from recorder.model import ImportCount, ImportState, Snapshot
from recorder.render import marks, words
from recorder.render.box import Box
from recorder.render.closing import Severities, severities
from recorder.render.grid import Grid, Row
from recorder.render.hosts import hint
from recorder.render.safe import TEXT_CELLS, safe
from recorder.render.summary import summary
from recorder.render.units import clock, day_name, plural

_TODAY = "IMPORTS TODAY"


def box(snapshot: Snapshot) -> Box | None:
    """The dashboard's box: the counts on one line, what could not be asked below."""
    known = [marks.glued(_counted(it)) for it in snapshot.imports if _known(it)]
    line = [Row((Text("   ".join(known)),))] if known else []
    rows = [*line, *_unasked(snapshot.imports, severities(snapshot))]
    return Box(_TODAY, [[Grid(rows, (2,))]]) if rows else None


def screen(snapshot: Snapshot, *, tz: tzinfo, sample: int = 0, day: date | None = None) -> Group:
    """The screen of media.metrics.today: counts, and the newest `sample` titles of each app.

    `day` is the day counted; None is today.
    """
    rows: list[Row] = []
    wrong = severities(snapshot)
    for it in snapshot.imports:
        rows.extend(_listed(it, tz, sample) if _known(it) else _unasked([it], wrong))
    title = f"IMPORTS {day_name(day)}" if day else _TODAY
    total = sum(it.count or 0 for it in snapshot.imports if _known(it))
    unknown = sum(not _known(it) for it in snapshot.imports)
    told = [(total, "imported", marks.OK), (unknown, "unknown", marks.UNKNOWN)]
    boxes = [Box(title, [[Grid(rows, (2,))]])] if rows else []
    return Group(*boxes, summary(told if unknown < len(snapshot.imports) else told[1:]))


def _known(it: ImportCount) -> bool:
    return it.state is ImportState.OK and it.count is not None


def _counted(it: ImportCount) -> str:
    return f"{safe(it.app)}: {plural(it.count or 0, safe(it.noun))}"


def _listed(it: ImportCount, tz: tzinfo, sample: int) -> Iterable[Row]:
    yield Row((Text(_counted(it)),))
    for title in it.titles[:sample]:
        at = Text(f"  {clock(title.at, tz)}", "quiet")
        yield Row((at, Text(safe(title.title, TEXT_CELLS))))


def _unasked(imports: Iterable[ImportCount], wrong: Severities) -> Iterable[Row]:
    for it in imports:
        if not _known(it):
            severity = wrong.get(("import", None, it.app))
            mark = marks.OF_VERDICT[severity] if severity else marks.UNKNOWN
            head = (f"{mark} {safe(it.app)}:", marks.style(mark))
            reason = words.why(it.reason, it.detail, words.OF_IMPORT)
            yield Row((Text.assemble(head, f" unknown, {reason}"),))
            yield from hint(it.hint)
