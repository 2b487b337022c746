"""The numbers of a moment: samples while they are kept, averages of their hour or day after that.

Of what is stored only when it changes, the newest value before the moment.
"""

from collections import defaultdict
from collections.abc import Mapping

from recorder.store.connection import Connection
from recorder.store.numbers import DAY_SEC, EACH_SEC

HOUR_SEC = 3600
HOURS_ROLLED = "hours_rolled_until"  # the notes of how far the roll-ups are
DAYS_ROLLED = "days_rolled_until"
# What is stored every five minutes still holds, as long as its thing is in the same span.
NUMBERS_OF_LOOK = """
    SELECT series.entity_id, series.metric, sample.value
    FROM sample JOIN series ON series.id = sample.series_id
    WHERE sample.ts BETWEEN :each AND :ts
        AND metric NOT IN ('restart_count', 'total_bytes', 'import_count')
        AND (sample.ts = :ts OR EXISTS (
            SELECT 1 FROM entity WHERE entity.id = series.entity_id
                AND (kind = 'host' OR (kind = 'mount' AND metric = 'latency_ms'))
        ) AND NOT EXISTS (
            SELECT 1 FROM host_span WHERE entity_id = series.entity_id
                AND first_ts > sample.ts AND first_ts <= :ts
        ) AND NOT EXISTS (
            SELECT 1 FROM mount_span WHERE entity_id = series.entity_id
                AND first_ts > sample.ts AND first_ts <= :ts
        ))"""
NUMBERS_OF_HOUR, NUMBERS_OF_DAY = (
    f"""
    SELECT series.entity_id, series.metric, rolled.avg AS value
    FROM series CROSS JOIN rollup_{period} AS rolled -- in this order: a step into it a series
    WHERE rolled.series_id = series.id AND rolled.ts = :{period}
        AND metric NOT IN ('restart_count', 'total_bytes', 'import_count')"""  # noqa: S608
    for period in ("hour", "day")
)
# The newest value; where a later one has come since: the one before the look.
CHANGED_NUMBERS = """
    SELECT entity_id, metric, CASE WHEN last_ts > :ts THEN coalesce(
        (SELECT value FROM sample WHERE sample.ts BETWEEN :since AND :ts
            AND series_id = series.id ORDER BY sample.ts DESC LIMIT 1),
        (SELECT last FROM rollup_hour AS rolled WHERE rolled.ts < :hour
            AND series_id = series.id ORDER BY rolled.ts DESC LIMIT 1),
        (SELECT last FROM rollup_day AS rolled WHERE rolled.ts < :day
            AND series_id = series.id ORDER BY rolled.ts DESC LIMIT 1)
    ) ELSE last_value END AS value
    FROM series WHERE metric IN ('restart_count', 'total_bytes', 'import_count')"""
Numbers = Mapping[int, Mapping[str, int]]  # by entity, then metric


def numbers_at(db: Connection, ts: int) -> Numbers:
    """All numbers a snapshot at `ts` held, as far as they are still known."""
    numbers: dict[int, dict[str, int]] = defaultdict(dict)
    begins = {"hour": ts - ts % HOUR_SEC, "day": ts - ts % DAY_SEC, "each": ts - ts % EACH_SEC}
    for found in db.rows(_dense(db, ts), {**begins, "ts": ts}):
        numbers[found.entity_id][found.metric] = found.value
    since = min(begins["hour"], noted_hours(db))
    for found in db.rows(CHANGED_NUMBERS, {**begins, "ts": ts, "since": since}):
        spaceless = found.metric == "total_bytes" and "free_bytes" not in numbers[found.entity_id]
        if found.value is not None and not spaceless:
            numbers[found.entity_id][found.metric] = found.value
    return numbers


def _dense(db: Connection, ts: int) -> str:
    """What stands at the look's own time, or that of the hour or day it lies in."""
    oldest = db.scalar("SELECT min(ts) FROM sample")
    if oldest is not None and oldest <= ts:
        return NUMBERS_OF_LOOK
    hour = {"hour": ts - ts % HOUR_SEC}
    return NUMBERS_OF_HOUR if db.first(NUMBERS_OF_HOUR, hour) else NUMBERS_OF_DAY


def noted_hours(db: Connection) -> int:
    """Until when hours are rolled up."""
    return int(db.scalar("SELECT value FROM meta WHERE key = :key", {"key": HOURS_ROLLED}) or 0)
