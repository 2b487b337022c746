"""Imports as an app's own history names them: each is stored once, however often it is told.

An import is its app, its time and its number there. The number alone would not do: an app that is
installed anew counts from one again.
"""

from collections.abc import Iterable

from recorder.model import ImportedTitle
from recorder.store.connection import Connection
from recorder.store.rows import GREATEST, seconds, text
from recorder.store.tables import insertion

STORED = "SELECT ts, event_id FROM import_event WHERE entity_id = :id AND ts >= :oldest"


def keep_titles(db: Connection, entity_id: int, told: Iterable[ImportedTitle]) -> None:
    """Store those that are new."""
    titles = {
        (seconds(title.at) or 0, title.event_id): text(title.title)
        for title in told
        if abs(title.event_id) <= GREATEST
    }
    if not titles:
        return
    kept = db.rows(STORED, {"id": entity_id, "oldest": min(titles)[0]})
    stored = {(row.ts, row.event_id) for row in kept}
    new = [
        {"entity_id": entity_id, "ts": key[0], "event_id": key[1], "title": title}
        for key, title in titles.items()
        if key not in stored
    ]
    if new:
        db.change_all(insertion("import_event"), new)
