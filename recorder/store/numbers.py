"""The numbers of a snapshot: one sample each, in one place of the file.

Most are stored every time, changed or not; a missing one means that there was none. What tells
less is stored every five minutes: each number a minute is a tenth of a year's file. The few that
change rarely are stored when they change, their newest value standing in `series`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from recorder.model import Endpoint, Host, ImportCount, Kind, Mount, Service, Thing, Volume
from recorder.store.library import sa
from recorder.store.rows import whole
from recorder.store.tables import entity, sample, series

SPARSE = frozenset({"restart_count", "total_bytes", "import_count"})
EACH_SEC = 300  # how often the seldom ones are stored
DAY_SEC = 86400
Reading = tuple[str, float | None]


def is_seldom(kind: Kind, metric: str) -> bool:
    """Whether a number is stored every five minutes only."""
    return kind is Kind.HOST or (kind is Kind.MOUNT and metric == "latency_ms")


@dataclass(slots=True)
class Series:
    """A number that is kept."""

    id: int
    last_ts: int | None
    last_value: int | None


NEW = series.insert()
NEWEST = (
    series.update()
    .where(series.c.id == sa.bindparam("which"))
    .values(last_ts=sa.bindparam("at"), last_value=sa.bindparam("reads"))
)
KnownSeries = dict[tuple[int, str], Series]  # by entity and metric


def known_series(db: sa.Connection) -> KnownSeries:
    """The series of all that is."""
    live = sa.select(series).join(entity, entity.c.id == series.c.entity_id)
    found = db.execute(live.where(entity.c.retired_ts.is_(None)))
    return {
        (row.entity_id, row.metric): Series(row.id, row.last_ts, row.last_value) for row in found
    }


def readings(thing: Thing) -> tuple[Reading, ...]:
    """A thing's numbers, by metric."""
    match thing:
        case Host():
            load = None if thing.load_1min is None else thing.load_1min * 100
            available = thing.memory_available_bytes
            return ("load_1min_hundredths", load), ("memory_available_bytes", available)
        case Service():
            return (("restart_count", thing.restart_count),)
        case Endpoint():
            return (("latency_ms", thing.latency_ms),)
        case Mount():
            return (*_space(thing), ("latency_ms", thing.latency_ms))
        case Volume():
            return _space(thing)
        case ImportCount():
            return (("import_count", thing.count),)


def _space(thing: Mount | Volume) -> tuple[Reading, Reading]:
    return ("free_bytes", thing.free_bytes), ("total_bytes", thing.total_bytes)


def store(
    db: sa.Connection,
    ts: int,
    last_ts: int | None,
    things: Iterable[tuple[Kind, int, Thing]],
    known: KnownSeries,
) -> None:
    """Store the numbers of things, given by kind and entity, after a look at `last_ts`."""
    rows, newest = [], []
    seldom = last_ts is None or ts // EACH_SEC != last_ts // EACH_SEC
    for kind, entity_id, thing in things:
        for metric, reading in readings(thing):
            value = whole(reading)
            if value is None or (is_seldom(kind, metric) and not seldom):
                continue
            kept = known.get((entity_id, metric))
            if not _is_news(metric, value, kept, ts):
                continue
            number = kept.id if kept else _new(db, entity_id, metric)
            if metric in SPARSE:
                newest.append({"which": number, "at": ts, "reads": value})
            rows.append({"ts": ts, "series_id": number, "value": value})
    if newest:
        db.execute(NEWEST, newest)
    if rows:
        db.execute(sample.insert(), rows)


def _is_news(metric: str, value: int, kept: Series | None, ts: int) -> bool:
    if metric not in SPARSE:
        return True
    if kept is None:
        return metric != "restart_count" or value != 0
    if kept.last_value != value:
        return True
    # Totals stand once a day at least, so that each day's free space has one beside it.
    return metric == "total_bytes" and (kept.last_ts or 0) // DAY_SEC != ts // DAY_SEC


def _new(db: sa.Connection, entity_id: int, metric: str) -> int:
    made: sa.CursorResult[Any] = db.execute(NEW, {"entity_id": entity_id, "metric": metric})
    key = made.inserted_primary_key
    if key is None:
        raise TypeError(metric)
    return int(key[0])
