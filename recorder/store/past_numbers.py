"""The numbers of a moment: samples while they are kept, averages of their hour or day after that.

Of what is stored only when it changes, the newest value before the moment.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from recorder.store.numbers import DAY_SEC, SPARSE
from recorder.store.tables import meta, rollup_day, rollup_hour, sample, series

HOUR_SEC = 3600
HOURS_ROLLED = "hours_rolled_until"  # the notes of how far the roll-ups are
DAYS_ROLLED = "days_rolled_until"
Numbers = Mapping[int, Mapping[str, int]]  # by entity, then metric


def numbers_at(db: sa.Connection, ts: int) -> Numbers:
    """All numbers a snapshot at `ts` held, as far as they are still known."""
    numbers: dict[int, dict[str, int]] = defaultdict(dict)
    for found in db.execute(_dense(db, ts)):
        numbers[found.entity_id][found.metric] = found.value
    sparse = db.execute(sa.select(series).where(series.c.metric.in_(SPARSE)))
    for kept in sparse.all():
        newest = kept.last_ts is None or kept.last_ts <= ts
        value = kept.last_value if newest else _changed_before(db, kept.id, ts)
        spaceless = kept.metric == "total_bytes" and "free_bytes" not in numbers[kept.entity_id]
        if value is not None and not spaceless:
            numbers[kept.entity_id][kept.metric] = value
    return numbers


def _dense(db: sa.Connection, ts: int) -> sa.Select[Any]:
    oldest = db.scalar(sa.select(sa.func.min(sample.c.ts)))
    if oldest is not None and oldest <= ts:
        table, at, value = sample, ts, sample.c.value
    elif db.scalar(sa.select(sa.func.min(rollup_hour.c.ts))) is not None and _has_hour(db, ts):
        table, at, value = rollup_hour, ts - ts % HOUR_SEC, rollup_hour.c.avg
    else:
        table, at, value = rollup_day, ts - ts % DAY_SEC, rollup_day.c.avg
    return (
        sa.select(series.c.entity_id, series.c.metric, value.label("value"))
        .select_from(series.join(table, table.c.series_id == series.c.id))
        .where(table.c.ts == at, series.c.metric.not_in(SPARSE))
    )


def _has_hour(db: sa.Connection, ts: int) -> bool:
    hour = ts - ts % HOUR_SEC
    found = (
        sa.select(rollup_hour.c.ts)
        .select_from(series.join(rollup_hour, rollup_hour.c.series_id == series.c.id))
        .where(rollup_hour.c.ts == hour)
    )
    return db.scalar(found.limit(1)) is not None


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
