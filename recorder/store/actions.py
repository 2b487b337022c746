"""What this program itself did, in the history.

A row is written before an effect begins, without an end, and completed after it: a program that
was killed leaves a row that says so.
"""

import contextlib
import sqlite3
from datetime import datetime, timedelta

from recorder.errors import StoreError
from recorder.model import Action
from recorder.store.connection import FileHistory, History
from recorder.store.engine import opened
from recorder.store.rows import seconds, text
from recorder.store.site import Location, Site
from recorder.store.tables import insertion
from recorder.store.things import moment, time_of

LONGEST = timedelta(days=1)  # that an action is looked back for
ARGUMENTS_LIMIT = 8000
ADD = insertion("action", with_key=False)
FINISH = """
    UPDATE action SET arguments = :arguments, "user" = :user, ended_ts = :ended_ts,
        exit_code = :exit_code, note = :note
    WHERE id = :id AND started_ts = :started_ts AND capability = :capability"""
ACTIONS = """
    SELECT capability, arguments, "user", started_ts, ended_ts, exit_code, note FROM action
    WHERE started_ts >= :earliest AND started_ts <= :until
        AND (ended_ts IS NULL OR ended_ts >= :since)
    ORDER BY started_ts, id"""
FAR = 1 << 62


def begin(place: Location, begun: Action) -> int:
    """Note what is about to be done; its id. Raises StoreError."""
    with opened(place) as history, history.transaction() as db:
        return int(db.scalar(f"{ADD} RETURNING id", _row(begun)))


def finish(place: Location, begun_id: int, done: Action) -> None:
    """Note how it ended; anew, where its row went with the file it was in. Raises StoreError."""
    row = _row(done)
    with opened(place) as history, history.transaction() as db:
        if not db.change(FINISH, {**row, "id": begun_id}):
            db.change(ADD, row)


def log(place: Location, done: Action) -> None:
    """Note what was done, all at once. Raises StoreError."""
    begin(place, done)


def log_failed(place: Location, done: Action) -> None:
    """Note what failed in the history as it is, where that can be done.

    None is made for it and no schema upgraded: either may be what failed.
    """
    history, mistake = _as_it_is(place)
    with (
        contextlib.suppress(StoreError, mistake),
        contextlib.closing(history),
        history.transaction() as db,
    ):
        db.change(ADD, _row(done))


def _as_it_is(place: Location) -> tuple[History, type[Exception]]:
    """A history that is not looked at before it is opened, and what its driver raises."""
    if isinstance(place, Site):
        from recorder.store.postgresql import history as server  # noqa: PLC0415 - only for one

        return server.ServerHistory(place), server.MISTAKE
    return FileHistory(place), sqlite3.Error


def actions(
    history: History, since: datetime | None = None, until: datetime | None = None
) -> tuple[Action, ...]:
    """What was under way or begun after `since`, up to and with `until`, oldest first."""
    after, up_to = seconds(since), seconds(until)
    bounds = {
        "since": -FAR if after is None else after,
        "earliest": -FAR if after is None else after - int(LONGEST.total_seconds()),
        "until": FAR if up_to is None else up_to,
    }
    with history.reading() as db:
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
            for row in db.rows(ACTIONS, bounds)
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
