"""The numbers of a moment: samples while they are kept, averages of their hour or day after that.

Of what is stored only when it changes, the newest value before the moment.
"""

from collections import defaultdict
from collections.abc import Mapping

import sqlalchemy as sa

from recorder.store.numbers import DAY_SEC, EACH_SEC, SPARSE
from recorder.store.tables import meta, rollup_day, rollup_hour, sample, series

HOUR_SEC = 3600
HOURS_ROLLED = "hours_rolled_until"  # the notes of how far the roll-ups are
DAYS_ROLLED = "days_rolled_until"
# What is stored every five minutes still holds, as long as its thing is in the same span.
NUMBERS_OF_LOOK = sa.text("""
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
        ))""")
NUMBERS_OF_HOUR, NUMBERS_OF_DAY = (
    sa.text(f"""
    SELECT series.entity_id, series.metric, rolled.avg AS value
    FROM series JOIN rollup_{period} AS rolled ON rolled.series_id = series.id
    WHERE rolled.ts = :{period}
        AND metric NOT IN ('restart_count', 'total_bytes', 'import_count')""")  # noqa: S608
    for period in ("hour", "day")
)
Numbers = Mapping[int, Mapping[str, int]]  # by entity, then metric


def numbers_at(db: sa.Connection, ts: int) -> Numbers:
    """All numbers a snapshot at `ts` held, as far as they are still known."""
    numbers: dict[int, dict[str, int]] = defaultdict(dict)
    begins = {"hour": ts - ts % HOUR_SEC, "day": ts - ts % DAY_SEC, "each": ts - ts % EACH_SEC}
    query = _dense(db, ts)
    named = {name: at for name, at in {**begins, "ts": ts}.items() if f":{name}" in query.text}
    for found in db.execute(query, named):
        numbers[found.entity_id][found.metric] = found.value
    sparse = db.execute(sa.select(series).where(series.c.metric.in_(SPARSE)))
    for kept in sparse.all():
        newest = kept.last_ts is None or kept.last_ts <= ts
        value = kept.last_value if newest else _changed_before(db, kept.id, ts)
        spaceless = kept.metric == "total_bytes" and "free_bytes" not in numbers[kept.entity_id]
        if value is not None and not spaceless:
            numbers[kept.entity_id][kept.metric] = value
    return numbers


def _dense(db: sa.Connection, ts: int) -> sa.TextClause:
    """What stands at the look's own time, or that of the hour or day it lies in."""
    oldest = db.scalar(sa.select(sa.func.min(sample.c.ts)))
    if oldest is not None and oldest <= ts:
        return NUMBERS_OF_LOOK
    hour = {"hour": ts - ts % HOUR_SEC}
    return NUMBERS_OF_HOUR if db.execute(NUMBERS_OF_HOUR, hour).first() else NUMBERS_OF_DAY


def _changed_before(db: sa.Connection, series_id: int, ts: int) -> int | None:
    """The newest value of a series at `ts`, where a later one has come since."""
    hour = ts - ts % HOUR_SEC
    rolled = db.scalar(sa.select(meta.c.value).where(meta.c.key == HOURS_ROLLED))
    recent = (
        sa.select(sample.c.value)
        .where(
            sample.c.ts >= min(hour, int(rolled or 0)),
            sample.c.ts <= ts,
            sample.c.series_id == series_id,
        )
        .order_by(sample.c.ts.desc())
    )
    for table, before in ((rollup_hour, hour), (rollup_day, ts - ts % DAY_SEC)):
        value = db.scalar(recent.limit(1))
        if value is not None:
            return int(value)
        recent = (
            sa.select(table.c.last)
            .where(table.c.series_id == series_id, table.c.ts < before)
            .order_by(table.c.ts.desc())
        )
    value = db.scalar(recent.limit(1))
    return None if value is None else int(value)
