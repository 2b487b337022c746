"""Whether an error is the file's fault or ours: looked up once there is one, never before.

Rows are checked as they are written, so what is read of them is not checked again. Where a reader
stumbles all the same, either they were damaged since, or the reader is wrong: SQLite's own check,
and the rules that no constraint holds, tell which. Our own mistake is never told as damage.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from recorder.model import Reason
from recorder.store.driver import connect, reading_mode

FIRST_TS, LAST_TS = -62_135_596_800, 253_402_300_799  # what a datetime can hold: years 1 to 9999
COLUMNS = """
SELECT 'table'.name, 'column'.name FROM sqlite_schema AS 'table',
    pragma_table_info('table'.name) AS 'column' WHERE 'table'.type = 'table'
"""
NO_TIME = f"{{}} NOT BETWEEN {FIRST_TS} AND {LAST_TS}"
NO_REASON = f"{{}} NOT IN ({', '.join(repr(reason.value) for reason in Reason)})"
VIEWS = "SELECT name FROM sqlite_schema WHERE type = 'view'"


def fault_of(path: Path) -> str | None:
    """What is wrong with a history in which a reader stumbled; None where it is whole."""
    try:
        with contextlib.closing(connect(path, reading_mode(path))) as db:
            return next(_faults(db), None)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return str(error)


def _faults(db: sqlite3.Connection) -> Iterator[str]:
    yield from (row[0] for row in db.execute("PRAGMA integrity_check(1)") if row[0] != "ok")
    for table, *_ in db.execute("PRAGMA foreign_key_check"):
        yield f"a row of {table} belongs to nothing"
    yield from impossible(db)
    for (view,) in db.execute(VIEWS).fetchall():
        db.execute(f'SELECT * FROM "{view}" LIMIT 0')  # noqa: S608 - as the file itself names it


def impossible(db: sqlite3.Connection) -> Iterator[str]:
    """What stands in rows that no snapshot can have brought, and no constraint forbids."""
    for table, column, condition in conditions(db):
        query = f'SELECT 1 FROM "{table}" WHERE {condition} LIMIT 1'  # noqa: S608 - as it says itself
        if db.execute(query).fetchone():
            yield f"a {column} in {table} is none that there can be"


def conditions(db: sqlite3.Connection) -> Iterator[tuple[str, str, str]]:
    """Of each column that holds a time or a reason: its table, its name, and when it holds none."""
    for table, column in db.execute(COLUMNS).fetchall():
        if column == "ts" or column.endswith("_ts"):
            yield table, column, NO_TIME.format(f'"{column}"')
        elif column == "reason" or column.endswith("_reason"):
            yield table, column, NO_REASON.format(f'"{column}"')
