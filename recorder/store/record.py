"""The one write: a snapshot becomes spans, samples and a look, all of it or nothing.

A state that did not change touches no row. One that did ends its span at the snapshot before and
begins another at this one. What a host no longer has is gone; what it could not be asked about is
unknown, which never ends as anything else did.
"""

from collections.abc import Iterable
from datetime import timedelta

from recorder.frozen import frozen
from recorder.model import HostState, ImportCount, Kind, Snapshot
from recorder.store import entities, looks, numbers, spans
from recorder.store.connection import Connection, History
from recorder.store.entities import Match
from recorder.store.identity import sightings
from recorder.store.imports import keep_titles
from recorder.store.live import Live, live_things
from recorder.store.loops import Restarts, steadied
from recorder.store.numbers import KnownSeries
from recorder.store.rows import UNKNOWN, Row, row_of, seconds
from recorder.store.things import time_of
from recorder.store.values import Recorded

DAY_SEC = 86400
LAST_BOOT = """
    SELECT boot_id FROM host_span WHERE entity_id = :id AND boot_id IS NOT NULL
    ORDER BY first_ts DESC LIMIT 1"""
BEGUN_SINCE = "SELECT count(*) FROM service_span WHERE entity_id = :id AND first_ts > :since"


@frozen
class Turn:
    """One snapshot's place in the history, while it is written."""

    db: Connection
    ts: int  # when it is recorded
    last_ts: int  # the snapshot before; the same where this is the first
    known: KnownSeries
    change: spans.Change


def record(history: History, snapshot: Snapshot) -> Recorded:
    """Store a snapshot of the whole stack; what it does not hold is no more.

    A look narrowed to a host, a service or a part must not be recorded. Raises StoreError;
    ClockError where the clock went back too far. Nothing is stored then.
    """
    with history.transaction() as db:
        before = looks.newest(db)
        ts = looks.time_to_record(snapshot.taken_at, before)
        last_ts = ts if before.last_ts is None else before.last_ts
        live = live_things(db)
        home = entities.site_id(db, snapshot.site)
        matches, unsighted = entities.match(db, home, sightings(snapshot), live)
        known = numbers.known_series(db)  # of what came back, too
        turn = Turn(db, ts, last_ts, known, spans.Change(db))
        for match in matches:
            _see(turn, match)
        _miss(turn, snapshot, unsighted, live)
        turn.change.write()
        things = [(match.sighting.key.kind, match.id, match.sighting.thing) for match in matches]
        numbers.store(db, ts, before.last_ts, things, turn.known)
        for _, entity_id, thing in things:
            if isinstance(thing, ImportCount):
                keep_titles(db, entity_id, (*thing.titles, *thing.earlier))
        looks.cover(db, before, ts)
        looks.log(db, snapshot, ts)
    return _recorded(snapshot, ts)


def rehearse(history: History) -> None:
    """Read what `record` will, so that its queries are made ready while there is time."""
    with history.reading() as db:
        looks.newest(db)
        looks.usual_interval_sec(db)
        live_things(db)
        numbers.known_series(db)


def _recorded(snapshot: Snapshot, ts: int) -> Recorded:
    shift = ts - (seconds(snapshot.taken_at) or 0)
    note = None
    if shift > 1:  # by one: two looks in one second, no fault of the clock's
        note = f"the clock went back {timedelta(seconds=shift - 1)}; recorded {shift} s later"
    return Recorded(time_of(ts), shift, note)


def _see(turn: Turn, match: Match) -> None:
    """Begin a span for a sighted thing that is new or left the one it was in."""
    kind, live = match.sighting.key.kind, match.live
    row = row_of(match.sighting.thing, turn.ts)
    if kind is Kind.HOST:
        row = _remembering_boot(turn.db, match, row)
    if kind is Kind.SERVICE and live is not None:
        row = _steadied(turn, live, row)
    if live is None:
        turn.change.begin(kind, match.id, turn.ts, row)
    elif spans.differs(kind, live.row, row):
        _change(turn, live, row)


def _change(turn: Turn, live: Live, row: Row) -> None:
    turn.change.end(live, turn.last_ts)
    turn.change.begin(live.kind, live.id, turn.ts, row)


def _remembering_boot(db: Connection, match: Match, row: Row) -> Row:
    """A host that is down keeps the boot id it was last known by, so that a reboot can be told."""
    if row["state"] != HostState.DOWN:
        return row
    if match.live is not None and match.live.row["state"] != UNKNOWN:
        return {**row, "boot_id": match.live.row["boot_id"]}
    return {**row, "boot_id": db.scalar(LAST_BOOT, {"id": match.id})}


def _steadied(turn: Turn, live: Live, row: Row) -> Row:
    kept = turn.known.get((live.id, "restart_count"))
    count = kept.last_value if kept else live.row["restart_count"]
    restarts = Restarts(count, kept.last_ts if kept else None)

    def spans_of_the_day() -> int:
        since = turn.ts - DAY_SEC
        return turn.db.scalar(BEGUN_SINCE, {"id": live.id, "since": since}) or 0

    return steadied(live.row, row, turn.ts, restarts, spans_of_the_day)


def _miss(turn: Turn, snapshot: Snapshot, unsighted: Iterable[Live], live: Iterable[Live]) -> None:
    """End what is no more; what its host could not be asked about is unknown."""
    dark = spans.darkness(snapshot)
    hosts = {thing.id: thing.identity for thing in live if thing.kind is Kind.HOST}
    for thing in unsighted:
        reason = dark.get((thing.kind, hosts.get(thing.parent_id or 0, "")))
        row = spans.no_more(thing) if reason is None else spans.unseen(thing, reason)
        if spans.differs(thing.kind, thing.row, row):
            _change(turn, thing, row)
        if reason is None:
            entities.retire(turn.db, thing, turn.ts)
