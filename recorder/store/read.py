"""What else the history is asked: when was looked, what is covered, how much space there was."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any

from recorder.model import Kind, Trigger
from recorder.store.connection import reading
from recorder.store.library import sa
from recorder.store.looks import raw_from
from recorder.store.numbers import DAY_SEC
from recorder.store.rows import seconds
from recorder.store.tables import (
    coverage,
    entity,
    rollup_day,
    rollup_hour,
    sample,
    series,
    snapshot,
)
from recorder.store.things import time_of
from recorder.store.values import Covered, Space, Step, Stretch

FAR = 1 << 62
TABLES = {Step.RAW: sample, Step.HOUR: rollup_hour, Step.DAY: rollup_day}
parent = entity.alias("parent")


def last_look_by_person(engine: sa.Engine, before: datetime | None = None) -> datetime | None:
    """When a person last looked; with `before`, last before that. A schedule's looks don't count.

    Ask before recording the look that asks.
    """
    query = sa.select(sa.func.max(snapshot.c.ts)).where(
        snapshot.c.trigger == Trigger.PERSON.value, snapshot.c.ts < _until(before)
    )
    return _time(engine, query)


def last_look(engine: sa.Engine, before: datetime | None = None) -> datetime | None:
    """When anyone last looked; None: never."""
    return _time(
        engine, sa.select(sa.func.max(snapshot.c.ts)).where(snapshot.c.ts < _until(before))
    )


def live_hosts(engine: sa.Engine) -> tuple[str, ...]:
    """The hosts of the stack as the newest snapshot knew it, in its order."""
    live = sa.select(entity.c.name).where(
        entity.c.kind == Kind.HOST.value, entity.c.retired_ts.is_(None)
    )
    with reading(engine) as db:
        return tuple(db.scalars(live.order_by(entity.c.position)))


def _time(engine: sa.Engine, query: sa.Select[Any]) -> datetime | None:
    with reading(engine) as db:
        found = db.scalar(query)
    return None if found is None else time_of(found)


def _until(before: datetime | None) -> int:
    return FAR if before is None else seconds(before) or 0


def snapshots_since(engine: sa.Engine, since: datetime) -> int:
    """How many snapshots were taken after a time; of whole stretches where that is long ago."""
    ts = seconds(since) or 0
    with reading(engine) as db:
        if ts < raw_from(db):
            stretches = sa.select(sa.func.sum(coverage.c.snapshots)).where(coverage.c.last_ts > ts)
            return db.scalar(stretches) or 0
        taken = sa.select(sa.func.count()).select_from(snapshot).where(snapshot.c.ts > ts)
        return db.scalar(taken) or 0


def covered(
    engine: sa.Engine, since: datetime | None = None, until: datetime | None = None
) -> tuple[Covered, ...]:
    """The stretches in which snapshots were taken that reach into a stretch of time."""
    query = (
        sa.select(coverage)
        .where(coverage.c.last_ts >= (seconds(since) or 0), coverage.c.first_ts <= _until(until))
        .order_by(coverage.c.first_ts)
    )
    with reading(engine) as db:
        return tuple(
            Covered(time_of(row.first_ts), time_of(row.last_ts), row.snapshots)
            for row in db.execute(query)
        )


def gaps(stretches: Iterable[Covered]) -> tuple[Stretch, ...]:
    """The stretches between those covered."""
    return tuple(Stretch(before.end, after.begin) for before, after in pairwise(stretches))


def spaces(
    engine: sa.Engine,
    since: datetime,
    until: datetime | None = None,
    step: Step = Step.RAW,
    kinds: Iterable[Kind] = (Kind.VOLUME,),
) -> tuple[Space, ...]:
    """The free space of volumes (or mounts) from `since` up to and with `until`, oldest first."""
    table = TABLES[step]
    value = table.c.value if step is Step.RAW else table.c.avg
    query = (
        sa.select(
            table.c.ts,
            value.label("free"),
            entity.c.kind,
            parent.c.name.label("host"),
            entity.c.name,
            _total_at(table).label("total"),
        )
        .select_from(
            table.join(series, series.c.id == table.c.series_id)
            .join(entity, entity.c.id == series.c.entity_id)
            .join(parent, parent.c.id == entity.c.parent_id)
        )
        .where(
            series.c.metric == "free_bytes",
            entity.c.kind.in_([kind.value for kind in kinds]),
            table.c.ts >= (seconds(since) or 0),
            table.c.ts <= _until(until),
        )
        .order_by(table.c.ts, entity.c.position)
    )
    with reading(engine) as db:
        return tuple(
            Space(time_of(row.ts), Kind(row.kind), row.host, row.name, row.free, row.total)
            for row in db.execute(query)
        )


def _total_at(table: sa.Table) -> sa.ColumnElement[int]:
    """The total that stands beside a free space: the day's, else the newest."""
    total, day = series.alias("total"), rollup_day.alias("day")
    of_day = (
        sa.select(day.c.last)
        .select_from(total.join(day, day.c.series_id == total.c.id))
        .where(
            total.c.entity_id == entity.c.id,
            total.c.metric == "total_bytes",
            day.c.ts == table.c.ts - table.c.ts % DAY_SEC,
        )
    )
    newest = sa.select(total.c.last_value).where(
        total.c.entity_id == entity.c.id, total.c.metric == "total_bytes"
    )
    beside = (query.correlate(entity, table).scalar_subquery() for query in (of_day, newest))
    return sa.func.coalesce(*beside)
