"""What changed, and for how long what was as it was: spans as values."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from recorder.model import Kind, Thing, Transition
from recorder.store.connection import Connection, History
from recorder.store.rows import GONE, Row, seconds
from recorder.store.selecting import at_time, place_of, row_from, spans_sql
from recorder.store.spans import differs
from recorder.store.things import moment, thing_of, time_of
from recorder.store.values import Span

FAR = 1 << 62
BEGAN = "{0}.first_ts > :after AND {0}.first_ts <= :up_to AND {0}.state <> 'unknown'"
Begun = tuple[int, int]  # entity, when its span began


def transitions(
    history: History, since: datetime | None = None, until: datetime | None = None
) -> tuple[Transition, ...]:
    """Every change seen after `since`, up to and with `until`, oldest first.

    The first snapshot of all changed nothing: there was nothing before.
    """
    after, up_to = seconds(since), seconds(until)
    with history.reading() as db:
        first = db.scalar("SELECT min(first_ts) FROM coverage")
        if first is None:
            return ()
        begin = max(first, first if after is None else after)
        end = FAR if up_to is None else up_to
        found = [one for kind in Kind for one in _of_kind(db, kind, begin, end)]
    return tuple(sorted(found, key=lambda one: one.at))


def _of_kind(db: Connection, kind: Kind, after: int, up_to: int) -> Iterator[Transition]:
    bounds = {"after": after, "up_to": up_to}
    where = f"{BEGAN.format('span')} ORDER BY span.first_ts, entity.position"
    found = db.mappings(spans_sql(kind, where, placed=True), bounds)
    before = _before(db, kind, bounds) if found else {}
    for row in found:
        now = row_from(kind, row)
        was = before.get((row["entity_id"], row["first_ts"]))
        if was is not None and not differs(kind, was, now):
            continue  # it was only unseen in between
        place, then = place_of(kind, row), None if was is None else _thing(kind, row, was)
        thing = _thing(kind, row, now)
        if then is None and thing is None:
            continue  # it came and went unseen
        at = time_of(row["first_ts"])
        yield Transition(at, kind, place.host, place.name, then, thing)


def _thing(kind: Kind, found: Mapping[Any, Any], row: Row) -> Thing | None:
    return None if row["state"] == GONE else thing_of(kind, place_of(kind, found), row, {})


def _before(db: Connection, kind: Kind, bounds: Mapping[str, int]) -> dict[Begun, Row]:
    """The last known row before each span that began in a stretch."""
    keys = f"""keys.now_ts FROM (
        SELECT now.entity_id, now.first_ts AS now_ts, (
            SELECT max(known.first_ts) FROM {kind}_span AS known
            WHERE known.entity_id = now.entity_id AND known.first_ts < now.first_ts
                AND known.state <> 'unknown'
        ) AS was_ts
        FROM {kind}_span AS now WHERE {BEGAN.format("now")}
    ) AS keys"""  # noqa: S608 - the names are our own
    where = "entity.id = keys.entity_id AND span.first_ts = keys.was_ts"
    return {
        (row["entity_id"], row["now_ts"]): row_from(kind, row)
        for row in db.mappings(spans_sql(kind, where, more=keys), bounds)
    }


def past_spans(
    history: History, since: datetime, until: datetime | None = None
) -> tuple[Span, ...]:
    """Every span that reaches into a stretch of time, by kind and thing, oldest first."""
    begin, end = seconds(since) or 0, FAR if until is None else seconds(until) or 0
    with history.reading() as db:
        return tuple(one for kind in Kind for one in _reaching(db, kind, begin, end))


def _reaching(db: Connection, kind: Kind, begin: int, end: int) -> Iterator[Span]:
    there = f"""entity.kind = :kind AND (entity.retired_ts IS NULL OR entity.retired_ts > :ts)
        AND {at_time(kind)} AND span.state <> 'gone'"""
    bounds = {"ts": begin, "kind": kind.value, "after": begin, "up_to": end}
    found = [
        row
        for where in (there, "span.first_ts > :after AND span.first_ts <= :up_to")
        for row in db.mappings(spans_sql(kind, where, placed=True), bounds)
    ]
    found.sort(key=lambda row: (row["position"], row["entity_id"], row["first_ts"]))
    for row in found:
        place = place_of(kind, row)
        thing = _thing(kind, row, row_from(kind, row))
        began = time_of(row["first_ts"])
        yield Span(kind, place.host, place.name, began, moment(row["last_ts"]), thing)
