"""The screen of `ops verify`: all gates side by side, then what each one found and what to do."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import tzinfo

from rich.console import Group
from rich.text import Text

from recorder.model import GateFinding, GateResult, GateState, Snapshot
from recorder.render import marks
from recorder.render.box import Box, Plain
from recorder.render.grid import Grid, Row
from recorder.render.safe import TEXT_CELLS, safe
from recorder.render.units import plural, seconds, stamp

_TITLE = "MEDIA GATES"
_MARKS = {
    GateState.PASS: marks.OK,
    GateState.WARN: marks.WARN,
    GateState.FAIL: marks.FAIL,
    GateState.UNKNOWN: marks.UNKNOWN,
}
_WORDS = {
    GateState.PASS: "PASS",
    GateState.WARN: "PASS",
    GateState.FAIL: "FAIL",
    GateState.UNKNOWN: "UNKNOWN",
}
_NOUNS = {GateState.FAIL: "wrong", GateState.UNKNOWN: "unknown"}
_MOST_CELLS = 4 * TEXT_CELLS


def screen(results: Sequence[GateResult], snapshot: Snapshot, *, tz: tzinfo) -> Group:
    """Header, every gate on a line, a box for each that found something, and the verdict."""
    told = (stamp(snapshot.taken_at, tz), safe(snapshot.site), seconds(snapshot.duration_ms))
    header = Text.assemble((_TITLE, "heading"), *(f"   {part}" for part in told))
    boxes = (_of_gate(result) for result in results)
    return Group(
        Plain([Grid([Row((header,))])]),
        Box("GATES", [[Grid([_line(result) for result in results], (2, 3, 3))]]),
        *(box for box in boxes if box),
        _closing(results),
    )


def _line(result: GateResult) -> Row:
    mark = marks.IDLE if _is_idle(result) else _MARKS[result.state]
    word = Text(f"{mark}{marks.GLUE}{_WORDS[result.state]}", marks.style(mark))
    counts = Counter(finding.severity for finding in result.findings)
    told = ["nothing to check" if _is_idle(result) else plural(result.checked, result.noun)]
    told += [f"{counts[state]} {noun}" for state, noun in _NOUNS.items() if counts[state]]
    told += [plural(counts[GateState.WARN], "warning")] if counts[GateState.WARN] else []
    return Row((Text(result.gate), Text(result.title), word, Text(", ".join(told))))


def _is_idle(result: GateResult) -> bool:
    """Whether it passes because there was nothing that it could hold against anything."""
    return not result.checked and not result.findings


def _of_gate(result: GateResult) -> Box | None:
    rows = [row for finding in result.findings for row in _finding(finding)]
    rows += [Row((Text(marks.NOTED, "quiet"), Text(_safe(note), "quiet"))) for note in result.notes]
    return Box(f"{result.gate} {result.title}", [[Grid(rows, (1,))]]) if rows else None


def _finding(it: GateFinding) -> Iterable[Row]:
    mark = _MARKS[it.severity]
    where = f"{safe(it.host)}: " if it.host and it.host != it.name else ""
    text = Text.assemble(where, (safe(it.name, TEXT_CELLS), "name"), f"  {_safe(it.what)}")
    yield Row((Text(mark, marks.style(mark)), text))
    yield Row((Text(), Text(f"{marks.NEXT} {_safe(it.todo)}", "hint")))


def _safe(text: str) -> str:
    return safe(text, _MOST_CELLS)


def _closing(results: Sequence[GateResult]) -> Plain:
    rows = []
    for state, told in ((GateState.FAIL, "FAIL"), (GateState.UNKNOWN, "UNKNOWN")):
        some = [result.gate for result in results if result.state is state]
        if some:
            head = (f"{_MARKS[state]} {len(some)} {told}", marks.style(_MARKS[state]))
            rows.append(Row((Text.assemble(head, f": {', '.join(some)}"),)))
    return Plain([Grid(rows or _passing(results))])


def _passing(results: Sequence[GateResult]) -> list[Row]:
    """That they pass; which of them on nothing, and what to do where all do."""
    idle = [result.gate for result in results if _is_idle(result)]
    if len(idle) == len(results):
        nothing = Text(f"{marks.UNKNOWN} NOTHING TO CHECK", marks.style(marks.UNKNOWN))
        todo = "say what should run: services, mounts and ports in media.services.yaml"
        if len(results) == 1:  # its own note says what is not declared
            return [Row((nothing,))]
        return [Row((nothing,)), Row((Text(f"{marks.NEXT} {todo}", "hint"),))]
    amount = len(results) - len(idle)
    told = f"{plural(amount, 'gate')} {'passes' if amount == 1 else 'pass'}"
    head = (f"{marks.OK} {told.upper()}", marks.style(marks.OK))
    return [Row((Text.assemble(head, f"; nothing to check: {', '.join(idle)}" if idle else ""),))]
