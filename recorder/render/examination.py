"""What media.history.check tells: what is wrong with the history, or that it is whole."""

from collections.abc import Sequence

from recorder.render import marks
from recorder.store.site import Location


def lines(path: Location, faults: Sequence[str]) -> Sequence[str]:
    """A line a fault."""
    return [f"{marks.FAIL} {fault}" for fault in faults] or [f"{marks.OK} {path} is whole"]


def style(faults: Sequence[str]) -> str:
    """The style they are drawn in."""
    return "fail" if faults else "ok"
