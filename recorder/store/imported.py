"""What each app imported in a window of time, by the app's own times."""

from collections.abc import Collection
from datetime import datetime

from recorder.frozen import frozen
from recorder.store.connection import Connection
from recorder.store.things import time_of

# In this order, and not the planner's: from the few apps into the index of their imports.
EVENTS = """
    SELECT entity.id, entity.name, import_event.ts FROM entity
    CROSS JOIN import_event
    WHERE entity.kind = 'import' AND import_event.entity_id = entity.id
        AND import_event.ts >= :begin AND import_event.ts < :end
    ORDER BY entity.position, entity.id, import_event.ts"""


@frozen
class Imported:
    """When an app imported something, oldest first."""

    app: str
    times: tuple[datetime, ...]


def imported(
    db: Connection, begin: int, end: int, only: Collection[int] | None
) -> tuple[Imported, ...]:
    """Of each app that imported something, in the stack's order."""
    found: dict[int, tuple[str, list[datetime]]] = {}
    for key, app, ts in db.rows(EVENTS, {"begin": begin, "end": end}):
        if only is None or key in only:
            found.setdefault(key, (app, []))[1].append(time_of(ts))
    return tuple(Imported(app, tuple(times)) for app, times in found.values())
