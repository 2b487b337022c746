"""Transactions on a history, and how those on a file begin.

Writers begin IMMEDIATE: a deferred transaction that finds another writer before it fails at once,
whatever the timeout. How a server's begin is said in `postgresql.engine`.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from recorder.store.driver import connect, reading_mode
from recorder.store.library import sa
from recorder.store.site import Location
from recorder.store.trouble import explained

__all__ = ["connect", "engine_of", "location_of", "plain", "reading", "reading_mode", "transaction"]


def engine_of(path: Path, mode: str = "mode=rw") -> sa.Engine:
    """An engine whose transactions begin as they should; nothing is opened yet."""
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        creator=lambda: connect(path, mode),
        poolclass=sa.pool.QueuePool,
        pool_size=1,
        execution_options={"place": path},
    )

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def location_of(engine: sa.Engine) -> Location:
    """Where the history behind an engine lies."""
    return cast("Location", engine.get_execution_options()["place"])


@contextlib.contextmanager
def transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One write: all of it or nothing. Raises StoreError."""
    with explained(location_of(engine)), engine.begin() as connection:
        yield connection


@contextlib.contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One view of the history, whatever is written meanwhile. Raises StoreError."""
    with explained(location_of(engine)), engine.connect() as opened:
        connection = opened.execution_options(reading=True)
        with connection.begin():
            yield connection


@contextlib.contextmanager
def plain(engine: sa.Engine) -> Iterator[sqlite3.Connection]:
    """The driver's own connection, in autocommit, for what no transaction can hold."""
    with explained(location_of(engine)):
        held = engine.raw_connection()
        try:
            driver = held.driver_connection
            if not isinstance(driver, sqlite3.Connection):
                raise TypeError(driver)
            yield driver
        finally:
            held.close()
