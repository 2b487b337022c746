"""Views whose every column says what it means, the quick way to a time, and those still missing."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    db = op.get_bind()
    for (name,) in db.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'view'").all():
        db.exec_driver_sql(f'DROP VIEW "{name}"')
    script = Path(__file__).with_suffix(".sql")
    for statement in statements(script.read_text(encoding="utf-8")):
        db.exec_driver_sql(statement)


def statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one; executing it whole would commit."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""
