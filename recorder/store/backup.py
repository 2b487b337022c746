"""Copies of the history that are known to be good, and the way back from one.

A copy bears its name only once it has been checked, and older ones go only then.
"""

import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path

from recorder.errors import NoHistoryError, StoreError
from recorder.model import Kind
from recorder.store.connection import connect, reading_mode
from recorder.store.copying import copy_verified, faults_of, sync_folder
from recorder.store.engine import check_header, stands
from recorder.store.location import BACKUP_NAME, backups, backups_folder, check_place, made_at
from recorder.store.migrate import is_current, upgrade
from recorder.store.migrate import to_head as _to_head
from recorder.store.site import Location, Site
from recorder.store.trouble import damaged, explained
from recorder.store.values import Backup

KEEP = 7
OVERLAPS = tuple(
    f"""
    SELECT '{kind} ' || entity_id || ': the span from ' || first_ts || ' overlaps the one before'
    FROM (
        SELECT entity_id, first_ts, lag(ifnull(last_ts, {1 << 62}))
            OVER (PARTITION BY entity_id ORDER BY first_ts) AS before
        FROM {kind}_span
    ) AS spans WHERE before >= first_ts"""  # noqa: S608 - the names are our own
    for kind in Kind
)


def back_up(place: Location, now: datetime, keep: int = KEEP) -> Backup:
    """Copy the history while it may be in use, check the copy, and keep the newest `keep`.

    A copy is a history in a file, wherever it is of. Raises StoreError; older copies are kept then.
    """
    if not stands(place):
        raise NoHistoryError(f"nothing is recorded in {place} yet; there is nothing to back up")
    folder = backups_folder(place)
    target = folder / f"{now.astimezone(UTC):{BACKUP_NAME}}.db"
    if isinstance(place, Site):
        from recorder.store.postgresql import copying as server  # noqa: PLC0415 - only for one

        _make(folder)
        server.copy_verified(place, target)
    else:
        check_header(place)
        _make(folder)
        copy_verified(place, target)
    with explained(folder):
        for old in backups(place)[: -max(keep, 1)]:
            old.unlink()
    return _backup(target)


def _make(folder: Path) -> None:
    with explained(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def list_backups(place: Location) -> tuple[Backup, ...]:
    """The verified copies of a history, newest first."""
    folder = backups_folder(place)
    with explained(folder):
        return tuple(_backup(copy) for copy in reversed(backups(place)))


def _backup(copy: Path) -> Backup:
    status = copy.stat()
    return Backup(
        copy, made_at(copy) or datetime.fromtimestamp(status.st_mtime, UTC), status.st_size
    )


def restore(place: Location, backup: Path | str, now: datetime) -> Location | None:
    """Put a backup in the place of the history; returns where what was there before now lies.

    `backup` is a file, or the name of one of the history's own copies. It is checked first, and
    brought to this program's schema after. Hold `one_look` meanwhile. Raises StoreError.
    """
    source = _named(place, backup)
    check_header(source)
    if isinstance(place, Site):
        return _restore_to_server(place, source, now)
    path = place
    check_place(path)
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


def _restore_to_server(site: Site, source: Path, now: datetime) -> Site | None:
    from recorder.store.postgresql import copying as server  # noqa: PLC0415 - only for one

    folder = backups_folder(site)
    _make(folder)
    incoming = folder / f".{site.name}.restored"
    try:
        copy_verified(source, incoming)
        if not is_current(incoming):
            _to_head(incoming)
        return server.fill(site, incoming, now)
    finally:
        incoming.unlink(missing_ok=True)


def _named(place: Location, backup: Path | str) -> Path:
    for candidate in (Path(backup), backups_folder(place) / backup):
        if candidate.is_file():
            return candidate
    listed = ", ".join(copy.name for copy in backups(place)) or "none"
    raise StoreError(f"no backup {backup}; there are: {listed}")


def _put_aside(path: Path, now: datetime) -> Path | None:
    """Rename the file with its log, so that nothing that could still be read is lost."""
    name = f"{path.name}.replaced-{now.astimezone(UTC):{BACKUP_NAME}}"
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
    with explained(path), contextlib.closing(connect(path, reading_mode(path))) as connection:
        return [row[0] for query in OVERLAPS for row in connection.execute(query)]
