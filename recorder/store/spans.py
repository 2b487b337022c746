"""Spans begun and ended: the whole of what a change of state writes.

Invariant: a thing has at most one open span, and one that ends does so at a snapshot before the
next begins. What nobody could see is a span of its own; what is no more ends in a mark of one
moment, so that coming back is a beginning.
"""

from collections.abc import Collection, Mapping
from typing import Final

from recorder.model import HostState, Kind, Reason, Snapshot
from recorder.store.adding import added
from recorder.store.connection import Connection
from recorder.store.live import Live
from recorder.store.rows import GONE, UNKNOWN, Definition, Image, Row, hidden
from recorder.store.tables import SHAPES, insertion

Reference = Definition | Image
REFERRED: Final[Mapping[str, type[Reference]]] = {"definition_id": Definition, "image_id": Image}
FEW = 50  # each is looked up by itself; more of them among all that there are
TABLE: Final[Mapping[type[Reference], str]] = {Definition: "definition", Image: "image"}
# The beginning of a digest finds it, in an index an eighth the size of one of digests.
BY_DIGEST: Final = " AND substr(digest, 8, 8) = :beginning"


def _found(of: type[Reference]) -> str:
    same = " AND ".join(f"{name} IS :{name}" for name in of._fields)
    return f"SELECT id FROM {TABLE[of]} WHERE {same}"  # noqa: S608 - the names are our own


def _end(kind: Kind) -> str:
    of = "WHERE entity_id = :entity_id AND first_ts = :first_ts"
    return f"UPDATE {kind}_span SET last_ts = :last_ts {of}"  # noqa: S608 - as above


def _begin(kind: Kind) -> str:
    return insertion(f"{kind}_span")


def differs(kind: Kind, was: Row, now: Row) -> bool:
    """Whether a thing left the span it was in."""
    return any(was[name] != now[name] for name in SHAPES[kind].compared)


class Change:
    """The spans that end and begin with one snapshot, written many at a time."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._ended: dict[Kind, list[Row]] = {}
        self._begun: dict[Kind, list[Row]] = {}

    def end(self, live: Live, ts: int) -> None:
        """Close a span at the last snapshot that saw it so."""
        ended = {"entity_id": live.id, "first_ts": live.first_ts, "last_ts": ts}
        self._ended.setdefault(live.kind, []).append(ended)

    def begin(self, kind: Kind, entity_id: int, ts: int, row: Row) -> None:
        """Open a span; one of what is no more is closed as it opens."""
        last_ts = ts if row["state"] == GONE else None
        begun = {"entity_id": entity_id, "first_ts": ts, "last_ts": last_ts, **row}
        self._begun.setdefault(kind, []).append(begun)

    def write(self) -> None:
        """Ends first: a thing has one open span."""
        for column in REFERRED:
            self._refer(column)
        for statement, rows in ((_end, self._ended), (_begin, self._begun)):
            for kind, some in rows.items():
                self._db.change_all(statement(kind), some)

    def _refer(self, column: str) -> None:
        """Have rows hold the ids of what they refer to."""
        begun = [row for rows in self._begun.values() for row in rows if row.get(column)]
        ids = _references(self._db, REFERRED[column], dict.fromkeys(row[column] for row in begun))
        for row in begun:
            row[column] = ids[row[column]]


def _references(
    db: Connection, of: type[Reference], named: Collection[Reference]
) -> Mapping[Reference, int]:
    """The rows of a table that say just this, made where there are none."""
    known = _looked_up(db, of, named) if len(named) <= FEW else _all(db, of)
    new = [one for one in named if one not in known]
    made = added(db, TABLE[of], [one._asdict() for one in new])
    return known | dict(zip(new, made, strict=True))


def _looked_up(
    db: Connection, of: type[Reference], named: Collection[Reference]
) -> dict[Reference, int]:
    found = ((one, _id_of(db, of, one)) for one in named)
    return {one: known for one, known in found if known is not None}


def _id_of(db: Connection, of: type[Reference], named: Reference) -> int | None:
    columns, query = named._asdict(), _found(of)
    if isinstance(named, Image) and named.digest is not None:
        columns, query = columns | {"beginning": named.digest[7:15]}, query + BY_DIGEST
    known: int | None = db.scalar(query, columns)
    return known


def _all(db: Connection, of: type[Reference]) -> dict[Reference, int]:
    columns = ", ".join(of._fields)
    rows = db.rows(f"SELECT {columns}, id FROM {TABLE[of]} ORDER BY id DESC")  # noqa: S608 - as above
    return {of(*row[:-1]): row.id for row in rows}


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
