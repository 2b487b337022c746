"""What restoring or repairing would do, asked before it is done. Nothing here writes."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from recorder.errors import NoHistoryError, StoreError
from recorder.model import Kind
from recorder.store.backup import list_backups
from recorder.store.connection import connect, reading_mode
from recorder.store.engine import check_header
from recorder.store.figures import Later, Reach
from recorder.store.location import backups_folder, check_place
from recorder.store.migrate import is_current
from recorder.store.rows import seconds
from recorder.store.things import time_of
from recorder.store.trouble import explained
from recorder.store.values import Backup

ONLY_READ = "mode=ro&immutable=1"  # of a copy: nobody writes it, and nothing is made beside it


def chosen_backup(path: Path, given: Path | None) -> Backup:
    """The backup meant: a file, the name of one of the history's own copies, or the newest.

    Raises StoreError where there is none.
    """
    kept = list_backups(path)
    if given is None:
        if not kept:
            raise StoreError(
                f"there is no backup in {backups_folder(path)}; name a file, or save what can be "
                "read: `ops media.history.repair --salvage`"
            )
        return kept[0]
    named = {copy.path.name: copy for copy in kept}
    here = Path(os.path.abspath(os.path.expanduser(given)))  # noqa: PTH100, PTH111
    if here.is_file():
        there = here.stat()
        return Backup(here, datetime.fromtimestamp(there.st_mtime, UTC), there.st_size)
    if str(given) in named:
        return named[str(given)]
    raise StoreError(f"no backup {given}; there are: {', '.join(named) or 'none'}")


def present(path: Path) -> None:
    """See that there is a file. Raises StoreError."""
    check_place(path)
    with explained(path):
        if not path.exists():
            raise NoHistoryError(f"nothing is recorded in {path} yet; `ops media.status` records")


def waits_for_upgrade(path: Path) -> bool:
    """Whether the history's schema is an older one.

    Raises StoreError where it is missing, damaged, another application's or a newer program's.
    """
    present(path)
    check_header(path)
    return not is_current(path, reading_mode(path))


def readable(path: Path) -> None:
    """See that the history can be read. Raises StoreError."""
    waits_for_upgrade(path)


def reach(path: Path, mode: str = ONLY_READ) -> Reach | None:
    """How far a file goes; None where nothing is recorded in it. Raises StoreError."""
    check_header(path)
    is_current(path, mode)  # not one of a newer program
    with _read(path, mode) as connection:
        first, last, snapshots = connection.execute(
            "SELECT min(first_ts), max(last_ts), sum(snapshots) FROM coverage"
        ).fetchone()
    return None if last is None else Reach(time_of(first), time_of(last), snapshots)


def newest_look(path: Path) -> datetime | None:
    """When was last looked, where the history can tell; None where it is missing or damaged."""
    if not path.exists():
        return None
    with contextlib.suppress(StoreError):
        found = reach(path, reading_mode(path))
        return found.last if found else None
    return None


def later_than(path: Path, at: datetime) -> Later:
    """What was recorded after a time. Raises StoreError."""
    readable(path)
    span_tables = [f"{kind}_span" for kind in Kind]
    with _read(path, reading_mode(path)) as connection:
        newest = connection.execute("SELECT max(last_ts) FROM coverage").fetchone()[0]

        def later(table: str, column: str) -> int:
            query = f"SELECT count(*) FROM {table} WHERE {column} > ?"  # noqa: S608 - our own names
            return int(connection.execute(query, (seconds(at),)).fetchone()[0])

        return Later(
            later("snapshot", "ts"),
            sum(later(table, "first_ts") for table in span_tables),
            later("sample", "ts"),
            None if newest is None else time_of(newest),
        )


@contextlib.contextmanager
def _read(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    with explained(path), contextlib.closing(connect(path, mode)) as connection:
        yield connection
