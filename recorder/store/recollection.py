"""A stretch of the past in one reading: what is asked of the history to look back.

Nothing is worked out here. Each thing comes with every span that reaches into the window and, where
it could not be seen when the window begins, with the last one before that could.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from recorder.errors import NoHistoryError
from recorder.frozen import frozen
from recorder.model import Kind
from recorder.store.connection import Connection, History
from recorder.store.figures import Reach
from recorder.store.imported import Imported, imported
from recorder.store.latency import Latency, latencies
from recorder.store.looks import LATE_INTERVALS, raw_from, usual_interval_sec
from recorder.store.naming import places
from recorder.store.past_numbers import numbers_at
from recorder.store.read import covering
from recorder.store.rows import GONE, UNKNOWN, seconds
from recorder.store.selecting import at_time, place_of, row_from, spans_sql
from recorder.store.space_ends import SpaceEnds, space_ends
from recorder.store.things import Place, moment, thing_of, time_of
from recorder.store.values import Covered, Span

TOLD = (Kind.HOST, Kind.SERVICE, Kind.ENDPOINT, Kind.MOUNT, Kind.VOLUME, Kind.IMPORT)
LOOPING = "restarting"
REACH = "SELECT min(first_ts) AS first, max(last_ts) AS last, sum(snapshots) AS looks FROM coverage"
LOOKS = "SELECT count(*) FROM snapshot WHERE ts >= :begin AND ts < :end"
SERVED = """
    SELECT DISTINCT span.entity_id FROM service_span AS span
    JOIN definition ON definition.id = span.definition_id
    WHERE definition.container = :name"""
Spans = list[Mapping[Any, Any]]


@frozen
class Named:
    """A thing that ever had a state, by its names."""

    id: int
    kind: Kind
    host: str  # "" for an app's imports
    name: str


@frozen
class PastThing:
    """One thing's past; spans oldest first. Two things may bear one name, one after the other.

    `restarts_before` and `restarts_after`: the engine's count when the window begins and when it
    ends, of a service whose engine was restarting it just then; within such a span it grows.
    """

    kind: Kind
    host: str
    name: str
    spans: tuple[Span, ...]
    restarts_before: int | None = None
    restarts_after: int | None = None


@frozen
class Recollection:
    """What the history holds of a window of time."""

    begin: datetime
    end: datetime
    site: str
    reach: Reach
    late_sec: float  # longer than this without a look is a gap
    covered: tuple[Covered, ...]  # stretches that reach into the window, whole
    looks: int | None  # in the window; None: too long ago to tell
    things: tuple[PastThing, ...]  # hosts, services, …, each kind in the stack's order
    latencies: tuple[Latency, ...]
    imported: tuple[Imported, ...]
    space_ends: tuple[SpaceEnds, ...]


def everything(history: History) -> tuple[Named, ...]:
    """All that ever had a state, as it was last called."""
    with history.reading() as db:
        found = places(db).items()
        return tuple(Named(key, kind, it.host, it.name) for key, (kind, it) in found)


def containers(history: History, name: str) -> frozenset[int]:
    """The services that a container of this name ever served."""
    with history.reading() as db:
        return frozenset(row.entity_id for row in db.rows(SERVED, {"name": name}))


def first_look(history: History) -> datetime:
    """When recording began. Raises NoHistoryError where nothing is recorded yet."""
    with history.reading() as db:
        return _reach(history, db).first


def recollect(
    history: History,
    begin: datetime,
    end: datetime,
    only: Collection[int] | None = None,
    *,
    imports_from: datetime | None = None,
) -> Recollection:
    """What is known of a window of time; of some things only, where `only` names them.

    What apps told of their imports may reach further back than what was seen: `imports_from`.
    Raises NoHistoryError where nothing is recorded yet.
    """
    after, up_to = seconds(begin) or 0, seconds(end) or 0
    with history.reading() as db:
        reach = _reach(history, db)
        single = after >= raw_from(db)
        return Recollection(
            begin,
            end,
            db.scalar("SELECT name FROM site") or "",
            reach,
            LATE_INTERVALS * usual_interval_sec(db),
            covering(db, after, up_to),
            db.scalar(LOOKS, {"begin": after, "end": up_to}) if single else None,
            tuple(_things(db, after, up_to, only)),
            latencies(db, after, up_to, only, single=single),
            imported(db, seconds(imports_from or begin) or 0, up_to, only),
            space_ends(db, after, up_to, only, single=single),
        )


def _reach(history: History, db: Connection) -> Reach:
    first, last, looks = next(db.rows(REACH))
    if last is None:
        raise NoHistoryError(
            f"nothing is recorded in {history.place} yet; `ops media.status` records"
        )
    return Reach(time_of(first), time_of(last), looks)


def _things(
    db: Connection, begin: int, end: int, only: Collection[int] | None
) -> Iterator[PastThing]:
    for kind in TOLD:
        found = _spans(db, kind, begin, end, only)
        looping = [
            (key, edge)
            for key, rows in found.items()
            for edge, row in ((begin, _at(rows, begin)), (end, rows[-1]))
            if row is not None and row["state"] == LOOPING
        ]
        counts = {edge: numbers_at(db, edge) for edge in {edge for _, edge in looping}}
        for key, rows in found.items():
            before, after = (
                counts[edge].get(key, {}).get("restart_count") if (key, edge) in looping else None
                for edge in (begin, end)
            )
            place = place_of(kind, rows[0])
            spans = tuple(_span(kind, place, row) for row in rows)
            yield PastThing(kind, place.host, place.name, spans, before, after)


def _at(rows: Spans, ts: int) -> Mapping[Any, Any] | None:
    return next((row for row in reversed(rows) if row["first_ts"] <= ts), None)


def _spans(
    db: Connection, kind: Kind, begin: int, end: int, only: Collection[int] | None
) -> dict[int, Spans]:
    """By thing, in the stack's order: its spans that reach into the window, oldest first."""
    chosen = "" if only is None else f"AND entity.id IN ({_listed(only)})"
    there = f"""entity.kind = :kind AND (entity.retired_ts IS NULL OR entity.retired_ts > :ts)
        AND {at_time(kind)} AND span.state <> 'gone' {chosen}"""
    begun = f"span.first_ts > :after AND span.first_ts < :up_to {chosen}"
    rows = _select(db, kind, there, {"kind": kind.value, "ts": begin})
    hidden = [row["entity_id"] for row in rows if row["state"] == UNKNOWN]
    if hidden:
        known = f"""entity.id IN ({_listed(hidden)})
            AND {at_time(kind, known=True)} AND span.state <> 'gone'"""
        rows += _select(db, kind, known, {"ts": begin})
    rows += _select(db, kind, begun, {"after": begin, "up_to": end})
    rows.sort(key=lambda row: (row["position"], row["entity_id"], row["first_ts"]))
    found: dict[int, Spans] = {}
    for row in rows:
        found.setdefault(row["entity_id"], []).append(row)
    return found


def _select(db: Connection, kind: Kind, where: str, values: Mapping[str, Any]) -> Spans:
    return [*db.mappings(spans_sql(kind, where, placed=True), values)]


def _listed(ids: Iterable[int]) -> str:
    return ", ".join(str(int(one)) for one in ids)


def _span(kind: Kind, place: Place, row: Mapping[Any, Any]) -> Span:
    gone = row["state"] == GONE
    thing = None if gone else thing_of(kind, place, row_from(kind, row), {})
    begin, end = time_of(row["first_ts"]), moment(row["last_ts"])
    return Span(kind, place.host, place.name, begin, end, thing)
