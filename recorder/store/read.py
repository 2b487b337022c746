"""What else the history is asked: when was looked, what is covered, how much space there was."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from recorder.model import Kind
from recorder.store.connection import Connection, History
from recorder.store.looks import raw_from
from recorder.store.numbers import DAY_SEC
from recorder.store.rows import seconds
from recorder.store.things import time_of
from recorder.store.values import Covered, Space, Step, Stretch

FAR = 1 << 62
LAST_LOOK = "SELECT max(ts) FROM snapshot WHERE ts < :before"
BY_PERSON = f"{LAST_LOOK} AND trigger = 'person'"
HOSTS = "SELECT name FROM entity WHERE kind = 'host' AND retired_ts IS NULL ORDER BY position"
TAKEN_SINCE = "SELECT count(*) FROM snapshot WHERE ts > :ts"
TAKEN_IN_STRETCHES = "SELECT sum(snapshots) FROM coverage WHERE last_ts > :ts"
COVERED = """
    SELECT first_ts, last_ts, snapshots FROM coverage
    WHERE last_ts >= :begin AND first_ts <= :end ORDER BY first_ts"""
# The total that stands beside a free space is the day's, else the newest.
SPACES = """
    SELECT seen.ts, seen.{value} AS free, entity.kind, parent.name AS host, entity.name, coalesce((
        SELECT day.last FROM series AS total JOIN rollup_day AS day ON day.series_id = total.id
        WHERE total.entity_id = entity.id AND total.metric = 'total_bytes'
            AND day.ts = seen.ts - seen.ts % {day}
    ), (
        SELECT total.last_value FROM series AS total
        WHERE total.entity_id = entity.id AND total.metric = 'total_bytes'
    )) AS total
    FROM {table} AS seen
    JOIN series ON series.id = seen.series_id
    JOIN entity ON entity.id = series.entity_id
    JOIN entity AS parent ON parent.id = entity.parent_id
    WHERE series.metric = 'free_bytes' AND entity.kind IN ({kinds})
        AND seen.ts >= :begin AND seen.ts <= :end
    ORDER BY seen.ts, entity.position"""
NUMBERS = {
    Step.RAW: ("sample", "value"),
    Step.HOUR: ("rollup_hour", "avg"),
    Step.DAY: ("rollup_day", "avg"),
}


def last_look_by_person(history: History, before: datetime | None = None) -> datetime | None:
    """When a person last looked; with `before`, last before that. A schedule's looks don't count.

    Ask before recording the look that asks.
    """
    return _time(history, BY_PERSON, before)


def last_look(history: History, before: datetime | None = None) -> datetime | None:
    """When anyone last looked; None: never."""
    return _time(history, LAST_LOOK, before)


def live_hosts(history: History) -> tuple[str, ...]:
    """The hosts of the stack as the newest snapshot knew it, in its order."""
    with history.reading() as db:
        return tuple(row.name for row in db.rows(HOSTS))


def _time(history: History, query: str, before: datetime | None) -> datetime | None:
    with history.reading() as db:
        found = db.scalar(query, {"before": _until(before)})
    return None if found is None else time_of(found)


def _until(before: datetime | None) -> int:
    return FAR if before is None else seconds(before) or 0


def snapshots_since(history: History, since: datetime) -> int:
    """How many snapshots were taken after a time; of whole stretches where that is long ago."""
    ts = seconds(since) or 0
    with history.reading() as db:
        if ts < raw_from(db):
            return db.scalar(TAKEN_IN_STRETCHES, {"ts": ts}) or 0
        return db.scalar(TAKEN_SINCE, {"ts": ts}) or 0


def covered(
    history: History, since: datetime | None = None, until: datetime | None = None
) -> tuple[Covered, ...]:
    """The stretches in which snapshots were taken that reach into a stretch of time."""
    with history.reading() as db:
        return covering(db, seconds(since) or 0, _until(until))


def covering(db: Connection, begin: int, end: int) -> tuple[Covered, ...]:
    """The same, of a stretch in seconds."""
    return tuple(
        Covered(time_of(row.first_ts), time_of(row.last_ts), row.snapshots)
        for row in db.rows(COVERED, {"begin": begin, "end": end})
    )


def gaps(stretches: Iterable[Covered]) -> tuple[Stretch, ...]:
    """The stretches between those covered."""
    return tuple(Stretch(before.end, after.begin) for before, after in pairwise(stretches))


def spaces(
    history: History,
    since: datetime,
    until: datetime | None = None,
    step: Step = Step.RAW,
    kinds: Iterable[Kind] = (Kind.VOLUME,),
) -> tuple[Space, ...]:
    """The free space of volumes (or mounts) from `since` up to and with `until`, oldest first."""
    table, value = NUMBERS[step]
    listed = ", ".join(f"'{kind.value}'" for kind in kinds)
    query = SPACES.format(table=table, value=value, day=DAY_SEC, kinds=listed)
    with history.reading() as db:
        return tuple(
            Space(time_of(row.ts), Kind(row.kind), row.host, row.name, row.free, row.total)
            for row in db.rows(query, {"begin": seconds(since) or 0, "end": _until(until)})
        )
