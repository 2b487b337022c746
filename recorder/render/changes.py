"""CHANGES: what happened since somebody looked, newest first, folded under its causes."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime, tzinfo

from rich.text import Text

from recorder.model import Changes, Snapshot
from recorder.render import known, marks
from recorder.render.box import Box
from recorder.render.event_words import Clock, Line
from recorder.render.event_words import lines as told_lines
from recorder.render.gate_words import gate_line
from recorder.render.grid import Grid, Row
from recorder.render.units import duration, moment, plural

TITLE = "CHANGES"
BEGUN = "recording begins with this look: the next ones show what changed since"
NOTHING = "nothing changed"
MORE = "ops media.status --json"

_MOST_LINES = 20


def box(changes: Changes, snapshot: Snapshot, tz: tzinfo, *, asked: bool = False) -> Box:
    """The box of all changes. `asked`: since when was asked for, not when a person last looked."""
    now = snapshot.taken_at

    def clock(at: datetime) -> str:
        return moment(at, now, tz)

    told = _all_lines(changes, clock, _shared(snapshot))
    drawn = [row for line in told[:_MOST_LINES] for row in rows(line, clock(line.at))]
    if len(told) > _MOST_LINES:
        drawn.append(_quiet(f"and {len(told) - _MOST_LINES} more: {MORE}"))
    if not drawn and changes.since:
        drawn = [_quiet(NOTHING)]
    elif not drawn:
        drawn = [_quiet(text) for text in (BEGUN, *known.lines(snapshot))]
    return Box(_title(changes, now, tz, asked=asked), [[Grid(drawn, (2, 1))]])


def lines(changes: Changes, *, tz: tzinfo, ascii_only: bool = False) -> list[str]:
    """A line of plain text a change, for a mail or a log: day and time, and what happened."""

    def clock(at: datetime) -> str:
        return f"{at.astimezone(tz):%H:%M}"

    names = {event.name for event in changes.events}
    told = (
        f"{line.at.astimezone(tz):%Y-%m-%d %H:%M} {line.mark} {_in_one(line)}"
        for line in _all_lines(changes, clock, names)
    )
    return [marks.to_ascii(line) if ascii_only else line for line in told]


def _all_lines(changes: Changes, clock: Clock, shared: Collection[str]) -> list[Line]:
    """What changed in the stack and what the gates found, newest first."""
    told = [*map(gate_line, changes.gates), *told_lines(changes.events, clock, shared)]
    return sorted(told, key=lambda line: line.at, reverse=True)


def _title(changes: Changes, now: datetime, tz: tzinfo, *, asked: bool) -> str:
    if changes.since is None:
        return TITLE
    since = moment(changes.since, now, tz)
    today = changes.since.astimezone(tz).date() == now.astimezone(tz).date()
    when = since if asked else f"you looked {'at ' if today else ''}{since}"
    ago = duration((now - changes.since).total_seconds())
    return f"{TITLE} since {when} ({ago}, {plural(changes.snapshots, 'snapshot')})"


def rows(line: Line, at: str) -> Iterable[Row]:
    """The rows of one line of changes: when, its mark, what happened and what that brought."""
    text = Text(line.text)
    if line.was:
        text.append(f"   {marks.glued(line.was)}", "quiet")
    yield Row((Text(at, "quiet"), Text(line.mark, line.style), text))
    if line.under:
        yield Row((Text(), Text(marks.UNDER, "quiet"), Text(line.under)))


def _quiet(text: str) -> Row:
    return Row((Text(text, "quiet"),))


def _in_one(line: Line) -> str:
    was = f", {line.was}" if line.was else ""
    return f"{line.text}{was}" + (f" ({line.under})" if line.under else "")


def _shared(snapshot: Snapshot) -> set[str]:
    """Names that stand for a service on more than one host."""
    names = Counter(service.name for service in snapshot.services)
    return {name for name, hosts in names.items() if hosts > 1}
