"""Which schema a history file has: a plain SELECT, without Alembic."""

import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from recorder.errors import NewerError
from recorder.store.driver import connect
from recorder.store.site import Location
from recorder.store.trouble import damaged, explained

REVISIONS = ("0001", "0002", "0003", "0004", "0005")  # oldest first
HEAD = REVISIONS[-1]


def revision_of(connection: sqlite3.Connection) -> str | None:
    """The schema's revision; None where the file has none."""
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:  # no such table
            return None
        raise
    return None if row is None else str(row[0])


def is_newest(path: Path, mode: str, revisions: Sequence[str] = REVISIONS) -> bool:
    """Whether the file's schema is the last of these. Raises NewerError, DamagedError."""
    with explained(path), contextlib.closing(connect(path, mode)) as connection:
        revision = revision_of(connection)
        if revision is None:
            raise damaged(path, "its schema has no revision")
        if revision not in revisions:
            raise NewerError(made_by_newer(path, _maker(connection)))
    return revision == revisions[-1]


def _maker(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT value FROM meta WHERE key = 'schema_made_by'").fetchone()
    return row[0] if row else None


def made_by_newer(place: Location, maker: str | None) -> str:
    """The line for what a newer program made, of the version that is noted in it."""
    version = f"version {maker}" if maker else "a newer version"
    return (
        f"{place} was made by a newer media-recorder; install {version} or newer: "
        "`git pull`, or `pip install --upgrade media-recorder`"
    )
