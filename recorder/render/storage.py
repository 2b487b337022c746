"""STORAGE: the space of each watched volume."""

from collections.abc import Iterable

from rich.text import Text

from recorder.model import Snapshot, Verdict, Volume
from recorder.render import marks, words
from recorder.render.box import Box
from recorder.render.closing import severities
from recorder.render.grid import Grid, Row
from recorder.render.safe import safe
from recorder.render.units import percent, size


def box(snapshot: Snapshot, label_cells: int) -> Box | None:
    """The box of all volumes; None when none is watched."""
    if not snapshot.volumes:
        return None
    wrong = severities(snapshot)
    rows = [
        Row((Text(label), _space(volume, wrong.get(("volume", volume.host, volume.name)))))
        for volume, label in zip(snapshot.volumes, labels(snapshot), strict=True)
    ]
    return Box("STORAGE", [[Grid(rows, (2,), label_cells)]])


def labels(snapshot: Snapshot) -> Iterable[str]:
    """The labels of its lines, for boxes that line up."""
    return (f"{safe(volume.name)}:" for volume in snapshot.volumes)


def _space(volume: Volume, severity: Verdict | None) -> Text:
    free, total, used = volume.free_bytes, volume.total_bytes, volume.used_percent
    if free is None or total is None or used is None:
        mark = marks.OF_VERDICT[severity] if severity else marks.UNKNOWN
        head = (f"{mark} unknown", marks.style(mark))
        return Text.assemble(head, f": {words.why(volume.reason, volume.detail)}")
    space = Text(f"{size(free)} free / {size(total)} total ({percent(used)} used)")
    if severity:
        mark = marks.OF_VERDICT[severity]
        space.append(f"   {mark}{marks.GLUE}nearly{marks.GLUE}full", marks.style(mark))
    return space
