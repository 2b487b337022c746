"""A site copied into a file, and a file's history brought into a site: a home can come and go.

Either way it is every row of every table as it stands, checked before it counts. What a file holds
replaces a site in one transaction; what was in the site stays beside it under another name.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from recorder.errors import StoreError
from recorder.store.connection import Row, connect
from recorder.store.copying import faults_of, sync_folder
from recorder.store.migrate import create
from recorder.store.postgresql import schema
from recorder.store.postgresql.driver import connect as connect_to
from recorder.store.postgresql.engine import opened
from recorder.store.postgresql.history import OnServer
from recorder.store.postgresql.trouble import explained
from recorder.store.site import Site, aside
from recorder.store.tables import TABLES, Table
from recorder.store.trouble import damaged
from recorder.store.trouble import explained as explained_file

# The functions that look for others in the schema they were made in, by its name.
TIED = """
SELECT oid::regprocedure::text FROM pg_proc
WHERE pronamespace = :schema::regnamespace AND proconfig IS NOT NULL
"""


def copy_verified(site: Site, target: Path) -> None:
    """Write a checked file of a site as it is now; `target` bears its name only once it is good.

    Raises StoreError.
    """
    unchecked = target.with_name(f".{target.name}.unchecked")
    unchecked.unlink(missing_ok=True)
    create(unchecked)
    try:
        with opened(site, writing=False) as history, history.reading() as db:
            with explained_file(target):
                counted = _pour(db, unchecked)
            _hold_against(site, counted, {name: _count(db, name) for name in TABLES})
        faults = faults_of(unchecked)
        if faults:
            raise damaged(unchecked, faults[0])
        with explained_file(target):
            unchecked.replace(target)
            sync_folder(target.parent)
    finally:
        unchecked.unlink(missing_ok=True)


def _pour(db: OnServer, target: Path) -> dict[str, int]:
    """Every row into a new file; how many there are in it then, by table."""
    with contextlib.closing(connect(target)) as file:
        file.execute("PRAGMA foreign_keys = OFF")
        file.execute("BEGIN IMMEDIATE")
        for table in TABLES.values():
            file.execute(f"DELETE FROM {table.name}")  # noqa: S608 - our own name
            marks = ", ".join("?" * len(table.columns))
            insert = f"INSERT INTO {table.name} ({_columns(table)}) VALUES ({marks})"  # noqa: S608
            file.executemany(insert, _rows(db, table))
        file.execute("COMMIT")
        counts = {name: _count_in(file, name) for name in TABLES}
        file.execute("PRAGMA journal_mode = DELETE")  # one file, readable wherever it is put
    return counts


def _rows(db: OnServer, table: Table) -> Iterator[Row]:
    """Every row of a table, in the order in which a file holds them."""
    key = ", ".join(table.key)
    return db.stream(f"SELECT {_columns(table)} FROM {table.name} ORDER BY {key}")  # noqa: S608


def _columns(table: Table) -> str:
    return ", ".join(f'"{column}"' for column in table.columns)


def _count(db: OnServer, name: str) -> int:
    return int(db.scalar(f"SELECT count(*) FROM {name}"))  # noqa: S608 - our own name


def _count_in(file: sqlite3.Connection, name: str) -> int:
    return int(file.execute(f"SELECT count(*) FROM {name}").fetchone()[0])  # noqa: S608 - as above


def _hold_against(site: Site, one: dict[str, int], other: dict[str, int]) -> None:
    for name, count in one.items():
        if count != other[name]:
            raise StoreError(f"{site}: of {other[name]} rows of {name} {count} were copied")


def fill(site: Site, source: Path, now: datetime) -> Site | None:
    """Put a file's history in a site's place; returns where what was there before is now.

    The file's schema is this program's. All of it or nothing. Raises StoreError.
    """
    with (
        explained(site),
        schema.revised(site) as (db, to_head),
        contextlib.closing(connect(source)) as file,
    ):
        found = schema.standing(db, site)
        kept = _put_aside(db, site, now) if found.revision is not None else None
        if kept or not found.there:
            db.change(f'CREATE SCHEMA "{site.name}"')
        to_head()
        counted = {name: _take(db, file, table) for name, table in TABLES.items()}
        _hold_against(site, {name: _count(db, name) for name in TABLES}, counted)
        _number_on(db)
    with explained(site), contextlib.closing(connect_to(site)) as held:
        held.execute("ANALYZE")
    return kept


def _put_aside(db: OnServer, site: Site, now: datetime) -> Site:
    """Give what is in a site another name, under which it is a site that needs no other."""
    names = (aside(site, now, number) for number in range(1, 10))
    kept = next((one for one in names if not schema.standing(db, one).there), None)
    if kept is None:
        raise StoreError(f"{site} was replaced several times this second; try again")
    db.change(f'ALTER SCHEMA "{site.name}" RENAME TO "{kept.name}"')
    db.change(f'SET LOCAL search_path TO "{kept.name}"')
    for (function,) in list(db.rows(TIED, {"schema": f'"{kept.name}"'})):
        db.change(f"ALTER FUNCTION {function} SET search_path FROM CURRENT")
    db.change(f'SET LOCAL search_path TO "{site.name}"')
    return kept


def _take(db: OnServer, file: sqlite3.Connection, table: Table) -> int:
    """Every row of a table, by the server's COPY; how many the file has."""
    columns = _columns(table)
    db.change(f"DELETE FROM {table.name}")  # noqa: S608 - our own name
    taken = 0
    with (
        db.held.cursor() as cursor,
        cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy,
    ):
        for row in file.execute(f"SELECT {columns} FROM {table.name}"):  # noqa: S608 - our own
            copy.write_row(row)
            taken += 1
    return taken


def _number_on(db: OnServer) -> None:
    """What is numbered goes on behind the highest number there is."""
    for name, table in TABLES.items():
        if table.key == ("id",):
            db.scalar(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), "  # noqa: S608
                f"coalesce(max(id), 0) + 1, false) FROM {name}"
            )
