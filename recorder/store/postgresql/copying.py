"""A site copied into a file, and a file's history brought into a site: a home can come and go.

Either way it is every row of every table as it stands, checked before it counts. What a file holds
replaces a site in one transaction; what was in the site stays beside it under another name.
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from recorder.errors import StoreError
from recorder.store.connection import connect, reading, transaction
from recorder.store.copying import faults_of, sync_folder
from recorder.store.library import sa
from recorder.store.migrate import create
from recorder.store.postgresql import schema
from recorder.store.postgresql.engine import engine_of, opened
from recorder.store.postgresql.trouble import explained
from recorder.store.site import Site, aside
from recorder.store.tables import metadata
from recorder.store.trouble import damaged
from recorder.store.trouble import explained as explained_file

AT_ONCE = 5000  # rows
# The functions that look for others in the schema they were made in, by its name.
TIED = """
SELECT oid::regprocedure::text FROM pg_proc
WHERE pronamespace = %s::regnamespace AND proconfig IS NOT NULL
"""
TABLES = tuple(metadata.tables.values())  # parents before what refers to them


def copy_verified(site: Site, target: Path) -> None:
    """Write a checked file of a site as it is now; `target` bears its name only once it is good.

    Raises StoreError.
    """
    unchecked = target.with_name(f".{target.name}.unchecked")
    unchecked.unlink(missing_ok=True)
    create(unchecked)
    try:
        with opened(site, writing=False) as engine, reading(engine) as db:
            with explained_file(target):
                counted = _pour(db, unchecked)
            _hold_against(site, counted, {table.name: _count(db, table) for table in TABLES})
        faults = faults_of(unchecked)
        if faults:
            raise damaged(unchecked, faults[0])
        with explained_file(target):
            unchecked.replace(target)
            sync_folder(target.parent)
    finally:
        unchecked.unlink(missing_ok=True)


def _pour(db: sa.Connection, target: Path) -> dict[str, int]:
    """Every row into a new file; how many there are in it then, by table."""
    with contextlib.closing(connect(target)) as file:
        file.execute("PRAGMA foreign_keys = OFF")
        file.execute("BEGIN IMMEDIATE")
        for table in TABLES:
            file.execute(f"DELETE FROM {table.name}")  # noqa: S608 - our own name
            marks = ", ".join("?" * len(table.columns))
            insert = f"INSERT INTO {table.name} ({_columns(table)}) VALUES ({marks})"  # noqa: S608
            for rows in _some_at_once(db, table):
                file.executemany(insert, rows)
        file.execute("COMMIT")
        counts = {table.name: _count_in(file, table) for table in TABLES}
        file.execute("PRAGMA journal_mode = DELETE")  # one file, readable wherever it is put
    return counts


def _some_at_once(db: sa.Connection, table: sa.Table) -> Iterator[Sequence[tuple[Any, ...]]]:
    streamed = db.execution_options(yield_per=AT_ONCE).execute(
        sa.select(table).order_by(*table.primary_key.columns)
    )
    for rows in streamed.partitions():
        yield [tuple(row) for row in rows]


def _columns(table: sa.Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)


def _count(db: sa.Connection, table: sa.Table) -> int:
    return db.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def _count_in(file: sqlite3.Connection, table: sa.Table) -> int:
    query = f"SELECT count(*) FROM {table.name}"  # noqa: S608 - our own name
    return int(file.execute(query).fetchone()[0])


def _hold_against(site: Site, one: dict[str, int], other: dict[str, int]) -> None:
    for name, count in one.items():
        if count != other[name]:
            raise StoreError(f"{site}: of {other[name]} rows of {name} {count} were copied")


def fill(site: Site, source: Path, now: datetime) -> Site | None:
    """Put a file's history in a site's place; returns where what was there before is now.

    The file's schema is this program's. All of it or nothing. Raises StoreError.
    """
    engine = engine_of(site)
    try:
        with transaction(engine) as db, contextlib.closing(connect(source)) as file:
            found = schema.standing(db, site)
            kept = _put_aside(db, site, now) if found.revision is not None else None
            if kept or not found.there:
                db.exec_driver_sql(f'CREATE SCHEMA "{site.name}"')
            schema.to_head(db)
            counted = {table.name: _take(db, file, table) for table in TABLES}
            _hold_against(site, {table.name: _count(db, table) for table in TABLES}, counted)
            _number_on(db)
        with explained(site), engine.connect() as db:
            db.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
    finally:
        engine.dispose()
    return kept


def _put_aside(db: sa.Connection, site: Site, now: datetime) -> Site:
    """Give what is in a site another name, under which it is a site that needs no other."""
    names = (aside(site, now, number) for number in range(1, 10))
    kept = next((one for one in names if not schema.standing(db, one).there), None)
    if kept is None:
        raise StoreError(f"{site} was replaced several times this second; try again")
    db.exec_driver_sql(f'ALTER SCHEMA "{site.name}" RENAME TO "{kept.name}"')
    db.exec_driver_sql(f'SET LOCAL search_path TO "{kept.name}"')
    for (function,) in db.exec_driver_sql(TIED, (f'"{kept.name}"',)).all():
        db.exec_driver_sql(f"ALTER FUNCTION {function} SET search_path FROM CURRENT")
    db.exec_driver_sql(f'SET LOCAL search_path TO "{site.name}"')
    return kept


def _take(db: sa.Connection, file: sqlite3.Connection, table: sa.Table) -> int:
    """Every row of a table, by the server's COPY; how many the file has."""
    driver = db.connection.driver_connection
    if driver is None:
        raise TypeError(db)
    columns = _columns(table)
    db.execute(table.delete())
    taken = 0
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy,
    ):
        for row in file.execute(f"SELECT {columns} FROM {table.name}"):  # noqa: S608 - our own
            copy.write_row(row)
            taken += 1
    return taken


def _number_on(db: sa.Connection) -> None:
    """What is numbered goes on behind the highest number there is."""
    for table in TABLES:
        if "id" in table.columns:
            db.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "  # noqa: S608
                f"coalesce(max(id), 0) + 1, false) FROM {table.name}"
            )
