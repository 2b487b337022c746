"""What restoring or repairing would do, asked before it is done. Nothing here writes."""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from recorder.errors import NoHistoryError, StoreError
from recorder.model import Kind
from recorder.store.backup import list_backups
from recorder.store.connection import connect, reading_mode
from recorder.store.engine import check_header, opened, stands
from recorder.store.figures import Later, Reach
from recorder.store.location import backups_folder, check_place
from recorder.store.migrate import is_current
from recorder.store.rows import seconds
from recorder.store.site import Location, Site
from recorder.store.things import time_of
from recorder.store.trouble import explained
from recorder.store.values import Backup

REACH = "SELECT min(first_ts), max(last_ts), sum(snapshots) FROM coverage"
Ask = Callable[[str, Mapping[str, Any]], Sequence[Any]]
ONLY_READ = "mode=ro&immutable=1"  # of a copy: nobody writes it, and nothing is made beside it


def chosen_backup(place: Location, given: Path | None) -> Backup:
    """The backup meant: a file, the name of one of the history's own copies, or the newest.

    Raises StoreError where there is none.
    """
    kept = list_backups(place)
    if given is None:
        if not kept:
            raise StoreError(
                f"there is no backup in {backups_folder(place)}; name a file, or save what can be "
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


def present(place: Location) -> None:
    """See that there is a history. Raises StoreError."""
    if isinstance(place, Path):
        check_place(place)
    with explained(place):
        if not stands(place):
            raise NoHistoryError(f"nothing is recorded in {place} yet; `ops media.status` records")


def waits_for_upgrade(place: Location) -> bool:
    """Whether the history's schema is an older one.

    Raises StoreError where it is missing, damaged, another application's or a newer program's.
    """
    if isinstance(place, Site):
        from recorder.store.postgresql import engine as server  # noqa: PLC0415 - only for one

        return server.waits_for_upgrade(place)
    path = place
    present(path)
    check_header(path)
    return not is_current(path, reading_mode(path))


def readable(place: Location) -> None:
    """See that the history can be read. Raises StoreError."""
    waits_for_upgrade(place)


def reach(path: Path, mode: str = ONLY_READ) -> Reach | None:
    """How far a file goes; None where nothing is recorded in it. Raises StoreError."""
    check_header(path)
    is_current(path, mode)  # not one of a newer program
    with _read(path, mode) as ask:
        first, last, snapshots = ask(REACH, {})
    return None if last is None else Reach(time_of(first), time_of(last), snapshots)


def newest_look(place: Location) -> datetime | None:
    """When was last looked, where the history can tell; None where it is missing or damaged."""
    with contextlib.suppress(StoreError):
        if isinstance(place, Site):
            with _read(place) as ask:
                last = ask(REACH, {})[1]
            return None if last is None else time_of(last)
        if place.exists():
            found = reach(place, reading_mode(place))
            return found.last if found else None
    return None


def later_than(place: Location, at: datetime) -> Later:
    """What was recorded after a time. Raises StoreError."""
    readable(place)
    span_tables = [f"{kind}_span" for kind in Kind]
    with _read(place) as ask:
        newest = ask(REACH, {})[1]

        def later(table: str, column: str) -> int:
            query = f"SELECT count(*) FROM {table} WHERE {column} > :ts"  # noqa: S608 - our own
            return int(ask(query, {"ts": seconds(at)})[0])

        return Later(
            later("snapshot", "ts"),
            sum(later(table, "first_ts") for table in span_tables),
            later("sample", "ts"),
            None if newest is None else time_of(newest),
        )


@contextlib.contextmanager
def _read(place: Location, mode: str | None = None) -> Iterator[Ask]:
    """One row for each question asked of a history."""
    if isinstance(place, Site):
        with opened(place, writing=False) as history, history.reading() as db:
            yield lambda query, values: next(db.rows(query, values))
        return
    mode = mode or reading_mode(place)
    with explained(place), contextlib.closing(connect(place, mode)) as connection:
        yield lambda query, values: connection.execute(query, values).fetchone()
