"""A plain connection to a history file, and what each is told when it opens.

`synchronous`, `busy_timeout` and `foreign_keys` belong to a connection, not to the file.
"""

import os
import sqlite3
from pathlib import Path

from recorder.errors import StoreError

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
