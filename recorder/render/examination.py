"""The screen of media.history.check: what is wrong with the history, or that it is whole."""

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from recorder.render import marks
from recorder.render.box import Plain
from recorder.render.grid import Grid, Row
from recorder.render.safe import safe

_FAULT_CELLS = 1000


def screen(path: Path, faults: Sequence[str]) -> Plain:
    """A line a fault."""
    if not faults:
        told = f" {safe(str(path), _FAULT_CELLS)}"
        return Plain([Grid([Row((Text.assemble((f"{marks.OK} WHOLE", "ok"), told),))])])
    rows = [Row((Text(f"{marks.FAIL} {safe(fault, _FAULT_CELLS)}", "fail"),)) for fault in faults]
    return Plain([Grid(rows)])
