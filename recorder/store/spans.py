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
Reference = Definition | Image


def _found(table: sa.Table, names: tuple[str, ...]) -> sa.Select[int]:
    return sa.select(table.c.id).where(
        *(table.c[name].is_not_distinct_from(sa.bindparam(name)) for name in names)
    )


# Statements are made once: making one takes longer than SQLite takes for it.
# The beginning of a digest finds it, in an index an eighth the size of one of digests.
_DIGEST: sa.ColumnElement[str] = sa.literal_column("substr(image.digest, 8, 8)")
FOUND: Final = {
    Definition: _found(definition, Definition._fields),
    Image: _found(image, Image._fields),
}
FOUND_BY_DIGEST: Final = FOUND[Image].where(sa.bindparam("beginning") == _DIGEST)
MAKE: Final = {Definition: definition.insert(), Image: image.insert()}
BEGIN: Final = {kind: span.insert() for kind, span in spans.items()}
END: Final = {
    kind: span.update()
    .where(span.c.entity_id == sa.bindparam("whose"), span.c.first_ts == sa.bindparam("since"))
    .values(last_ts=sa.bindparam("until"))
    for kind, span in spans.items()
}


def differs(kind: Kind, was: Row, now: Row) -> bool:
    """Whether a thing left the span it was in."""
    return any(was[name] != now[name] for name in SHAPES[kind].compared)


class Change:
    """The spans that end and begin with one snapshot, written many at a time."""

    def __init__(self, db: sa.Connection) -> None:
        self._db = db
        self._ended: dict[Kind, list[Row]] = {}
        self._begun: dict[Kind, list[Row]] = {}
        self._references: dict[Reference, int | None] = {}

    def end(self, live: Live, ts: int) -> None:
        """Close a span at the last snapshot that saw it so."""
        ended = {"whose": live.id, "since": live.first_ts, "until": ts}
        self._ended.setdefault(live.kind, []).append(ended)

    def begin(self, kind: Kind, entity_id: int, ts: int, row: Row) -> None:
        """Open a span; one of what is no more is closed as it opens."""
        values = {
            name: self._reference(value) if name in REFERRED else value
            for name, value in row.items()
        }
        last_ts = ts if row["state"] == GONE else None
        begun = {"entity_id": entity_id, "first_ts": ts, "last_ts": last_ts, **values}
        self._begun.setdefault(kind, []).append(begun)

    def write(self) -> None:
        """Ends first: a thing has one open span."""
        for statements, rows in ((END, self._ended), (BEGIN, self._begun)):
            for kind, some in rows.items():
                self._db.execute(statements[kind], some)

    def _reference(self, named: Reference | None) -> int | None:
        """The row of a table that says just this, made where there is none."""
        if named is None:
            return None
        if named not in self._references:
            self._references[named] = _reference(self._db, named)
        return self._references[named]


def _reference(db: sa.Connection, named: Reference) -> int | None:
    columns = {name: getattr(named, name) for name in named._fields}
    if isinstance(named, Image) and named.digest is not None:
        beginning = {"beginning": named.digest[7:15]}
        known = db.scalar(FOUND_BY_DIGEST, columns | beginning)
    else:
        known = db.scalar(FOUND[type(named)], columns)
    if known is not None:
        return int(known)
    key = db.execute(MAKE[type(named)], columns).inserted_primary_key
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
