"""GAPS: the open entries of the operational gaps register that concern media."""

from collections.abc import Sequence

from rich.text import Text

from recorder.model import Gap
from recorder.render.box import Box
from recorder.render.grid import Grid, Row
from recorder.render.safe import TEXT_CELLS, safe

_STYLES = {"critical": "fail", "high": "fail", "medium": "warn", "low": "quiet"}
_OPEN = "open"


def box(gaps: Sequence[Gap]) -> Box | None:
    """The box of all gaps, one a line; None when there is none."""
    rows = [Row((Text(safe(gap.id)), _severity(gap), Text(_title(gap)))) for gap in gaps]
    return Box("GAPS", [[Grid(rows, (2,))]]) if rows else None


def _severity(gap: Gap) -> Text:
    return Text(safe(gap.severity), _STYLES.get(gap.severity.lower(), "plain"))


def _title(gap: Gap) -> str:
    status = "" if gap.status == _OPEN else f" ({safe(gap.status)})"
    return safe(gap.title, TEXT_CELLS) + status
