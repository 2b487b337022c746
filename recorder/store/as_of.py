"""The stack as it was at a time, rebuilt from the store alone.

What was known is what the last snapshot before it saw. What that one could not see is unknown in
it, and what was last known of it stands beside, with when.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from recorder.errors import NoHistoryError
from recorder.frozen import frozen
from recorder.model import (
    Endpoint,
    Host,
    HostState,
    ImportCount,
    Kind,
    Mount,
    Service,
    Snapshot,
    Thing,
    Trigger,
    Volume,
)
from recorder.store.connection import Connection, History
from recorder.store.looks import LATE_INTERVALS, raw_from, usual_interval_sec
from recorder.store.past_numbers import Numbers, numbers_at
from recorder.store.rows import UNKNOWN, seconds
from recorder.store.selecting import at_time, place_of, row_from, spans_sql
from recorder.store.things import Place, thing_of, time_of
from recorder.store.values import LastKnown, Moment, Stretch

COVERING = """
    SELECT first_ts, last_ts FROM coverage WHERE first_ts <= :ts
    ORDER BY first_ts DESC LIMIT 1"""
NEXT_STRETCH = "SELECT min(first_ts) FROM coverage WHERE first_ts > :ts"
LOOK_BEFORE = "SELECT max(ts) FROM snapshot WHERE ts <= :ts"
LOOK = "SELECT duration_ms, trigger FROM snapshot WHERE ts = :ts"
LAST_UP = """
    SELECT max(last_ts) FROM host_span
    WHERE entity_id = :id AND state = 'up' AND first_ts <= :ts"""


@frozen
class Found:
    """A stored thing in a moment."""

    id: int
    parent_id: int | None
    kind: Kind
    place: Place
    thing: Thing
    unknown: bool


def as_of(history: History, at: datetime, kinds: Collection[Kind] = tuple(Kind)) -> Moment:
    """The stack as it was known at a time, or of it the things of some kinds.

    Raises NoHistoryError before the first snapshot.
    """
    with history.reading() as db:
        return _moment(history, db, at, kinds)


def latest(history: History) -> Moment:
    """The stack as the newest snapshot saw it. Raises NoHistoryError where there is none."""
    with history.reading() as db:
        newest = db.scalar("SELECT max(last_ts) FROM coverage")
        if newest is None:
            raise NoHistoryError(
                f"nothing is recorded in {history.place} yet; `ops media.status` records"
            )
        return _moment(history, db, time_of(newest), tuple(Kind))


def _moment(history: History, db: Connection, at: datetime, kinds: Collection[Kind]) -> Moment:
    asked = seconds(at) or 0
    covered = db.first(COVERING, {"ts": asked})
    if covered is None:
        raise NoHistoryError(f"nothing was recorded in {history.place} up to {at:%Y-%m-%d %H:%M}")
    ts = _look_before(db, min(asked, covered.last_ts))
    numbers = numbers_at(db, ts)
    found = [thing for kind in kinds for thing in _found(db, kind, ts, numbers)]
    last_known = tuple(_last_known(db, ts, found))
    return Moment(at, _snapshot(db, ts, found), last_known, _gap(db, asked, covered.last_ts))


def _look_before(db: Connection, ts: int) -> int:
    """The snapshot at or before a covered time; the time itself once its row is pruned."""
    if ts < raw_from(db):
        return ts
    found = db.scalar(LOOK_BEFORE, {"ts": ts})
    return ts if found is None else int(found)


def _gap(db: Connection, asked: int, last_ts: int) -> Stretch | None:
    if asked <= last_ts:
        return None
    following = db.scalar(NEXT_STRETCH, {"ts": asked})
    if following is None and asked - last_ts <= LATE_INTERVALS * usual_interval_sec(db):
        return None
    return Stretch(time_of(last_ts), None if following is None else time_of(following))


def _found(db: Connection, kind: Kind, ts: int, numbers: Numbers) -> Iterator[Found]:
    where = f"""
        entity.kind = :kind AND (entity.retired_ts IS NULL OR entity.retired_ts > :ts)
        AND {at_time(kind)} AND span.state <> 'gone'
        ORDER BY entity.position, entity.id"""
    query = spans_sql(kind, where, placed=True)
    for row in db.mappings(query, {"kind": kind.value, "ts": ts}):
        yield _thing(kind, row, ts, numbers)


def _thing(kind: Kind, row: Mapping[Any, Any], ts: int, numbers: Numbers) -> Found:
    place, unknown = place_of(kind, row), row["state"] == UNKNOWN
    own = {} if unknown else numbers.get(row["entity_id"], {})
    thing = thing_of(kind, place, row_from(kind, row), own, ts)
    return Found(row["entity_id"], row["parent_id"], kind, place, thing, unknown)


def _last_known(db: Connection, ts: int, found: Sequence[Found]) -> Iterator[LastKnown]:
    numbers: dict[int, Numbers] = {}
    for kind in Kind:
        unknown = [str(thing.id) for thing in found if thing.kind is kind and thing.unknown]
        if not unknown:
            continue
        where = f"""
            entity.id IN ({", ".join(unknown)})
            AND {at_time(kind, known=True)} AND span.state <> 'gone'
            ORDER BY entity.position, entity.id"""
        for row in db.mappings(spans_sql(kind, where, placed=True), {"ts": ts}):
            seen = row["last_ts"]
            if seen not in numbers:
                numbers[seen] = numbers_at(db, seen)
            known = _thing(kind, row, seen, numbers[seen])
            yield LastKnown(kind, known.place.host, known.place.name, time_of(seen), known.thing)


def _snapshot(db: Connection, ts: int, found: Sequence[Found]) -> Snapshot:
    look = db.first(LOOK, {"ts": ts})
    endpoints = {one.parent_id: one.thing for one in found if isinstance(one.thing, Endpoint)}
    return Snapshot(
        taken_at=time_of(ts),
        duration_ms=look.duration_ms if look else 0,
        trigger=Trigger(look.trigger) if look else Trigger.SCHEDULE,
        site=db.scalar("SELECT name FROM site") or "",
        hosts=tuple(_hosts(db, ts, found)),
        services=tuple(
            replace(one.thing, endpoint=endpoints.get(one.id))
            for one in found
            if isinstance(one.thing, Service)
        ),
        mounts=tuple(one.thing for one in found if isinstance(one.thing, Mount)),
        volumes=tuple(one.thing for one in found if isinstance(one.thing, Volume)),
        imports=tuple(one.thing for one in found if isinstance(one.thing, ImportCount)),
    )


def _hosts(db: Connection, ts: int, found: Iterable[Found]) -> Iterator[Host]:
    """The hosts, each with when it was last seen up."""
    for one in found:
        host = one.thing
        if not isinstance(host, Host):
            continue
        if host.state is HostState.UP:
            yield replace(host, last_seen=time_of(ts))
            continue
        seen = db.scalar(LAST_UP, {"id": one.id, "ts": ts})
        yield replace(host, boot_id=None, last_seen=None if seen is None else time_of(seen))
