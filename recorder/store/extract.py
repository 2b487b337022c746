"""The history row by row, for other programs: spans, numbers and events, never all at once.

Every row of one extract has the same columns. Times are ISO 8601 in UTC, sizes bytes, and the unit
of any other number is the end of its name.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum

from recorder.frozen import frozen
from recorder.model import Kind
from recorder.store.connection import Connection, Row
from recorder.store.engine import opened
from recorder.store.naming import places
from recorder.store.rows import Definition, Image, seconds
from recorder.store.selecting import JOINS_OF_SERVICE
from recorder.store.site import Location
from recorder.store.tables import SHAPES, TABLES
from recorder.store.things import Place, time_of
from recorder.store.values import Step

FAR = 1 << 62
PLACE = ("kind", "host", "name")
NUMBERS = {Step.RAW: "sample", Step.HOUR: "rollup_hour", Step.DAY: "rollup_day"}
Value = str | int | None
Series = tuple[str, str | None, str, str]  # kind, host, name, metric


class Content(StrEnum):
    """What is taken out."""

    SPANS = "spans"
    SAMPLES = "samples"
    EVENTS = "events"


@frozen
class Wanted:
    """Which part of the history."""

    content: Content
    since: datetime | None = None
    until: datetime | None = None
    step: Step = Step.RAW  # of samples


Reader = Callable[[Connection, Wanted], Iterator[tuple[Value, ...]]]


@frozen
class Extract:
    """Rows to be read once; reading them may raise StoreError."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Value, ...]]


def extract(place: Location, wanted: Wanted) -> Extract:
    """A part of the history, read while its rows are taken."""
    if wanted.content is Content.SPANS:
        return Extract(SPAN_COLUMNS, _read(place, wanted, _spans))
    if wanted.content is Content.EVENTS:
        return Extract(EVENT_COLUMNS, _read(place, wanted, _events))
    return Extract(_number_columns(wanted.step), _read(place, wanted, _samples))


def _read(place: Location, wanted: Wanted, rows: Reader) -> Iterator[tuple[Value, ...]]:
    with opened(place, writing=False) as history, history.reading() as db:
        yield from rows(db, wanted)


def _stretch(wanted: Wanted) -> tuple[int, int]:
    begin, end = seconds(wanted.since), seconds(wanted.until)
    return begin or 0, FAR if end is None else end


def _iso(ts: int | None) -> str | None:
    return None if ts is None else f"{time_of(ts):%Y-%m-%dT%H:%M:%SZ}"


def _own_columns(kind: Kind) -> Iterator[tuple[str, str]]:
    """What a kind's spans hold besides state and reason: (as it is called here, what it is)."""
    for name in SHAPES[kind].columns[2:]:
        if name == "definition_id":
            yield from ((field, f"definition.{field}") for field in Definition._fields)
        elif name == "image_id":
            yield from ((f"image_{field}", f"image.{field}") for field in Image._fields)
        elif name.endswith("_ts"):
            yield f"{name.removesuffix('_ts')}_at", f"span.{name}"
        else:
            yield name, f"span.{name}"


OWN = {kind: dict(_own_columns(kind)) for kind in Kind}
JOINS = {Kind.SERVICE: JOINS_OF_SERVICE}
URL = "url"  # what an endpoint's label is
SPAN_COLUMNS = (
    *(*PLACE, "first_seen_at", "last_seen_at", "state", "reason", URL),
    *dict.fromkeys(name for own in OWN.values() for name in own),
)
EVENT_COLUMNS = ("at", *PLACE, "was", "now", "detail")
EVENTS = """
    SELECT at, kind, host, name, was, "now", detail FROM event
    WHERE at_ts >= :begin AND at_ts <= :end ORDER BY at_ts"""


def _spans(db: Connection, wanted: Wanted) -> Iterator[tuple[Value, ...]]:
    """By kind and thing, oldest first: in the order they lie in, so that nothing is sorted."""
    begin, end = _stretch(wanted)
    known = places(db)
    for kind in Kind:
        own = ", ".join(f"{column} AS {name}" for name, column in OWN[kind].items())
        query = f"""
            SELECT span.entity_id, span.first_ts, span.last_ts, span.state, span.reason, {own}
            FROM {kind}_span AS span {JOINS.get(kind, "")}
            WHERE span.first_ts <= :end AND (span.last_ts IS NULL OR span.last_ts >= :begin)
            ORDER BY span.entity_id, span.first_ts"""  # noqa: S608 - the names are our own
        for row in db.stream(query, {"begin": begin, "end": end}):
            yield _span(kind, known[row.entity_id][1], row)


def _span(kind: Kind, place: Place, row: Row) -> tuple[Value, ...]:
    known = {
        "kind": kind.value,
        "host": place.host or None,
        "name": place.name,
        "first_seen_at": _iso(row.first_ts),
        "last_seen_at": _iso(row.last_ts),
        "state": row.state,
        "reason": row.reason,
        URL: place.label if kind is Kind.ENDPOINT else None,
    }
    for name in OWN[kind]:
        value = getattr(row, name)
        known[name] = _iso(value) if name.endswith("_at") else value
    return tuple(known.get(name) for name in SPAN_COLUMNS)


def _events(db: Connection, wanted: Wanted) -> Iterator[tuple[Value, ...]]:
    begin, end = _stretch(wanted)
    yield from db.stream(EVENTS, {"begin": begin, "end": end})


def _number_columns(step: Step) -> tuple[str, ...]:
    values = ("value",) if step is Step.RAW else ("n", "min", "avg", "max", "last")
    return ("at", *PLACE, "metric", *values)


def _samples(db: Connection, wanted: Wanted) -> Iterator[tuple[Value, ...]]:
    """Samples oldest first, roll-ups by series: in the order they lie in."""
    begin, end = _stretch(wanted)
    table, of_series = TABLES[NUMBERS[wanted.step]], _series(db)
    columns = ", ".join(("ts", "series_id", *table.others))
    query = f"""
        SELECT {columns} FROM {table.name} WHERE ts >= :begin AND ts <= :end
        ORDER BY {", ".join(table.key)}"""  # noqa: S608 - the names are our own
    for ts, series_id, *numbers in db.stream(query, {"begin": begin, "end": end}):
        yield (_iso(ts), *of_series[series_id], *numbers)


def _series(db: Connection) -> dict[int, Series]:
    known, found = places(db), {}
    for row in db.rows("SELECT id, entity_id, metric FROM series"):
        kind, place = known[row.entity_id]
        found[row.id] = (kind.value, place.host or None, place.name, row.metric)
    return found
