"""Rows of the tables that number their rows, added many at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from recorder.store.connection import Connection
from recorder.store.tables import insertion


def added(db: Connection, table: str, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Add rows; their ids, in their order: ids grow as rows are written.

    Three statements, however many rows there are.
    """
    if not rows:
        return []
    highest = db.scalar(f"SELECT max(id) FROM {table}") or 0  # noqa: S608 - our own names
    db.change_all(insertion(table, with_key=False), rows)
    newer = f"SELECT id FROM {table} WHERE id > :highest ORDER BY id"  # noqa: S608 - as above
    return [row.id for row in db.rows(newer, {"highest": highest})]
