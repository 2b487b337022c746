"""The free space of volumes and mounts at both ends of a window of time."""

from collections.abc import Collection

from recorder.frozen import frozen
from recorder.model import Kind
from recorder.store.connection import Connection

# In this order, and not the planner's: a step into the index of samples, which is by time.
ENDS = """
    SELECT entity.id, entity.kind, host.name AS host, entity.name, (
        SELECT value FROM sample WHERE ts >= :begin AND ts < :end AND series_id = series.id
        ORDER BY ts LIMIT 1
    ) AS first, (
        SELECT value FROM sample WHERE ts >= :begin AND ts < :end AND series_id = series.id
        ORDER BY ts DESC LIMIT 1
    ) AS last
    FROM entity JOIN entity AS host ON host.id = entity.parent_id
    CROSS JOIN series
    WHERE series.entity_id = entity.id AND series.metric = 'free_bytes'
        AND entity.kind IN ('volume', 'mount') AND entity.retired_ts IS NULL"""
ROLLED = """
    SELECT entity.id, entity.kind, host.name AS host, entity.name, (
        SELECT last FROM rollup_day WHERE series_id = series.id AND ts < :begin
        ORDER BY ts DESC LIMIT 1
    ) AS first, coalesce((
        SELECT value FROM sample WHERE ts >= :begin AND ts < :end AND series_id = series.id
        ORDER BY ts DESC LIMIT 1
    ), (
        SELECT last FROM rollup_day WHERE series_id = series.id AND ts >= :begin AND ts < :end
        ORDER BY ts DESC LIMIT 1
    )) AS last
    FROM entity JOIN entity AS host ON host.id = entity.parent_id
    CROSS JOIN series
    WHERE series.entity_id = entity.id AND series.metric = 'free_bytes'
        AND entity.kind IN ('volume', 'mount') AND entity.retired_ts IS NULL"""


@frozen
class SpaceEnds:
    """Free bytes at the first and at the last look of a window that saw them.

    Of a window that begins before single looks are kept: on the evening of the UTC day before.
    """

    kind: Kind
    host: str
    name: str
    first_bytes: int
    last_bytes: int


def space_ends(
    db: Connection, begin: int, end: int, only: Collection[int] | None, *, single: bool
) -> tuple[SpaceEnds, ...]:
    """Of each volume and mount whose space is known at both ends. `single`: each look is kept."""
    query = ENDS if single else ROLLED
    found = db.rows(query, {"begin": begin, "end": end})
    return tuple(
        SpaceEnds(Kind(it.kind), it.host, it.name, it.first, it.last)
        for it in found
        if it.first is not None and it.last is not None and (only is None or it.id in only)
    )
