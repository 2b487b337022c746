"""A gate that came to stand otherwise, as a line of CHANGES."""

from recorder.model import GateChange, GateState
from recorder.render import marks
from recorder.render.event_words import Line
from recorder.render.safe import TEXT_CELLS, safe

_MOST_NAMED = 2
_WORDS = {GateState.FAIL: "fails", GateState.UNKNOWN: "can't be judged"}


def gate_line(it: GateChange) -> Line:
    """What it newly found; that it passes again, where it finds nothing bad any more."""
    gate = f"gate {safe(it.gate)} {safe(it.title)}"
    if it.now not in _WORDS:
        return Line(it.at, marks.OK, "ok", f"{gate} passes again", None, None)
    mark, style = (marks.FAIL, "fail") if it.now is GateState.FAIL else (marks.UNKNOWN, "unknown")
    named = [safe(finding, TEXT_CELLS) for finding in it.findings[:_MOST_NAMED]]
    if len(it.findings) > len(named):
        named.append(f"and {len(it.findings) - len(named)} more: ops verify {safe(it.gate)}")
    return Line(it.at, mark, style, f"{gate} {_WORDS[it.now]}", None, "; ".join(named) or None)
