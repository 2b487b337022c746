"""The first schema: spans, samples and what they are of."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

APPLICATION_ID = 0x6D726563  # "mrec"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    for name in ("tables", "views"):
        script = Path(__file__).with_name(f"{revision}_{name}.sql")
        for statement in statements(script.read_text(encoding="utf-8")):
            op.get_bind().exec_driver_sql(statement)


def statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one; executing it whole would commit."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""
