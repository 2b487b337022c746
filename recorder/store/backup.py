"""Copies of the history that are known to be good, and the way back from one.

A copy bears its name only once it has been checked, and older ones go only then.
"""

import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path

from recorder.errors import NoHistoryError, StoreError
from recorder.store.connection import connect, reading_mode
from recorder.store.copying import copy_verified, faults_of, sync_folder
from recorder.store.engine import check_header
from recorder.store.location import backups, backups_folder, check_place
from recorder.store.migrate import is_current, upgrade
from recorder.store.trouble import damaged, explained
from recorder.store.values import Backup

NAME = "%Y%m%dT%H%M%SZ"
KEEP = 7


def back_up(path: Path, now: datetime, keep: int = KEEP) -> Backup:
    """Copy the history while it may be in use, check the copy, and keep the newest `keep`.

    Raises StoreError; older copies are kept then.
    """
    if not path.exists():
        raise NoHistoryError(f"nothing is recorded in {path} yet; there is nothing to back up")
    check_header(path)
    folder = backups_folder(path)
    with explained(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"{now.astimezone(UTC):{NAME}}.db"
    copy_verified(path, target)
    with explained(folder):
        for old in backups(path)[: -max(keep, 1)]:
            old.unlink()
    return _backup(target)


def list_backups(path: Path) -> tuple[Backup, ...]:
    """The verified copies of a history, newest first."""
    with explained(path):
        return tuple(_backup(copy) for copy in reversed(backups(path)))


def _backup(copy: Path) -> Backup:
    made = datetime.strptime(copy.stem, NAME).replace(tzinfo=UTC)
    return Backup(copy, made, copy.stat().st_size)


def restore(path: Path, backup: Path | str, now: datetime) -> Path | None:
    """Put a backup in the place of the history; returns where what was there before now lies.

    `backup` is a file, or the name of one of the history's own copies. It is checked first, and
    brought to this program's schema after. Hold `one_look` meanwhile. Raises StoreError.
    """
    check_place(path)
    source = _named(path, backup)
    check_header(source)
    incoming = path.with_name(f".{path.name}.restored")
    copy_verified(source, incoming)
    with explained(path):
        aside = _put_aside(path, now)
        with contextlib.closing(connect(incoming)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        incoming.rename(path)
        sync_folder(path.parent)
    if not is_current(path):
        upgrade(path)
    return aside


def _named(path: Path, backup: Path | str) -> Path:
    for candidate in (Path(backup), backups_folder(path) / backup):
        if candidate.is_file():
            return candidate
    listed = ", ".join(copy.name for copy in backups(path)) or "none"
    raise StoreError(f"no backup {backup}; there are: {listed}")


def _put_aside(path: Path, now: datetime) -> Path | None:
    """Rename the file with its log, so that nothing that could still be read is lost."""
    name = f"{path.name}.replaced-{now.astimezone(UTC):{NAME}}"
    for suffix in ("", "-wal", "-shm"):  # the file first: a log alone is taken for nothing else
        old = path.with_name(path.name + suffix)
        if old.exists():
            os.replace(old, path.with_name(name + suffix))  # noqa: PTH105 - atomic by name
    aside = path.with_name(name)
    return aside if aside.exists() else None


def check(path: Path) -> tuple[str, ...]:
    """What is wrong with the history, a line each; empty where it is whole.

    Raises NoHistoryError, ForeignError, and DamagedError where it can't be opened at all.
    """
    if not path.exists():
        raise NoHistoryError(f"nothing is recorded in {path} yet")
    check_header(path)
    faults = faults_of(path, reading_mode(path))
    if faults:
        return (str(damaged(path, faults[0])), *faults[1:])
    return tuple(_overlaps(path))


def _overlaps(path: Path) -> list[str]:
    """Spans that break the rules no constraint of SQLite can hold."""
    found = []
    with explained(path), contextlib.closing(connect(path, reading_mode(path))) as connection:
        for kind in ("host", "service", "endpoint", "mount", "volume", "import"):
            query = f"""
                SELECT entity_id, first_ts FROM (
                    SELECT entity_id, first_ts, lag(ifnull(last_ts, 1 << 62))
                        OVER (PARTITION BY entity_id ORDER BY first_ts) AS before
                    FROM {kind}_span
                ) WHERE before >= first_ts"""  # noqa: S608 - the names stand above
            found += [
                f"{kind} {entity_id}: the span from {first_ts} overlaps the one before"
                for entity_id, first_ts in connection.execute(query)
            ]
    return found
