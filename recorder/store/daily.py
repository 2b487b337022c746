"""The space of each volume and mount day by day.

From the daily roll-ups; of days that are not rolled up yet, today among them, the newest sample.
"""

from collections.abc import Iterable
from datetime import datetime

from recorder.model import Daily, Kind, SpaceDays
from recorder.store.connection import History, Row
from recorder.store.numbers import DAY_SEC
from recorder.store.past_numbers import DAYS_ROLLED
from recorder.store.rows import seconds
from recorder.store.things import time_of

MOST_UNROLLED_DAYS = 7
# A source goes by the name it was declared with: a server may be mounted by several.
NAMED = """CASE mount_span.state WHEN 'wrong_source' THEN mount_span.source
                ELSE coalesce(mount_span.declared_source, mount_span.source) END"""
# In this order, and not the planner's: from the few things into the index of their days.
DAYS = f"""
WITH RECURSIVE
watched AS (
    SELECT entity.id, entity.kind, entity.position, entity.name, host.name AS host,
        free.id AS free_id, total.id AS total_id, total.last_value AS newest_total,
        (
            SELECT {NAMED} FROM volume_span CROSS JOIN entity AS mount CROSS JOIN mount_span
            WHERE mount_span.entity_id = mount.id
                AND volume_span.entity_id = entity.id AND volume_span.last_ts IS NULL
                AND mount.kind = 'mount' AND mount.parent_id = entity.parent_id
                AND mount.identity = volume_span.path AND mount_span.source IS NOT NULL
            ORDER BY mount_span.first_ts DESC LIMIT 1
        ) AS beneath,
        (
            SELECT {NAMED} FROM mount_span
            WHERE mount_span.entity_id = entity.id AND source IS NOT NULL
            ORDER BY first_ts DESC LIMIT 1
        ) AS mounted
    FROM entity
    CROSS JOIN series AS free
    CROSS JOIN series AS total
    CROSS JOIN entity AS host
    WHERE free.entity_id = entity.id AND free.metric = 'free_bytes'
        AND total.entity_id = entity.id AND total.metric = 'total_bytes'
        AND host.id = entity.parent_id AND entity.kind IN (:volume, :mount)
        AND (entity.retired_ts IS NULL OR entity.retired_ts > :until)
),
unrolled(ts) AS (
    SELECT min(:today, max(:latest,
        coalesce((SELECT CAST(value AS BIGINT) FROM meta WHERE key = :rolled), 0)))
    UNION ALL SELECT ts + 86400 FROM unrolled WHERE ts < :today
),
seen AS (
    SELECT watched.id, day.ts, day.last AS free
    FROM watched CROSS JOIN rollup_day AS day
    WHERE day.series_id = free_id AND day.ts >= :since AND day.ts < :today
    UNION ALL
    SELECT watched.id, unrolled.ts, (
        SELECT value FROM sample
        WHERE ts BETWEEN unrolled.ts AND min(unrolled.ts + 86399, :until) AND series_id = free_id
        ORDER BY sample.ts DESC LIMIT 1
    )
    FROM watched CROSS JOIN unrolled
)
SELECT watched.id, watched.kind, watched.host, watched.name,
    coalesce(watched.mounted, watched.beneath) AS source, seen.ts, seen.free,
    coalesce(whole.last, newest_total) AS total
FROM watched CROSS JOIN seen
LEFT JOIN rollup_day AS whole ON whole.series_id = total_id AND whole.ts = seen.ts
WHERE seen.id = watched.id AND seen.free IS NOT NULL
ORDER BY watched.kind DESC, watched.position, watched.id, seen.ts"""  # noqa: S608 - our own


def space_by_day(
    history: History, until: datetime, days: int, kinds: Iterable[Kind] = (Kind.VOLUME,)
) -> tuple[SpaceDays, ...]:
    """The space of all that was watched at a time, on its last `days` days until then."""
    now = seconds(until) or 0
    today = now - now % DAY_SEC
    wanted = {kind.value for kind in kinds}
    asked = {
        "volume": "volume" if Kind.VOLUME in wanted else "",
        "mount": "mount" if Kind.MOUNT in wanted else "",
        "since": today - (days - 1) * DAY_SEC,
        "today": today,
        "until": now,
        "latest": today - (min(days, MOST_UNROLLED_DAYS) - 1) * DAY_SEC,
        "rolled": DAYS_ROLLED,
    }
    found: dict[int, tuple[Row, dict[int, Daily]]] = {}
    with history.reading() as db:
        for row in db.rows(DAYS, asked):
            _, by_day = found.setdefault(row.id, (row, {}))
            by_day[row.ts] = Daily(time_of(row.ts).date(), row.free, row.total)
        return tuple(
            SpaceDays(Kind(row.kind), row.host, row.name, row.source, tuple(by_day.values()))
            for row, by_day in found.values()
        )
