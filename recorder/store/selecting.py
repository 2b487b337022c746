"""Spans selected with whose they are, and rows made of what was selected.

Of two moments, the span at the later one is found by `first_ts = (SELECT max(first_ts) …)`: one
step into an index. Asked for as a range, it would be every span before.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from recorder.model import Kind
from recorder.store.rows import UNKNOWN, Definition, Image, Row
from recorder.store.tables import SHAPES, definition, entity, image, spans
from recorder.store.things import Place

parent = entity.alias("parent")
grandparent = entity.alias("grandparent")


def select_spans(kind: Kind, *, placed: bool = False) -> sa.Select[Any]:
    """Spans of a kind with whose they are; a service's with what its columns refer to.

    `placed` adds the names of what they are on.
    """
    span = spans[kind]
    columns = [entity.c.parent_id, entity.c.identity, entity.c.name, entity.c.position, *span.c]
    joined = entity.join(span, entity.c.id == span.c.entity_id)
    if kind is Kind.SERVICE:
        columns += [definition.c[name] for name in Definition._fields]
        columns += [image.c[name].label(f"image_{name}") for name in Image._fields]
        joined = joined.join(definition, definition.c.id == span.c.definition_id)
        joined = joined.outerjoin(image, image.c.id == span.c.image_id)
    if placed:
        columns += [parent.c.name.label("parent_name"), grandparent.c.name.label("home_name")]
        joined = joined.outerjoin(parent, parent.c.id == entity.c.parent_id)
        joined = joined.outerjoin(grandparent, grandparent.c.id == parent.c.parent_id)
    return sa.select(*columns).select_from(joined)


def newest_begin(kind: Kind, ts: int, *, known: bool = False) -> sa.ScalarSelect[Any]:
    """When an entity's span at a time began; with `known`, the last before it that was seen."""
    other = spans[kind].alias("other")
    found = sa.select(sa.func.max(other.c.first_ts)).where(
        other.c.entity_id == entity.c.id, other.c.first_ts <= ts
    )
    if known:
        found = found.where(other.c.state != UNKNOWN)
    return found.correlate(entity).scalar_subquery()


def place_of(kind: Kind, found: Mapping[Any, Any]) -> Place:
    """Whose a placed row is."""
    name = found["name"]
    if kind is Kind.HOST:
        return Place(name, name, name)
    if kind is Kind.ENDPOINT:
        return Place(found["home_name"], found["parent_name"], name)
    return Place(found["parent_name"] or "", name, name)


def row_from(kind: Kind, found: Mapping[Any, Any]) -> Row:
    """The row a selected span holds."""
    row = {name: found[name] for name in SHAPES[kind].columns}
    if kind is Kind.SERVICE:
        row["definition_id"] = Definition(*(found[name] for name in Definition._fields))
        made_from = Image(*(found[f"image_{name}"] for name in Image._fields))
        row["image_id"] = None if row["image_id"] is None else made_from
    return row
