"""The JSON document of media.gaps."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from recorder.model import Gap, Verdict
from recorder.render.document import envelope
from recorder.render.gaps import worst_first
from recorder.render.things import Object, gap


def gaps(
    some: Sequence[Gap], register: Path | None, note: str | None, *, generated_at: datetime
) -> Object:
    """The document of media.gaps; `note` says why the register could not be read."""
    data: Object = {
        "register": str(register) if register else None,
        "gaps": [gap(it) for it in worst_first(some)],
        "reason": note,
    }
    return envelope("media.gaps", Verdict.FAIL if note else Verdict.OK, data, generated_at)
