"""Retention run now and to its end, instead of a little with each look."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from recorder.store.connection import History, plain
from recorder.store.engine import opened
from recorder.store.figures import Pruned
from recorder.store.past_numbers import DAYS_ROLLED, HOURS_ROLLED
from recorder.store.retention import KEPT, PRUNED_UNTIL, noted, tidy
from recorder.store.site import Location

TABLES = ("sample", "snapshot", "rollup_hour")


def kept_for() -> Mapping[str, timedelta]:
    """How long the rows of the tables that are pruned are kept."""
    return {name: timedelta(days=kept.days) for name, kept in KEPT.items()}


def prune(place: Location) -> Pruned:
    """Roll up and delete all that is past its time, and give its pages back to the disk.

    Hold `one_look` meanwhile. Raises StoreError.
    """
    with opened(place) as history:
        before_bytes = _size(history, place)
        gone: Counter[str] = Counter()
        rolled = None
        while rolled != (rolled := _rolled_until(history)):
            # One tidying rolls up only so much, and nothing is deleted before it is rolled up.
            gone += _tidied(history)
        if isinstance(place, Path):
            with plain(history) as connection:
                connection.executescript(
                    "PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)"
                )
        rows = tuple((name, gone[name]) for name in TABLES)
        return Pruned(rows, before_bytes, _size(history, place))


def _size(history: History, place: Location) -> int:
    if isinstance(place, Path):
        return place.stat().st_size
    from recorder.store.postgresql.upkeep import size_bytes  # noqa: PLC0415 - only for a server

    with history.reading() as db:
        return size_bytes(db)


def _rolled_until(history: History) -> tuple[int | None, ...]:
    with history.reading() as db:
        return tuple(noted(db, note) for note in (HOURS_ROLLED, DAYS_ROLLED))


def _tidied(history: History) -> Counter[str]:
    """Tidy as if it had not been done today; returns how many rows were deleted, by table."""
    with history.transaction() as db:
        db.change("DELETE FROM meta WHERE key = :key", {"key": PRUNED_UNTIL})
    return Counter(tidy(history))
