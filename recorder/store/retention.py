"""What is kept how long, and the little tidying each look brings.

Complete hours and days are rolled up from the raw samples, a day never from hours. What is past
its time is deleted once a day, and its pages are given back to the disk. Spans, events, coverage
and daily roll-ups stay for ever.

Age is counted from a look some way back, not from the newest: one taken while the clock stood a
year ahead must not make everything old.
"""

from collections import Counter
from collections.abc import Mapping

from recorder.frozen import frozen
from recorder.store.connection import Connection, History, plain
from recorder.store.past_numbers import DAYS_ROLLED, HOURS_ROLLED
from recorder.store.site import Site

HOUR_SEC, DAY_SEC = 3600, 86400
PERIODS_AT_ONCE = 24 * 31  # how many hours, and how many days, one tidying rolls up at most
PAGES_AT_ONCE = 500
LOOKS_TO_BE_SURE = 1440  # a day of looks a minute
PRUNED_UNTIL = "pruned_until"


@frozen
class Kept:
    """How long the rows of a table are kept."""

    days: int
    table: str
    prune: str  # deletes what is older than :ts


KEPT: Mapping[str, Kept] = {
    "sample": Kept(30, "sample", "DELETE FROM sample WHERE ts < :ts"),
    "snapshot": Kept(
        30,
        "snapshot",
        "DELETE FROM snapshot WHERE ts < :ts AND ts NOT IN "
        "(SELECT ts FROM snapshot WHERE trigger = 'person' ORDER BY ts DESC LIMIT 2)",
    ),
    "rollup_hour of machines and mounts": Kept(
        90,
        "rollup_hour",
        "DELETE FROM rollup_hour WHERE ts < :ts AND series_id IN (SELECT series.id FROM series "
        "JOIN entity ON entity.id = series.entity_id WHERE entity.kind IN ('host', 'mount'))",
    ),
    "rollup_hour": Kept(
        2 * 365,
        "rollup_hour",
        "DELETE FROM rollup_hour WHERE ts < :ts AND series_id IN (SELECT id FROM series)",
    ),
}

# Whole numbers only: a file of REALs would be half as big again.
ROLL_UP = """
INSERT INTO {table} (series_id, ts, n, min, avg, max, last)
SELECT whole.series_id, whole.begin, whole.n, whole.min, whole.avg, whole.max, newest.value
FROM (
    SELECT series_id, ts - ts % {period} AS begin, count(*) AS n, min(value) AS min,
        CAST(round(avg(value)) AS BIGINT) AS avg, max(value) AS max, max(ts) AS last_ts
    FROM sample WHERE ts >= :begin AND ts < :end
    GROUP BY series_id, ts - ts % {period}
) AS whole
JOIN sample AS newest ON newest.ts = whole.last_ts AND newest.series_id = whole.series_id
WHERE true -- else SQLite takes the next ON for the join's
ON CONFLICT (series_id, ts) DO UPDATE SET n = excluded.n, min = excluded.min, avg = excluded.avg,
    max = excluded.max, last = excluded.last
"""
ROLL_UP_HOURS = ROLL_UP.format(table="rollup_hour", period=HOUR_SEC)
ROLL_UP_DAYS = ROLL_UP.format(table="rollup_day", period=DAY_SEC)
SURE = "SELECT ts FROM snapshot ORDER BY ts DESC LIMIT 1 OFFSET :looks"
NOTE = """
    INSERT INTO meta (key, value) VALUES (:key, :value)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value"""


def tidy(history: History) -> Mapping[str, int]:
    """Roll up what is complete; once a day prune and give pages back. Meant to follow each look.

    Returns how many rows were deleted, by table. Raises StoreError. Time is that of the newest
    snapshot, not of the clock.
    """
    gone: Counter[str] = Counter()
    with history.transaction() as db:
        newest = db.scalar("SELECT max(last_ts) FROM coverage")
        if newest is None:
            return gone
        _roll_up(db, ROLL_UP_HOURS, HOURS_ROLLED, HOUR_SEC, newest)
        _roll_up(db, ROLL_UP_DAYS, DAYS_ROLLED, DAY_SEC, newest)
        if _is_first_today(db, newest):
            gone = _prune(db)
    if gone:
        give_back(history)
    return gone


def _roll_up(db: Connection, roll_up: str, note: str, period: int, newest: int) -> None:
    complete = newest - newest % period
    begin = noted(db, note)
    if begin is None:
        oldest = db.scalar("SELECT min(ts) FROM sample")
        if oldest is None:
            return
        begin = oldest - oldest % period
    end = min(complete, begin + PERIODS_AT_ONCE * period)
    if end > begin:
        db.change(roll_up, {"begin": begin, "end": end})
        put_note(db, note, end)


def _is_first_today(db: Connection, newest: int) -> bool:
    """Whether nobody tidied on the newest look's day; from now on somebody has."""
    today = newest - newest % DAY_SEC
    if noted(db, PRUNED_UNTIL) == today:
        return False
    put_note(db, PRUNED_UNTIL, today)
    return True


def _prune(db: Connection) -> Counter[str]:
    """Delete what is past its time; returns how many rows, by table."""
    gone: Counter[str] = Counter()
    sure = db.scalar(SURE, {"looks": LOOKS_TO_BE_SURE})
    if sure is None:
        return gone
    rolled = min(noted(db, HOURS_ROLLED) or 0, noted(db, DAYS_ROLLED) or 0)
    for kept in KEPT.values():
        before = min(sure - kept.days * DAY_SEC, rolled)
        gone[kept.table] += db.change(kept.prune, {"ts": before})
    return gone


def give_back(history: History) -> None:
    """Give a file's free pages back to the disk, some at a time; a server does so by itself.

    Executed as a statement, the pragma would free one page and stop; as a script it frees all.
    """
    if isinstance(history.place, Site):
        return
    with plain(history) as connection:
        connection.executescript(f"PRAGMA incremental_vacuum({PAGES_AT_ONCE})")


def noted(db: Connection, key: str) -> int | None:
    """A time the store noted for itself."""
    value = db.scalar("SELECT value FROM meta WHERE key = :key", {"key": key})
    return None if value is None else int(value)


def put_note(db: Connection, key: str, ts: int) -> None:
    """Note a time."""
    db.change(NOTE, {"key": key, "value": str(ts)})
