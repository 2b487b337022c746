"""Forgetting what a wrong clock recorded.

A machine that looked while its clock stood in the future makes every true time after it one that
lies back. So the file is put back to how it stood at a time: as if no look had been taken since.
"""

from collections.abc import Iterator
from datetime import datetime

from recorder.model import Kind
from recorder.store.backup import back_up
from recorder.store.connection import Connection
from recorder.store.engine import opened
from recorder.store.past_numbers import DAYS_ROLLED, HOURS_ROLLED
from recorder.store.retention import DAY_SEC, HOUR_SEC, noted, put_note
from recorder.store.rows import seconds
from recorder.store.site import Location
from recorder.store.values import Backup

CHILDREN_FIRST = (Kind.ENDPOINT, Kind.SERVICE, Kind.MOUNT, Kind.VOLUME, Kind.IMPORT, Kind.HOST)


def drop_after(place: Location, at: datetime, now: datetime) -> Backup:
    """Forget everything recorded after `at`.

    Makes a verified backup first and returns it. Hold `one_look` meanwhile. Raises StoreError.
    """
    with opened(place) as history:
        backup = back_up(place, now)
        ts = seconds(at) or 0
        with history.transaction() as db:
            _forget_rolled(db, "rollup_hour", HOURS_ROLLED, HOUR_SEC, ts)
            _forget_rolled(db, "rollup_day", DAYS_ROLLED, DAY_SEC, ts)
            for statement in _statements():
                db.change(statement, {"ts": ts})
    return backup


def _forget_rolled(db: Connection, table: str, note: str, period: int, ts: int) -> None:
    """Forget roll-ups, and that of the time itself where its samples are there to make it anew.

    They are where older ones are, or where the history is no older than the period.
    """
    begin = ts - ts % period
    oldest = db.scalar("SELECT min(ts) FROM sample")
    recorded = db.scalar("SELECT min(first_ts) FROM coverage")
    older = oldest is not None and oldest <= begin
    young = recorded is not None and recorded >= begin
    end = begin if older or young else begin + period
    db.change(f"DELETE FROM {table} WHERE ts >= :end", {"end": end})  # noqa: S608
    rolled = noted(db, note)
    if rolled is not None:
        put_note(db, note, min(rolled, end))


def _statements() -> Iterator[str]:
    for kind in CHILDREN_FIRST:
        yield from _of_spans(kind)
    yield "DELETE FROM sample WHERE ts > :ts"
    yield "DELETE FROM import_event WHERE ts > :ts"
    yield "UPDATE told_until SET ts = :ts WHERE ts > :ts"
    yield """
        DELETE FROM gate_finding WHERE gate_span_id IN (
            SELECT id FROM gate_span WHERE first_ts > :ts)"""
    yield "DELETE FROM gate_span WHERE first_ts > :ts"
    yield "UPDATE gate_span SET last_ts = first_ts WHERE last_ts > :ts"
    yield "DELETE FROM coverage WHERE first_ts > :ts"
    yield """
        UPDATE coverage SET
            last_ts = coalesce((SELECT max(snapshot.ts) FROM snapshot
                WHERE snapshot.ts BETWEEN coverage.first_ts AND :ts), :ts),
            snapshots = max(1, snapshots - (SELECT count(*) FROM snapshot
                WHERE snapshot.ts > :ts AND snapshot.ts <= coverage.last_ts))
        WHERE last_ts > :ts"""
    yield "DELETE FROM snapshot WHERE ts > :ts"
    yield """
        UPDATE series SET (last_ts, last_value) = (
            SELECT ts, value FROM sample WHERE sample.series_id = series.id
            UNION ALL
            SELECT ts, last FROM rollup_day WHERE rollup_day.series_id = series.id
            ORDER BY ts DESC LIMIT 1
        ) WHERE last_ts > :ts"""
    for kind in CHILDREN_FIRST:
        yield from _of_entities(kind)


def _of_spans(kind: Kind) -> Iterator[str]:
    """Drop later spans; the newest of those left is open again, unless it is an end."""
    newest = f"""(SELECT max(first_ts) FROM {kind}_span AS other
        WHERE other.entity_id = span.entity_id)"""  # noqa: S608 - the names are our own
    yield f"DELETE FROM {kind}_span WHERE first_ts > :ts"  # noqa: S608
    yield f"""
        UPDATE {kind}_span AS span SET last_ts = NULL
        WHERE last_ts IS NOT NULL AND state <> 'gone' AND first_ts = {newest}"""  # noqa: S608
    yield retired(kind)


def retired(kind: Kind) -> str:
    """A thing is no more since its newest span says that it is gone."""
    return f"""
        UPDATE entity SET retired_ts = (
            SELECT first_ts FROM {kind}_span AS span
            WHERE span.entity_id = entity.id AND state = 'gone' AND first_ts = (
                SELECT max(first_ts) FROM {kind}_span AS other
                WHERE other.entity_id = span.entity_id
            )
        ) WHERE kind = '{kind}'"""  # noqa: S608


def _of_entities(kind: Kind) -> Iterator[str]:
    """Drop what was first seen later, with what hangs on it."""
    of_none = f"""SELECT id FROM entity WHERE kind = '{kind}'
        AND id NOT IN (SELECT entity_id FROM {kind}_span)"""  # noqa: S608
    for table in ("import_event", "told_until", "prior_boot", "series"):
        yield f"DELETE FROM {table} WHERE entity_id IN ({of_none})"  # noqa: S608
    yield f"DELETE FROM entity WHERE id IN ({of_none})"  # noqa: S608
