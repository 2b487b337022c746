"""The screen of media.diff: two moments, what differs by kind, space, counts, and the unknown.

A count that differs is drawn as two, an arrow between; what stayed is drawn once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo

from rich.console import Group
from rich.text import Text

from recorder.history.difference import Difference, Side, Space
from recorder.history.reasons import REASONS
from recorder.model import Counts, Event, Kind, Snapshot, count
from recorder.render import marks
from recorder.render.box import Box, Plain
from recorder.render.event_words import lines
from recorder.render.grid import Grid, Row
from recorder.render.safe import safe
from recorder.render.units import duration, plural, signed, size

_TITLE = "MEDIA DIFF"
_ARROW = "\u2192"
_TITLES = {
    Kind.HOST: "HOSTS",
    Kind.SERVICE: "SERVICES",
    Kind.ENDPOINT: "ENDPOINTS",
    Kind.MOUNT: "MOUNTS",
    Kind.VOLUME: "VOLUMES",
}
_COLUMNS = ("total", "running", "exited", "error", "unknown")
_BOTH, _BEFORE, _AFTER = "both", "before", "after"


def screen(it: Difference, *, tz: tzinfo) -> Group:
    """Header, a box for each kind of thing that differs, storage, counts, what is not known."""
    boxes = (
        *(_of_kind(it, kind, tz) for kind in _TITLES),
        _storage(it.spaces),
        _counts(it.before.snapshot, it.after.snapshot),
        _unknown(it),
    )
    return Group(*_header(it, tz), *(box for box in boxes if box), _closing(it))


def _header(it: Difference, tz: tzinfo) -> Iterator[Plain]:
    apart = (it.after.snapshot.taken_at - it.before.snapshot.taken_at).total_seconds()
    told = Text.assemble(
        (_TITLE, "heading"), f"   {safe(it.after.snapshot.site)}   {duration(apart)} apart"
    )
    sides = ((_BEFORE, it.before), (_AFTER, it.after))
    rows = [Row((Text(name), Text(_at(side.snapshot.taken_at, tz)), _of(side, tz)))
            for name, side in sides]  # fmt: skip
    yield Plain([Grid([Row((told,))]), Grid(rows)])
    notes = [Row((Text(f"{marks.WARN} {note}", "warn"),)) for note in _notes(it, tz)]
    if notes:
        yield Plain([Grid(notes)])


def _at(at: datetime, tz: tzinfo) -> str:
    return f"{at.astimezone(tz):%a %d %b %Y %H:%M:%S}"


def _of(side: Side, tz: tzinfo) -> Text:
    if not side.recorded:
        return Text("a look of now, not recorded", "quiet")
    if side.asked_at is None:
        return Text("the newest snapshot", "quiet")
    return Text(f"the snapshot as of {side.asked_at.astimezone(tz):%Y-%m-%d %H:%M:%S}", "quiet")


def _notes(it: Difference, tz: tzinfo) -> Iterator[str]:
    for name, side in ((_BEFORE, it.before), (_AFTER, it.after)):
        if side.in_gap:
            end = side.gap_end
            until = f"until {_at(end, tz)}" if end else "since then"
            yield f"{name}: nobody looked {until}; the state shown is the last one seen"
    if it.before.snapshot.taken_at == it.after.snapshot.taken_at:
        yield "both are the same snapshot"


def _of_kind(it: Difference, kind: Kind, tz: tzinfo) -> Box | None:
    events = [one for one in it.events if one.kind is kind]
    rows = [row for line in _told(events, it, tz) for row in line]
    return Box(_TITLES[kind], [[Grid(rows, (1,))]]) if rows else None


def _told(events: Sequence[Event], it: Difference, tz: tzinfo) -> Iterator[list[Row]]:
    def clock(at: datetime) -> str:
        return f"{at.astimezone(tz):%H:%M}"

    for line in lines(events, clock, _shared(it)):
        text = Text(line.text)
        if line.was:
            text.append(f"   {marks.glued(line.was)}", "quiet")
        rows = [Row((Text(line.mark, line.style), text))]
        if line.under:
            rows.append(Row((Text(marks.UNDER, "quiet"), Text(line.under))))
        yield rows


def _shared(it: Difference) -> set[str]:
    """Names that stand for a service on more than one host."""
    things = {
        (one.host, one.name) for side in (it.before, it.after) for one in side.snapshot.services
    }
    names = Counter(name for _, name in things)
    return {name for name, hosts in names.items() if hosts > 1}


def _storage(spaces: Sequence[Space]) -> Box | None:
    shared = Counter(one.name for one in spaces)
    rows = []
    for one in spaces:
        where = f" ({safe(one.host)})" if shared[one.name] > 1 else ""
        change = signed(one.change) if one.change else ""
        rows.append(Row((Text(f"{safe(one.name)}{where}:"), Text(_free(one)), Text(change))))
    return Box("STORAGE", [[Grid(rows, (2, 3))]]) if rows else None


def _free(it: Space) -> str:
    before, after = it.free_before, it.free_after
    if before is None and after is None:
        return "unknown at both"
    if before is None or after is None:
        known, total = (after, it.total_after) if before is None else (before, it.total_before)
        side = _BEFORE if before is None else _AFTER
        return f"{_of_total(size(known or 0), (total,))}, unknown {side}"
    return _of_total(_became(size(before), size(after)), (it.total_before, it.total_after))


def _of_total(free: str, totals: Sequence[int | None]) -> str:
    known = dict.fromkeys(size(total) for total in totals if total is not None)
    return f"{free} free" + (f" of {f' {_ARROW} '.join(known)}" if known else "")


def _became(before: str, after: str) -> str:
    return after if before == after else f"{before} {_ARROW} {after}"


def _counts(was: Snapshot, now: Snapshot) -> Box | None:
    names = dict.fromkeys(host.name for host in (*now.hosts, *was.hosts))
    rows = [row for name in names for row in _counted(name, was, now)]
    return Box("COUNTS", [[Grid(rows, (2,))]]) if rows else None


def _counted(name: str, was: Snapshot, now: Snapshot) -> Iterable[Row]:
    before, after = count(was.on(name)), count(now.on(name))
    if before.total or after.total:
        yield Row((Text(f"{safe(name)}:"), Text(" | ".join(_columns(before, after)))))


def _columns(before: Counts, after: Counts) -> Iterator[str]:
    for column in _COLUMNS:
        then, since = getattr(before, column), getattr(after, column)
        if column == "unknown" and not (then or since):
            continue
        yield marks.glued(f"{_became(str(then), str(since))} {column}")


def _unknown(it: Difference) -> Box | None:
    """What could not be seen, by host, side and reason: on no side is that a difference."""
    groups: dict[tuple[str, str, str], Counter[Kind]] = {}
    for one in it.unseen:
        side = _BOTH if one.before and one.after else _BEFORE if one.before else _AFTER
        why = REASONS[one.reason] if one.reason else "unknown"
        groups.setdefault((side, one.key.host, why), Counter())[one.key.kind] += 1
    rows = [
        Row((Text(side, "unknown"), Text(safe(host)), Text(f"{why}: {_amounts(kinds)}")))
        for (side, host, why), kinds in groups.items()
    ]
    return Box("UNKNOWN THEN, and so not compared", [[Grid(rows, (3,))]]) if rows else None


def _amounts(kinds: Counter[Kind]) -> str:
    return ", ".join(plural(kinds[kind], kind) for kind in Kind if kinds[kind])


def _closing(it: Difference) -> Plain:
    told = plural(len(it.events), "difference").upper()
    if not it.events:
        told = "ONLY FREE SPACE DIFFERS" if any(s.change for s in it.spaces) else "NOTHING DIFFERS"
    text = Text(f"{marks.NOTED} {told}" if it.events else f"{marks.OK} {told}", "heading")
    text.append(", as far as both looks saw" if it.unseen else "", "plain")
    return Plain([Grid([Row((text,))])])
