"""What a change to the history would do, told before it is done, and what it did."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from rich.text import Text

from recorder.frozen import frozen
from recorder.render import marks
from recorder.render.box import Box
from recorder.render.grid import Grid, Row
from recorder.render.safe import TEXT_CELLS, safe
from recorder.render.units import counted, plural, size, stamp
from recorder.store.figures import Later, Pruned, Reach
from recorder.store.site import Location
from recorder.store.values import Backup, Salvaged

NOUNS = {"sample": "samples", "rollup_hour": "hourly numbers", "snapshot": "snapshots"}


@frozen
class Plan:
    """What would be done, step by step."""

    title: str
    steps: tuple[str, ...]
    things: tuple[tuple[str, str], ...] = ()  # what it is about, and how that is now


def screen(plan: Plan) -> Box:
    """The plan in a box."""
    steps = [Row((Text(marks.NOTED), Text(safe(step, 4 * TEXT_CELLS)))) for step in plan.steps]
    things = [Row((Text(safe(name)), Text(safe(now, TEXT_CELLS)))) for name, now in plan.things]
    parts = [[Grid(rows, gaps=gaps)] for rows, gaps in ((steps, (1,)), (things, (3,))) if rows]
    return Box(safe(plan.title, TEXT_CELLS), parts)


def restore(
    path: Location,
    backup: Backup,
    reach: Reach | None,
    tz: tzinfo,
    *,
    there: bool,
    newest: datetime | None,
) -> Plan:
    """`there`: whether something would be replaced; `newest`: its newest look, if it can tell."""
    holds = (
        f"{counted(reach.snapshots, 'snapshot')} up to {stamp(reach.last, tz)}"
        if reach
        else "no snapshot"
    )
    steps = [f"put {backup.path} ({size(backup.size_bytes)}, {holds}) in the place of {path}"]
    kind, mark = ("file", ".") if isinstance(path, Path) else ("site", "-")
    if there:
        steps.append(f"keep the {kind} that is there as {path.name}{mark}replaced-TIME, beside it")
    if newest and reach and newest > reach.last:
        steps.append(
            f"what was recorded after that, up to {stamp(newest, tz)}, is then only "
            f"in the old {kind}"
        )
    return Plan("RESTORE", tuple(steps))


def upgrade(path: Location) -> Plan:
    copied = (f"put a checked copy of {path} beside it",) if isinstance(path, Path) else ()
    brought = f"bring {'its schema' if copied else f'the schema of {path}'} up to this program's"
    return Plan("UPGRADE", (*copied, f"{brought}, all of it or nothing"))


def prune(path: Location, kept: Mapping[str, timedelta]) -> Plan:
    keeps = ", ".join(
        f"{NOUNS[name]} {plural(span.days, 'day')}" for name, span in kept.items() if name in NOUNS
    )
    return Plan(
        "PRUNE",
        (
            f"in {path}, roll up the numbers of hours and days that are complete",
            f"delete what is past its time: kept are {keeps}; all else for ever",
            "give the pages they took back to the disk",
        ),
    )


def drop_after(path: Location, at: datetime, later: Later, tz: tzinfo) -> Plan:
    newest = f", up to {stamp(later.last, tz)}" if later.last else ""
    nouns = ((later.snapshots, "snapshot"), (later.spans, "span"), (later.samples, "sample"))
    forgotten = ", ".join(counted(*count) for count in nouns)
    return Plan(
        "DROP LATER",
        (
            f"make a verified backup of {path}",
            f"forget all that was recorded after {stamp(at, tz)}{newest}: {forgotten}",
        ),
    )


def salvage(path: Location) -> Plan:
    return Plan(
        "SALVAGE",
        (
            f"read what can be read of {path} into a new file beside it",
            "leave the damaged file as it is",
        ),
    )


def restored(path: Location, backup: Backup, aside: Location | None) -> Iterator[str]:
    yield f"{path} is now what {backup.path} holds"
    if aside:
        yield f"what was there before is {aside}"


def upgraded(path: Location, copy: Path | None) -> Iterator[str]:
    yield f"{path} has this program's schema"
    if copy:
        yield f"a checked copy of it as it was is {copy}"


def pruned(path: Location, gone: Pruned) -> Iterator[str]:
    deleted = [f"{count:,} {NOUNS[name]}" for name, count in gone.rows if count]
    yield f"deleted: {', '.join(deleted)}" if deleted else "nothing was past its time"
    given_back = gone.before_bytes - gone.after_bytes
    back = f", {size(given_back)} given back" if given_back > 0 else ""
    yield f"{path} is {size(gone.after_bytes)}{back}"


def dropped(path: Location, at: datetime, backup: Backup, tz: tzinfo) -> Iterator[str]:
    yield f"{path} is as it was at {stamp(at, tz)}"
    yield f"as it was before: {backup.path}; to have that back: {_restoring(backup.path)}"


def salvaged(saved: Salvaged) -> Iterator[str]:
    yield f"{counted(saved.rows, 'row')} saved into {saved.path}"
    if saved.damaged:
        yield f"not all could be read of: {', '.join(saved.damaged)}"
    yield f"to use it: {_restoring(saved.path)}"


def _restoring(path: Location) -> str:
    return f"`ops media.history.restore {path}`"
