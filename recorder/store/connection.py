"""Connections to a history file: what each is told when it opens, and how transactions begin.

`synchronous`, `busy_timeout` and `foreign_keys` belong to a connection, not to the file. Writers
begin IMMEDIATE: a deferred transaction that finds another writer before it fails at once, whatever
the timeout.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from recorder.errors import StoreError
from recorder.store.library import sa
from recorder.store.trouble import explained

BUSY_TIMEOUT_SEC = 30.0
OLDEST_SQLITE = (3, 37, 0)  # the first that knows STRICT tables
PRAGMAS = (
    "foreign_keys = ON",
    "synchronous = FULL",
    "trusted_schema = OFF",
    "cell_size_check = ON",
)


def connect(path: Path, mode: str = "mode=rw") -> sqlite3.Connection:
    """A plain connection, in autocommit; never makes a file."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(
            f"this Python's SQLite is {sqlite3.sqlite_version}, and 3.37 or newer is needed; "
            "use a newer Python"
        )
    connection = sqlite3.connect(
        f"{path.as_uri()}?{mode}",
        uri=True,
        timeout=BUSY_TIMEOUT_SEC,
        isolation_level=None,
        check_same_thread=False,
    )
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def reading_mode(path: Path) -> str:
    """How to open a file only to read it.

    Even a reader writes, into the index of the write-ahead log beside the file. Where it may not,
    a file without a log can be read as it is.
    """
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return "mode=rw"
    log = path.with_name(f"{path.name}-wal")
    return "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"


def engine_of(path: Path, mode: str = "mode=rw") -> sa.Engine:
    """An engine whose transactions begin as they should; nothing is opened yet."""
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        creator=lambda: connect(path, mode),
        poolclass=sa.pool.QueuePool,
        pool_size=1,
    )

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def path_of(engine: sa.Engine) -> Path:
    """The file behind an engine."""
    return Path(engine.url.database or "")


@contextlib.contextmanager
def transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One write: all of it or nothing. Raises StoreError."""
    with explained(path_of(engine)), engine.begin() as connection:
        yield connection


@contextlib.contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One view of the file, whatever is written meanwhile. Raises StoreError."""
    with explained(path_of(engine)), engine.connect() as opened:
        connection = opened.execution_options(reading=True)
        with connection.begin():
            yield connection


@contextlib.contextmanager
def plain(engine: sa.Engine) -> Iterator[sqlite3.Connection]:
    """The driver's own connection, in autocommit, for what no transaction can hold."""
    with explained(path_of(engine)):
        held = engine.raw_connection()
        try:
            driver = held.driver_connection
            if not isinstance(driver, sqlite3.Connection):
                raise TypeError(driver)
            yield driver
        finally:
            held.close()
