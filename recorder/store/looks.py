"""When looks were taken: the clock's rules, the stretches they cover, and their own rows.

Invariant: the time of a snapshot is later than that of every one before it.
"""

from datetime import datetime
from itertools import pairwise

from recorder.errors import ClockError
from recorder.frozen import frozen
from recorder.model import HostState, Snapshot, Trigger
from recorder.store.connection import Connection
from recorder.store.rows import seconds
from recorder.store.tables import insertion
from recorder.store.things import time_of

GREATEST_STEP_SEC = 300
USUAL_INTERVAL_SEC = 300  # until there are looks enough to tell
SHORTEST_INTERVAL_SEC, LONGEST_INTERVAL_SEC = 60, 3600
LATE_INTERVALS = 2.5  # a look that comes later than this many intervals leaves a gap
LOOKS_TO_TELL_FROM = 40
INTERVALS_TO_TELL = 3
NEWEST = "SELECT first_ts, last_ts FROM coverage ORDER BY first_ts DESC LIMIT 1"
NEWEST_LOOKS = f"SELECT ts, trigger FROM snapshot ORDER BY ts DESC LIMIT {LOOKS_TO_TELL_FROM}"  # noqa: S608
EXTEND = "UPDATE coverage SET last_ts = :ts, snapshots = snapshots + 1 WHERE first_ts = :first_ts"


@frozen
class Before:
    """Where the history stands when a snapshot comes."""

    first_ts: int | None  # of the newest stretch; None: this is the first snapshot of all
    last_ts: int | None


def newest(db: Connection) -> Before:
    """The newest stretch of snapshots."""
    row = db.first(NEWEST)
    return Before(None, None) if row is None else Before(row.first_ts, row.last_ts)


def time_to_record(taken_at: datetime, before: Before) -> int:
    """When a snapshot is recorded: as its clock says, or just after the last one.

    Raises ClockError where the clock went back too far for that.
    """
    ts = seconds(taken_at) or 0
    if before.last_ts is None or ts > before.last_ts:
        return ts
    if before.last_ts - ts <= GREATEST_STEP_SEC:
        return before.last_ts + 1
    newest_at = time_of(before.last_ts)
    raise ClockError(
        f"the clock says {_iso(taken_at)}, but the newest snapshot is of "
        f"{_iso(newest_at)}; set the clock, or if it was wrong then, "
        f"`ops media.history.repair --drop-after {_iso(taken_at)}`"
    )


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def raw_from(db: Connection) -> int:
    """Since when looks are kept one by one. Of those before only a person's newest still stand."""
    return db.scalar("SELECT min(ts) FROM sample") or 0


def usual_interval_sec(db: Connection) -> int:
    """How long it usually is from one look to the next; a person's count where no schedule is."""
    looks = list(db.rows(NEWEST_LOOKS))
    scheduled = [row.ts for row in looks if row.trigger == Trigger.SCHEDULE]
    times: list[int] = (
        scheduled if len(scheduled) > INTERVALS_TO_TELL else [row.ts for row in looks]
    )
    if len(times) <= INTERVALS_TO_TELL:
        return USUAL_INTERVAL_SEC
    steps = sorted(later - earlier for later, earlier in pairwise(times))
    usual = steps[(len(steps) - 1) // 2]
    return min(max(usual, SHORTEST_INTERVAL_SEC), LONGEST_INTERVAL_SEC)


def cover(db: Connection, before: Before, ts: int) -> None:
    """Extend the newest stretch to a look, or begin one where it comes late."""
    late = LATE_INTERVALS * usual_interval_sec(db)
    if before.last_ts is None or ts - before.last_ts > late:
        db.change(insertion("coverage"), {"first_ts": ts, "last_ts": ts, "snapshots": 1})
        return
    db.change(EXTEND, {"ts": ts, "first_ts": before.first_ts})


def log(db: Connection, taken: Snapshot, ts: int) -> None:
    """The look's own row."""
    look = {
        "ts": ts,
        "trigger": taken.trigger.value,
        "duration_ms": taken.duration_ms,
        "unreachable": sum(host.state is HostState.DOWN for host in taken.hosts),
        "clock_step_sec": ts - (seconds(taken.taken_at) or 0),
    }
    db.change(insertion("snapshot"), look)
