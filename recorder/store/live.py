"""What was open before this snapshot: each live thing with the span it is in.

Read by one query a kind, over the index of open spans; nothing here grows with the history.
"""

from collections.abc import Iterator

from recorder.frozen import frozen
from recorder.model import Kind
from recorder.store.connection import Connection
from recorder.store.rows import Row
from recorder.store.selecting import row_from, spans_sql


@frozen
class Live:
    """A thing that is, and the span it is in."""

    id: int
    kind: Kind
    parent_id: int | None
    identity: str
    name: str
    position: int
    first_ts: int
    row: Row


def live_things(db: Connection) -> list[Live]:
    """All of them, hosts first."""
    return [live for kind in Kind for live in _of_kind(db, kind)]


def _of_kind(db: Connection, kind: Kind) -> Iterator[Live]:
    for found in db.mappings(spans_sql(kind, "span.last_ts IS NULL")):
        yield Live(
            found["entity_id"],
            kind,
            found["parent_id"],
            found["identity"],
            found["name"],
            found["position"],
            found["first_ts"],
            row_from(kind, found),
        )
