"""Retention run now and to its end, instead of a little with each look."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from recorder.store.connection import plain, reading, transaction
from recorder.store.engine import opened
from recorder.store.figures import Pruned
from recorder.store.library import sa
from recorder.store.past_numbers import DAYS_ROLLED, HOURS_ROLLED
from recorder.store.retention import KEPT, PRUNED_UNTIL, noted, tidy
from recorder.store.tables import meta, metadata

TABLES = ("sample", "snapshot", "rollup_hour")


def kept_for() -> Mapping[str, timedelta]:
    """How long the rows of the tables that are pruned are kept."""
    return {name: timedelta(days=kept.days) for name, kept in KEPT.items()}


def prune(path: Path) -> Pruned:
    """Roll up and delete all that is past its time, and give its pages back to the disk.

    Hold `one_look` meanwhile. Raises StoreError.
    """
    with opened(path) as engine:
        before, size = _counts(engine), path.stat().st_size
        rolled = None
        while rolled != (rolled := _tidied(engine)):
            pass  # one tidying rolls up only so much, and nothing is deleted before it is rolled up
        with plain(engine) as connection:
            connection.executescript("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)")
        after = _counts(engine)
        gone = tuple((name, max(0, before[name] - after[name])) for name in TABLES)
        return Pruned(gone, size, path.stat().st_size)


def _tidied(engine: sa.Engine) -> tuple[int | None, ...]:
    """Tidy as if it had not been done today; returns up to where numbers are rolled up."""
    with transaction(engine) as db:
        db.execute(meta.delete().where(meta.c.key == PRUNED_UNTIL))
    tidy(engine)
    with reading(engine) as db:
        return tuple(noted(db, note) for note in (HOURS_ROLLED, DAYS_ROLLED))


def _counts(engine: sa.Engine) -> dict[str, int]:
    with reading(engine) as db:
        return {
            name: db.scalar(sa.select(sa.func.count()).select_from(metadata.tables[name])) or 0
            for name in TABLES
        }
