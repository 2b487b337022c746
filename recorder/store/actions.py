"""What this program itself did, in the history."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from recorder.store.connection import transaction
from recorder.store.engine import opened
from recorder.store.rows import seconds, text
from recorder.store.tables import action


@dataclass(frozen=True, slots=True)
class Action:
    """One thing done."""

    capability: str
    arguments: str  # as typed
    user: str
    started_at: datetime
    ended_at: datetime
    exit_code: int
    note: str | None = None


def log(path: Path, done: Action) -> None:
    """Note what was done. Raises StoreError."""
    with opened(path) as engine, transaction(engine) as db:
        db.execute(
            action.insert().values(
                capability=done.capability,
                arguments=text(done.arguments),
                user=text(done.user),
                started_ts=seconds(done.started_at),
                ended_ts=seconds(done.ended_at),
                exit_code=done.exit_code,
                note=text(done.note),
            )
        )
