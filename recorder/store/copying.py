"""A copy of a history that is known to be good: made by SQLite's online backup, then checked.

Copying the file itself would lose what stands in its write-ahead log.
"""

import contextlib
import os
import sqlite3
from pathlib import Path

from recorder.store.connection import connect
from recorder.store.trouble import damaged, explained


def copy_verified(source: Path, target: Path) -> None:
    """Write a checked copy; `target` bears its name only once it is good.

    Raises StoreError, DamagedError where what was read is not whole.
    """
    unchecked = target.with_name(f".{target.name}.unchecked")
    try:
        with explained(target):
            _copy(source, unchecked)
        faults = faults_of(unchecked)
        if faults:
            raise damaged(source, faults[0])
        with explained(target):
            unchecked.replace(target)
            sync_folder(target.parent)
    finally:
        unchecked.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with contextlib.closing(connect(source)) as old, contextlib.closing(connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")  # one file, readable wherever it is put


def faults_of(path: Path, mode: str = "mode=rw") -> list[str]:
    """What is wrong with a file, by SQLite's own check; empty where it is whole."""
    try:
        with contextlib.closing(connect(path, mode)) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
            if found != ["ok"]:
                return found
            strays = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return [f"a row of {table} belongs to nothing in {parent}" for table, _, parent, _ in strays]


def sync_folder(folder: Path) -> None:
    """See to it that a new name survives power loss."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
