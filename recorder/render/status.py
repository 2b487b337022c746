"""The dashboard: the whole picture in boxes, a box with nothing to say left out."""

from collections.abc import Collection, Iterable, Sequence
from datetime import tzinfo

from rich.cells import cell_len
from rich.console import Group
from rich.text import Text

from recorder.model import Gap, Snapshot
from recorder.render import changes, hosts, imports, nfs, service_counts, storage
from recorder.render import gaps as gaps_box
from recorder.render.box import Box, Plain
from recorder.render.closing import closing
from recorder.render.crowd import calm
from recorder.render.grid import Grid, Row
from recorder.render.past import NO_PAST, Past
from recorder.render.safe import safe
from recorder.render.units import seconds, stamp

_TITLE = "MEDIA STACK"
_LABEL_CELLS = 24  # wider labels don't push the others' columns


def dashboard(
    snapshot: Snapshot,
    gaps: Sequence[Gap] = (),
    *,
    tz: tzinfo,
    notes: Sequence[str] = (),
    past: Past = NO_PAST,
    verdict_first: bool = False,
    everything: bool = False,
) -> Group:
    """The screen of media.status: header, boxes, notes, and what is wrong. Times are in `tz`.

    `verdict_first` has notes and what is wrong before the boxes, for a screen that may be cut.
    `everything` has lines for each of many hosts, and for those that are well, too.
    """
    quiet = None if everything else calm(snapshot)
    header, boxes = _header(snapshot, tz, past), _boxes(snapshot, gaps, tz, past, quiet)
    verdict = closing(snapshot, notes, past)
    return Group(header, verdict, *boxes) if verdict_first else Group(header, *boxes, verdict)


def _boxes(
    snapshot: Snapshot, gaps: Sequence[Gap], tz: tzinfo, past: Past, quiet: Collection[str] | None
) -> Iterable[Box]:
    cells = _label_cells(snapshot)
    changed = past.changes
    boxes = (
        hosts.box(snapshot, tz, crowded=quiet is not None),
        service_counts.box(snapshot, cells, tz, past, quiet),
        nfs.box(snapshot, cells, quiet),
        storage.box(snapshot, cells, tz, past, quiet),
        changes.box(changed, snapshot, tz, asked=past.asked) if changed else None,
        imports.box(snapshot),
        gaps_box.box(gaps),
    )
    return (box for box in boxes if box)


def _header(snapshot: Snapshot, tz: tzinfo, past: Past) -> Plain:
    title = f"{_TITLE} AS IT WAS" if past.as_it_was else _TITLE
    told = (stamp(snapshot.taken_at, tz), safe(snapshot.site), seconds(snapshot.duration_ms))
    line = Text.assemble((title, "heading"), *(f"   {part}" for part in told))
    return Plain([Grid([Row((line,))])])


def _label_cells(snapshot: Snapshot) -> int:
    """The width of the first column in the boxes that share it, so that they line up."""
    shared = (*service_counts.labels(snapshot), *nfs.labels(snapshot), *storage.labels(snapshot))
    return max((cells for label in shared if (cells := cell_len(label)) <= _LABEL_CELLS), default=0)
