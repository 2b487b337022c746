"""What changed, and for how long what was as it was: spans as values."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recorder.model import Kind, Thing, Transition
from recorder.store.connection import reading
from recorder.store.rows import GONE, UNKNOWN, Row, seconds
from recorder.store.selecting import newest_begin, place_of, row_from, select_spans
from recorder.store.spans import differs
from recorder.store.tables import coverage, entity, spans
from recorder.store.things import moment, thing_of, time_of
from recorder.store.values import Span

FAR = 1 << 62
Begun = tuple[int, int]  # entity, when its span began


def transitions(
    engine: sa.Engine, since: datetime | None = None, until: datetime | None = None
) -> tuple[Transition, ...]:
    """Every change seen after `since`, up to and with `until`, oldest first.

    The first snapshot of all changed nothing: there was nothing before.
    """
    after, up_to = seconds(since), seconds(until)
    with reading(engine) as db:
        first = db.scalar(sa.select(sa.func.min(coverage.c.first_ts)))
        if first is None:
            return ()
        begin = max(first, first if after is None else after)
        end = FAR if up_to is None else up_to
        found = [one for kind in Kind for one in _of_kind(db, kind, begin, end)]
    return tuple(sorted(found, key=lambda one: one.at))


def _of_kind(db: sa.Connection, kind: Kind, after: int, up_to: int) -> Iterator[Transition]:
    span = spans[kind]
    began = sa.and_(span.c.first_ts > after, span.c.first_ts <= up_to, span.c.state != UNKNOWN)
    query = select_spans(kind, placed=True).where(began)
    found = db.execute(query.order_by(span.c.first_ts, entity.c.position)).mappings().all()
    before = _before(db, kind, after, up_to) if found else {}
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


def _before(db: sa.Connection, kind: Kind, after: int, up_to: int) -> dict[Begun, Row]:
    """The last known row before each span that began in a stretch."""
    now, known, span = spans[kind].alias("now"), spans[kind].alias("known"), spans[kind]
    last_known = sa.select(sa.func.max(known.c.first_ts)).where(
        known.c.entity_id == now.c.entity_id,
        known.c.first_ts < now.c.first_ts,
        known.c.state != UNKNOWN,
    )
    keys = (
        sa.select(
            now.c.entity_id,
            now.c.first_ts.label("now_ts"),
            last_known.scalar_subquery().label("was_ts"),
        )
        .where(now.c.first_ts > after, now.c.first_ts <= up_to, now.c.state != UNKNOWN)
        .subquery()
    )
    same = sa.and_(keys.c.entity_id == span.c.entity_id, keys.c.was_ts == span.c.first_ts)
    query = select_spans(kind).add_columns(keys.c.now_ts).where(same)
    return {
        (row["entity_id"], row["now_ts"]): row_from(kind, row)
        for row in db.execute(query).mappings()
    }


def past_spans(
    engine: sa.Engine, since: datetime, until: datetime | None = None
) -> tuple[Span, ...]:
    """Every span that reaches into a stretch of time, by kind and thing, oldest first."""
    begin, end = seconds(since) or 0, FAR if until is None else seconds(until) or 0
    with reading(engine) as db:
        return tuple(one for kind in Kind for one in _reaching(db, kind, begin, end))


def _reaching(db: sa.Connection, kind: Kind, begin: int, end: int) -> Iterator[Span]:
    span = spans[kind]
    first = sa.func.ifnull(newest_begin(kind, begin), begin)
    query = select_spans(kind, placed=True).where(
        entity.c.kind == kind.value,
        sa.or_(entity.c.retired_ts.is_(None), entity.c.retired_ts > begin),
        span.c.first_ts >= first,
        span.c.first_ts <= end,
    )
    ordered = query.order_by(entity.c.position, entity.c.id, span.c.first_ts)
    for row in db.execute(ordered).mappings():
        place = place_of(kind, row)
        thing = _thing(kind, row, row_from(kind, row))
        began = time_of(row["first_ts"])
        yield Span(kind, place.host, place.name, began, moment(row["last_ts"]), thing)
