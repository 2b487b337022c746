"""GAPS: the open entries of the operational gaps register that concern media."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Group
from rich.text import Text

from recorder.model import Gap
from recorder.render import marks
from recorder.render.box import Box, Plain
from recorder.render.grid import Grid, Row
from recorder.render.safe import TEXT_CELLS, safe

_STYLES = {"critical": "fail", "high": "fail", "medium": "warn", "low": "quiet"}
_OPEN = "open"
_WORST_FIRST = ("critical", "high", "medium", "low")


def worst_first(gaps: Sequence[Gap]) -> list[Gap]:
    """By severity; those of one severity, and all of unknown ones at the end, in their order."""
    rank = {severity: place for place, severity in enumerate(_WORST_FIRST)}
    return sorted(gaps, key=lambda gap: rank.get(gap.severity.lower(), len(rank)))


def screen(gaps: Sequence[Gap], register: Path | None, note: str | None) -> Group:
    """The screen of media.gaps: the worst first, and how many stand how."""
    shown = box(worst_first(gaps))
    return Group(*([shown] if shown else []), _closing(gaps, register, note))


def _closing(gaps: Sequence[Gap], register: Path | None, note: str | None) -> Plain:
    if note:
        text = Text(f"{marks.FAIL} {safe(note, 2 * TEXT_CELLS)}", "fail")
    elif gaps:
        statuses = Counter(gap.status for gap in worst_first(gaps))
        counted = ", ".join(f"{number} {safe(status)}" for status, number in statuses.items())
        text = Text(f"{counted}, in {_name(register)}")
    else:
        where = f" in {_name(register)}" if register else ": no register"
        text = Text.assemble((f"{marks.OK} NO OPEN GAPS", marks.style(marks.OK)), where)
    return Plain([Grid([Row((text,))])])


def _name(register: Path | None) -> str:
    return safe(register.name, TEXT_CELLS) if register else ""


def box(gaps: Sequence[Gap]) -> Box | None:
    """The box of all gaps, one a line; None when there is none."""
    rows = [Row((Text(safe(gap.id)), _severity(gap), Text(_title(gap)))) for gap in gaps]
    return Box("GAPS", [[Grid(rows, (2,))]]) if rows else None


def _severity(gap: Gap) -> Text:
    return Text(safe(gap.severity), _STYLES.get(gap.severity.lower(), "plain"))


def _title(gap: Gap) -> str:
    status = "" if gap.status == _OPEN else f" ({safe(gap.status)})"
    return safe(gap.title, TEXT_CELLS) + status
