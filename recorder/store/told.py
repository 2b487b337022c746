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
from recorder.store.connection import transaction
from recorder.store.imports import keep_titles
from recorder.store.library import sa
from recorder.store.numbers import DAY_SEC
from recorder.store.rows import seconds, text
from recorder.store.tables import entity, spans, told_until
from recorder.store.things import time_of

FIRST_IMPORTS = timedelta(days=30)
OVERLAP = timedelta(days=1)  # clocks differ, and an import may be told late
EACH_SEC = 6 * 3600  # how often the mark of an app without a hole is moved
FIRST_BOOTS_SEC = 365 * DAY_SEC
SAME_BOOT_SEC = 300
BOOT = sa.text(
    "INSERT INTO prior_boot (entity_id, ts, source) VALUES (:entity_id, :ts, :source) "
    "ON CONFLICT DO NOTHING"
)
Known = dict[tuple[str, str], tuple[int, int | None]]  # by kind and identity: its id, its mark


def untold(engine: sa.Engine, snapshot: Snapshot) -> Untold:
    """What the things that answered a recorded look were not asked yet. Raises StoreError."""
    with transaction(engine) as db:
        known = _known(db)
        hosts = (host.name for host in snapshot.hosts if host.state is HostState.UP)
        return Untold(
            tuple(name for name in hosts if known.get(_key(Kind.HOST, name), (0, 0))[1] is None),
            tuple(_holes(db, snapshot, known)),
        )


def _known(db: sa.Connection) -> Known:
    found = db.execute(
        sa.select(entity.c.kind, entity.c.identity, entity.c.id, told_until.c.ts)
        .join_from(entity, told_until, told_until.c.entity_id == entity.c.id, isouter=True)
        .where(
            entity.c.kind.in_([Kind.HOST.value, Kind.IMPORT.value]), entity.c.retired_ts.is_(None)
        )
    )
    return {(row.kind, row.identity): (row.id, row.ts) for row in found}


def _key(kind: Kind, name: str) -> tuple[str, str]:
    return kind.value, text(name) or ""


def _holes(db: sa.Connection, snapshot: Snapshot, known: Known) -> list[Hole]:
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


def take_in(engine: sa.Engine, told: Told) -> None:
    """Record what was told, and up to when that is whole: all of it or nothing. Raises StoreError.

    Told twice, it is there once.
    """
    with transaction(engine) as db:
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


def _take_boots(db: sa.Connection, entity_id: int, host: HostPast) -> None:
    """Record the boots before a host was first seen, but the last of them: its uptime told that."""
    span = spans[Kind.HOST]
    first = db.execute(
        sa.select(span.c.first_ts, span.c.booted_ts)
        .where(span.c.entity_id == entity_id, span.c.state == HostState.UP.value)
        .order_by(span.c.first_ts)
        .limit(1)
    ).first()
    if first is None:
        return
    end = first.first_ts if first.booted_ts is None else first.booted_ts - SAME_BOOT_SEC
    begin = first.first_ts - FIRST_BOOTS_SEC
    for boot in host.boots:
        ts = seconds(boot.at) or 0
        if begin <= ts < end:
            row = {"entity_id": entity_id, "ts": ts, "source": boot.source.value}
            db.execute(BOOT, row)
    _mark(db, entity_id, first.first_ts)


def _take_imports(db: sa.Connection, entity_id: int, until: int | None, app: AppPast) -> None:
    keep_titles(db, entity_id, app.titles)
    _mark(db, entity_id, max(seconds(app.until) or 0, until or 0))


def _mark(db: sa.Connection, entity_id: int, ts: int) -> None:
    moved = db.execute(told_until.update().where(told_until.c.entity_id == entity_id).values(ts=ts))
    if moved.rowcount == 0:
        db.execute(told_until.insert().values(entity_id=entity_id, ts=ts))
