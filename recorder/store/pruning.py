"""Retention run now and to its end, instead of a little with each look."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from recorder.store.connection import plain, reading, transaction
from recorder.store.engine import opened
from recorder.store.figures import Pruned
from recorder.store.library import sa
from recorder.store.past_numbers import DAYS_ROLLED, HOURS_ROLLED
from recorder.store.retention import KEPT, PRUNED_UNTIL, noted, tidy
from recorder.store.site import Location
from recorder.store.tables import meta

TABLES = ("sample", "snapshot", "rollup_hour")


def kept_for() -> Mapping[str, timedelta]:
    """How long the rows of the tables that are pruned are kept."""
    return {name: timedelta(days=kept.days) for name, kept in KEPT.items()}


def prune(place: Location) -> Pruned:
    """Roll up and delete all that is past its time, and give its pages back to the disk.

    Hold `one_look` meanwhile. Raises StoreError.
    """
    with opened(place) as engine:
        before_bytes = _size(engine, place)
        gone: Counter[str] = Counter()
        rolled = None
        while rolled != (rolled := _rolled_until(engine)):
            # One tidying rolls up only so much, and nothing is deleted before it is rolled up.
            gone += _tidied(engine)
        if isinstance(place, Path):
            with plain(engine) as connection:
                connection.executescript(
                    "PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)"
                )
        rows = tuple((name, gone[name]) for name in TABLES)
        return Pruned(rows, before_bytes, _size(engine, place))


def _size(engine: sa.Engine, place: Location) -> int:
    if isinstance(place, Path):
        return place.stat().st_size
    from recorder.store.postgresql.upkeep import size_bytes  # noqa: PLC0415 - only for a server

    with reading(engine) as db:
        return size_bytes(db)


def _rolled_until(engine: sa.Engine) -> tuple[int | None, ...]:
    with reading(engine) as db:
        return tuple(noted(db, note) for note in (HOURS_ROLLED, DAYS_ROLLED))


def _tidied(engine: sa.Engine) -> Counter[str]:
    """Tidy as if it had not been done today; returns how many rows were deleted, by table."""
    with transaction(engine) as db:
        db.execute(meta.delete().where(meta.c.key == PRUNED_UNTIL))
    return Counter(tidy(engine))
