"""What hosts and apps themselves know of the time before: what is wanting of it, and taking it in.

Of an app, `told_until` says up to when its history is recorded without a hole; of a host, that it
was asked for its boots. A look tells of an app's last day or two, so the mark follows by itself
while somebody looks each day; after a longer break a hole is left between them. An app that would
not fill its hole is left alone for a while.
"""

from datetime import timedelta

from recorder.model import HostState, ImportState, Kind, Snapshot
from recorder.model.past import AppPast, Hole, HostPast, Told, Untold
from recorder.store.backing_off import forget_failures, is_left_alone, note_failure
from recorder.store.connection import Connection, History
from recorder.store.imports import keep_titles
from recorder.store.numbers import DAY_SEC
from recorder.store.rows import seconds, text
from recorder.store.tables import insertion
from recorder.store.things import time_of

FIRST_IMPORTS = timedelta(days=30)
OVERLAP = timedelta(days=1)  # clocks differ, and an import may be told late
EACH_SEC = 6 * 3600  # how often the mark of an app without a hole is moved
FIRST_BOOTS_SEC = 365 * DAY_SEC
SAME_BOOT_SEC = 300
BOOT = f"{insertion('prior_boot')} ON CONFLICT DO NOTHING"
KNOWN = """
    SELECT entity.kind, entity.identity, entity.id, told_until.ts
    FROM entity LEFT JOIN told_until ON told_until.entity_id = entity.id
    WHERE entity.kind IN ('host', 'import') AND entity.retired_ts IS NULL"""
FIRST_UP = """
    SELECT first_ts, booted_ts FROM host_span
    WHERE entity_id = :id AND state = 'up' ORDER BY first_ts LIMIT 1"""
MARK = f"{insertion('told_until')} ON CONFLICT (entity_id) DO UPDATE SET ts = excluded.ts"
Known = dict[tuple[str, str], tuple[int, int | None]]  # by kind and identity: its id, its mark


def untold(history: History, snapshot: Snapshot) -> Untold:
    """What the things that answered a recorded look were not asked yet. Raises StoreError."""
    with history.transaction() as db:
        known = _known(db)
        hosts = (host.name for host in snapshot.hosts if host.state is HostState.UP)
        return Untold(
            tuple(name for name in hosts if known.get(_key(Kind.HOST, name), (0, 0))[1] is None),
            tuple(_holes(db, snapshot, known)),
        )


def _known(db: Connection) -> Known:
    return {(row.kind, row.identity): (row.id, row.ts) for row in db.rows(KNOWN)}


def _key(kind: Kind, name: str) -> tuple[str, str]:
    return kind.value, text(name) or ""


def _holes(db: Connection, snapshot: Snapshot, known: Known) -> list[Hole]:
    """The holes of apps that answered; the marks of those without one are moved on."""
    taken_at, now = snapshot.taken_at, seconds(snapshot.taken_at) or 0
    holes = []
    for imported in snapshot.imports:
        entity_id, until = known.get(_key(Kind.IMPORT, imported.app), (0, None))
        if imported.state is not ImportState.OK or not entity_id:
            continue
        if until is None:
            holes.append(Hole(imported.app, taken_at - FIRST_IMPORTS, taken_at))
        elif until < (seconds(imported.told_since) or now):
            holes.append(Hole(imported.app, time_of(until) - OVERLAP, taken_at))
        elif now - until > EACH_SEC:
            _mark(db, entity_id, now)
    return [hole for hole in holes if not is_left_alone(db, hole.app, now)]


def take_in(history: History, told: Told) -> None:
    """Record what was told, and up to when that is whole: all of it or nothing. Raises StoreError.

    Told twice, it is there once.
    """
    with history.transaction() as db:
        known = _known(db)
        for host in told.hosts:
            entity_id, until = known.get(_key(Kind.HOST, host.host), (0, None))
            if entity_id and until is None:
                _take_boots(db, entity_id, host)
        for app in told.apps:
            entity_id, until = known.get(_key(Kind.IMPORT, app.app), (0, None))
            if entity_id:
                _take_imports(db, entity_id, until, app)
                forget_failures(db, app.app)
        for hole in told.silent:
            note_failure(db, hole.app, seconds(hole.until) or 0)


def _take_boots(db: Connection, entity_id: int, host: HostPast) -> None:
    """Record the boots before a host was first seen, but the last of them: its uptime told that."""
    first = db.first(FIRST_UP, {"id": entity_id})
    if first is None:
        return
    end = first.first_ts if first.booted_ts is None else first.booted_ts - SAME_BOOT_SEC
    begin = first.first_ts - FIRST_BOOTS_SEC
    for boot in host.boots:
        ts = seconds(boot.at) or 0
        if begin <= ts < end:
            row = {"entity_id": entity_id, "ts": ts, "source": boot.source.value}
            db.change(BOOT, row)
    _mark(db, entity_id, first.first_ts)


def _take_imports(db: Connection, entity_id: int, until: int | None, app: AppPast) -> None:
    keep_titles(db, entity_id, app.titles)
    _mark(db, entity_id, max(seconds(app.until) or 0, until or 0))


def _mark(db: Connection, entity_id: int, ts: int) -> None:
    db.change(MARK, {"entity_id": entity_id, "ts": ts})
