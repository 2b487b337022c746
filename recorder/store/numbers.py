"""The numbers of a snapshot: one sample each, in one place of the file.

Most are stored every time, changed or not; a missing one means that there was none. What tells
less is stored every five minutes: each number a minute is a tenth of a year's file. The few that
change rarely are stored when they change, their newest value standing in `series`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from recorder.model import Endpoint, Host, ImportCount, Kind, Mount, Service, Thing, Volume
from recorder.store.adding import added
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
NEWEST = "UPDATE series SET last_ts = :at, last_value = :reads WHERE id = :which"
SAMPLE = insertion("sample")
Of = tuple[int, str]  # entity and metric
KnownSeries = dict[Of, Series]


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
    seldom = last_ts is None or ts // EACH_SEC != last_ts // EACH_SEC
    news: dict[Of, int] = {}
    for kind, entity_id, thing in things:
        for metric, reading in readings(thing):
            value, of = whole(reading), (entity_id, metric)
            if value is None or (is_seldom(kind, metric) and not seldom):
                continue
            if _is_news(metric, value, known.get(of), ts):
                news[of] = value
    ids = _ids(db, news, known)
    rows = [{"ts": ts, "series_id": ids[of], "value": value} for of, value in news.items()]
    newest = [
        {"which": ids[entity_id, metric], "at": ts, "reads": value}
        for (entity_id, metric), value in news.items()
        if metric in SPARSE
    ]
    if newest:
        db.change_all(NEWEST, newest)
    if rows:
        db.change_all(SAMPLE, rows)


def _ids(db: Connection, asked: Iterable[Of], known: KnownSeries) -> dict[Of, int]:
    """The series of numbers, made where there is none."""
    ids = {of: kept.id for of, kept in known.items()}
    new = [of for of in asked if of not in ids]
    rows = [
        {"entity_id": entity_id, "metric": metric, "last_ts": None, "last_value": None}
        for entity_id, metric in new
    ]
    return ids | dict(zip(new, added(db, "series", rows), strict=True))


def _is_news(metric: str, value: int, kept: Series | None, ts: int) -> bool:
    if metric not in SPARSE:
        return True
    if kept is None:
        return metric != "restart_count" or value != 0
    if kept.last_value != value:
        return True
    # Totals stand once a day at least, so that each day's free space has one beside it.
    return metric == "total_bytes" and (kept.last_ts or 0) // DAY_SEC != ts // DAY_SEC
