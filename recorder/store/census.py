"""What a history says of itself: its size, what fills it, how it grows, what it covers.

Counting reads an index of each table; what is looked at closer is a window of time. So the cost is
bounded by what retention keeps, not by how long the history is.
"""

from collections.abc import Mapping
from pathlib import Path

from recorder.errors import NoHistoryError
from recorder.model import Kind
from recorder.store import noise
from recorder.store.backup import list_backups
from recorder.store.connection import Connection
from recorder.store.engine import opened
from recorder.store.figures import Census, Coverage, Growth, Population, Rows
from recorder.store.numbers import DAY_SEC
from recorder.store.retention import KEPT
from recorder.store.site import Location, Site
from recorder.store.things import time_of
from recorder.store.values import Stretch

WINDOW_DAYS = 30
YEAR_DAYS = 365
MOST_GAPS = 5
NUMBERS = ("sample", "rollup_hour", "rollup_day", "import_event", "snapshot")
# What a row takes with its place in the indices, measured on three simulated years. Only how they
# stand to one another matters: together they are scaled to the size the file has.
SPAN_WEIGHT = 70
WEIGHTS: Mapping[str, int] = {
    "sample": 16,
    "rollup_hour": 28,
    "rollup_day": 32,
    "import_event": 60,
    "snapshot": 24,
}
REACH = "SELECT min(first_ts) AS first, max(last_ts) AS last FROM coverage"
MADE_BY = "SELECT value FROM meta WHERE key = 'schema_made_by'"
POPULATION = """
    SELECT count(*) AS ever, count(*) FILTER (WHERE retired_ts IS NULL) AS now
    FROM entity WHERE kind = :kind"""
OBSERVED = """
    SELECT sum(min(last_ts, :until) - max(first_ts, :since)) FROM coverage
    WHERE last_ts >= :since AND first_ts <= :until"""
GAPS = f"""
    SELECT begin, "end", count(*) OVER () AS gaps FROM (
        SELECT lag(last_ts) OVER (ORDER BY first_ts) AS begin, first_ts AS "end" FROM coverage
        WHERE last_ts >= :since AND first_ts <= :until
    ) AS stretches
    WHERE begin IS NOT NULL ORDER BY "end" - begin DESC LIMIT {MOST_GAPS}"""  # noqa: S608 - our own


def census(place: Location) -> Census:
    """A history in figures. Raises StoreError; NoHistoryError where nothing is recorded."""
    backups = list_backups(place)
    with opened(place, writing=False) as history, history.reading() as db:
        first, last = next(db.rows(REACH))
        if last is None:
            raise NoHistoryError(f"nothing is recorded in {place} yet; `ops media.status` records")
        since = max(first, last - WINDOW_DAYS * DAY_SEC)
        rows = {name: _count(db, name) for name in NUMBERS}
        populations = tuple(_population(db, kind) for kind in Kind)
        size, free = _sizes(db, place)
        every_row = rows | {"span": sum(one.spans for one in populations)}
        return Census(
            path=place,
            size_bytes=size,
            free_bytes=free,
            schema=db.scalar("SELECT version_num FROM alembic_version"),
            made_by=db.scalar(MADE_BY),
            populations=populations,
            rows=tuple(Rows(name, count, _kept_days(name)) for name, count in rows.items()),
            growth=growth(every_row, size - free, (last - first) / DAY_SEC),
            window_days=WINDOW_DAYS,
            noisiest=noise.noisiest(db, since),
            crash_loops=noise.crash_loops(db, since),
            coverage=_coverage(db, first, last),
            recently=_coverage(db, since, last),
            backups=backups,
        )


def _snapshots(db: Connection, since: int) -> int:
    """The looks from a time on: by their own rows, or by stretches where those went."""
    if db.scalar("SELECT min(first_ts) FROM coverage") == since:
        return db.scalar("SELECT sum(snapshots) FROM coverage") or 0
    return db.scalar("SELECT count(*) FROM snapshot WHERE ts >= :ts", {"ts": since}) or 0


def _sizes(db: Connection, place: Location) -> tuple[int, int]:
    """What a history takes on its disk, and how much of that holds nothing."""
    if isinstance(place, Site):
        from recorder.store.postgresql.upkeep import size_bytes  # noqa: PLC0415 - only for a server

        return size_bytes(db), 0
    page_bytes, free_pages = (
        db.scalar(f"PRAGMA {name}") for name in ("page_size", "freelist_count")
    )
    return _size(place), page_bytes * free_pages


def _size(path: Path) -> int:
    log = path.with_name(f"{path.name}-wal")
    return path.stat().st_size + (log.stat().st_size if log.exists() else 0)


def _count(db: Connection, name: str) -> int:
    return int(db.scalar(f"SELECT count(*) FROM {name}"))  # noqa: S608 - our own name


def _kept_days(name: str) -> int | None:
    return KEPT[name].days if name in KEPT else None


def _population(db: Connection, kind: Kind) -> Population:
    ever, now = next(db.rows(POPULATION, {"kind": kind.value}))
    return Population(kind, now, ever, _count(db, f"{kind}_span"))


def growth(rows: Mapping[str, int], used_bytes: int, days: float) -> Growth:
    """How much bigger the file will be in a year: what each kind of row adds a day, as kept.

    What is kept for a while adds nothing once it is as long there as it is kept.
    """
    if days < 1:
        return Growth(None, 0, "less than a day is recorded")
    weights = {name: WEIGHTS.get(name, SPAN_WEIGHT) for name in rows}
    scale = used_bytes / max(1, sum(rows[name] * weights[name] for name in rows))
    added = 0.0
    for name, count in rows.items():
        kept = _kept_days(name)
        there = days if kept is None else min(days, kept)
        then = days + YEAR_DAYS if kept is None else min(days + YEAR_DAYS, kept)
        added += count / there * (then - there) * weights[name] * scale
    return Growth(round(added), int(days))


def _coverage(db: Connection, since: int, until: int) -> Coverage:
    window = {"since": since, "until": until}
    longest = list(db.rows(GAPS, window))
    return Coverage(
        time_of(since),
        time_of(until),
        _snapshots(db, since),
        db.scalar(OBSERVED, window) or 0,
        tuple(Stretch(time_of(row.begin), time_of(row.end)) for row in longest),
        longest[0].gaps if longest else 0,
    )
