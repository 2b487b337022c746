"""Spans begun and ended: the whole of what a change of state writes.

Invariant: a thing has at most one open span, and one that ends does so at a snapshot before the
next begins. What nobody could see is a span of its own; what is no more ends in a mark of one
moment, so that coming back is a beginning.
"""

from collections.abc import Mapping
from typing import Final

from recorder.model import HostState, Kind, Reason, Snapshot
from recorder.store.library import sa
from recorder.store.live import Live
from recorder.store.rows import GONE, UNKNOWN, Definition, Image, Row, hidden
from recorder.store.tables import SHAPES, definition, image, spans

REFERRED: Final = {"definition_id": definition, "image_id": image}


def differs(kind: Kind, was: Row, now: Row) -> bool:
    """Whether a thing left the span it was in."""
    return any(was[name] != now[name] for name in SHAPES[kind].compared)


def end(db: sa.Connection, live: Live, ts: int) -> None:
    """Close a span at the last snapshot that saw it so."""
    span = spans[live.kind]
    db.execute(
        span.update()
        .where(span.c.entity_id == live.id, span.c.first_ts == live.first_ts)
        .values(last_ts=ts)
    )


def begin(db: sa.Connection, kind: Kind, entity_id: int, ts: int, row: Row) -> None:
    """Open a span; one of what is no more is closed as it opens."""
    values = {
        name: _reference(db, REFERRED[name], value) if name in REFERRED else value
        for name, value in row.items()
    }
    last_ts = ts if row["state"] == GONE else None
    db.execute(
        spans[kind].insert().values(entity_id=entity_id, first_ts=ts, last_ts=last_ts, **values)
    )


def _reference(db: sa.Connection, table: sa.Table, named: Definition | Image | None) -> int | None:
    """The row of a table that says just this, made where there is none."""
    if named is None:
        return None
    columns = {name: getattr(named, name) for name in named._fields}
    same = [table.c[name].is_not_distinct_from(value) for name, value in columns.items()]
    if isinstance(named, Image) and named.digest is not None:
        # The beginning of a digest finds it, in an index an eighth the size of one of digests.
        beginning: sa.ColumnElement[str] = sa.literal_column("substr(image.digest, 8, 8)")
        same.append(beginning == named.digest[7:15])
    known = db.scalar(sa.select(table.c.id).where(*same))
    if known is not None:
        return int(known)
    key = db.execute(table.insert().values(**columns)).inserted_primary_key
    return None if key is None else int(key[0])


def unseen(live: Live, reason: Reason) -> Row:
    """The row of a thing its host could not be asked about."""
    row = hidden(live.kind, live.row)
    row.update(state=UNKNOWN, reason=reason.value)
    if "detail" in row:
        row["detail"] = None
    return row


def no_more(live: Live) -> Row:
    """The row that marks the end of a thing."""
    row = unseen(live, Reason.NOT_ASKED)
    row.update(state=GONE, reason=None)
    return row


def darkness(snapshot: Snapshot) -> Mapping[tuple[Kind, str], Reason]:
    """Why nothing can be said of what a host has: (kind of what it has, host) → reason."""
    dark: dict[tuple[Kind, str], Reason] = {}
    for host in snapshot.hosts:
        if host.state is not HostState.UP:
            reason = Reason.HOST_DOWN if host.state is HostState.DOWN else Reason.NOT_ASKED
            dark |= {(kind, host.name): reason for kind in (Kind.MOUNT, Kind.VOLUME, Kind.SERVICE)}
        elif host.engine is not None and not host.engine.readable:
            dark[Kind.SERVICE, host.name] = host.engine.reason or Reason.ENGINE_DOWN
    return dark
