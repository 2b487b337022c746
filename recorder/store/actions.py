"""What this program itself did, in the history.

A row is written before an effect begins, without an end, and completed after it: a program that
was killed leaves a row that says so.
"""

import contextlib
from datetime import datetime, timedelta

from recorder.errors import StoreError
from recorder.model import Action
from recorder.store.connection import engine_of, reading, transaction
from recorder.store.engine import opened
from recorder.store.library import sa
from recorder.store.rows import seconds, text
from recorder.store.site import Location, Site
from recorder.store.tables import action
from recorder.store.things import moment, time_of

LONGEST = timedelta(days=1)  # that an action is looked back for
ARGUMENTS_LIMIT = 8000


def begin(place: Location, begun: Action) -> int:
    """Note what is about to be done; its id. Raises StoreError."""
    with opened(place) as engine, transaction(engine) as db:
        added = sa.insert(action).values(_row(begun)).returning(action.c.id)
        return int(db.execute(added).scalar_one())


def finish(place: Location, begun_id: int, done: Action) -> None:
    """Note how it ended; anew, where its row went with the file it was in. Raises StoreError."""
    row = _row(done)
    same = (
        action.c.id == begun_id,
        action.c.started_ts == row["started_ts"],
        action.c.capability == done.capability,
    )
    with opened(place) as engine, transaction(engine) as db:
        if not db.execute(action.update().where(*same).values(row)).rowcount:
            db.execute(action.insert().values(row))


def log(place: Location, done: Action) -> None:
    """Note what was done, all at once. Raises StoreError."""
    begin(place, done)


def log_failed(place: Location, done: Action) -> None:
    """Note what failed in the history as it is, where that can be done.

    None is made for it and no schema upgraded: either may be what failed.
    """
    if isinstance(place, Site):
        from recorder.store.postgresql import engine as server  # noqa: PLC0415 - only for one

        engine = server.engine_of(place)
    else:
        engine = engine_of(place)
    with contextlib.suppress(StoreError, sa.exc.DBAPIError), transaction(engine) as db:
        db.execute(action.insert().values(_row(done)))
    engine.dispose()


def actions(
    engine: sa.Engine, since: datetime | None = None, until: datetime | None = None
) -> tuple[Action, ...]:
    """What was under way or begun after `since`, up to and with `until`, oldest first."""
    after, up_to = seconds(since), seconds(until)
    query = sa.select(action).order_by(action.c.started_ts, action.c.id)
    if after is not None:
        query = query.where(
            action.c.started_ts >= after - LONGEST.total_seconds(),
            sa.or_(action.c.ended_ts.is_(None), action.c.ended_ts >= after),
        )
    if up_to is not None:
        query = query.where(action.c.started_ts <= up_to)
    with reading(engine) as db:
        return tuple(
            Action(
                row.capability,
                row.arguments,
                row.user,
                time_of(row.started_ts),
                moment(row.ended_ts),
                row.exit_code,
                row.note,
            )
            for row in db.execute(query)
        )


def _row(of: Action) -> dict[str, object]:
    return {
        "capability": of.capability,
        "arguments": text(of.arguments, ARGUMENTS_LIMIT),
        "user": text(of.user),
        "started_ts": seconds(of.started_at),
        "ended_ts": seconds(of.ended_at),
        "exit_code": of.exit_code,
        "note": text(of.note),
    }
