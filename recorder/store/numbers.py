"""The numbers of a snapshot: one sample each, in one place of the file.

Most are stored every time, changed or not; a missing one means that there was none. What tells
less is stored every five minutes: each number a minute is a tenth of a year's file. The few that
change rarely are stored when they change, their newest value standing in `series`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from recorder.model import Endpoint, Host, ImportCount, Kind, Mount, Service, Thing, Volume
from recorder.store.connection import Connection
from recorder.store.rows import whole
from recorder.store.tables import insertion

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


KNOWN = """
    SELECT series.id, series.entity_id, series.metric, series.last_ts, series.last_value
    FROM series JOIN entity ON entity.id = series.entity_id WHERE entity.retired_ts IS NULL"""
NEW = "INSERT INTO series (entity_id, metric) VALUES (:entity_id, :metric) RETURNING id"
NEWEST = "UPDATE series SET last_ts = :at, last_value = :reads WHERE id = :which"
SAMPLE = insertion("sample")
KnownSeries = dict[tuple[int, str], Series]  # by entity and metric


def known_series(db: Connection) -> KnownSeries:
    """The series of all that is."""
    return {
        (row.entity_id, row.metric): Series(row.id, row.last_ts, row.last_value)
        for row in db.rows(KNOWN)
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
    db: Connection,
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
        db.change_all(NEWEST, newest)
    if rows:
        db.change_all(SAMPLE, rows)


def _is_news(metric: str, value: int, kept: Series | None, ts: int) -> bool:
    if metric not in SPARSE:
        return True
    if kept is None:
        return metric != "restart_count" or value != 0
    if kept.last_value != value:
        return True
    # Totals stand once a day at least, so that each day's free space has one beside it.
    return metric == "total_bytes" and (kept.last_ts or 0) // DAY_SEC != ts // DAY_SEC


def _new(db: Connection, entity_id: int, metric: str) -> int:
    return int(db.scalar(NEW, {"entity_id": entity_id, "metric": metric}))
