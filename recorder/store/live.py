"""What was open before this snapshot: each live thing with the span it is in.

Read by one query a kind, over the index of open spans; nothing here grows with the history.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from recorder.model import Kind
from recorder.store.rows import Definition, Image, Row
from recorder.store.tables import SHAPES, definition, entity, image, spans


@dataclass(frozen=True, slots=True)
class Live:
    """A thing that is, and the span it is in."""

    id: int
    kind: Kind
    parent_id: int | None
    identity: str
    name: str
    position: int
    first_ts: int
    row: Row


def live_things(db: sa.Connection) -> list[Live]:
    """All of them, hosts first."""
    return [live for kind in Kind for live in _of_kind(db, kind)]


def _of_kind(db: sa.Connection, kind: Kind) -> Iterator[Live]:
    span = spans[kind]
    for found in db.execute(select_spans(kind).where(span.c.last_ts.is_(None))).mappings():
        yield Live(
            found["entity_id"],
            kind,
            found["parent_id"],
            found["identity"],
            found["name"],
            found["position"],
            found["first_ts"],
            row_from(kind, found),
        )


def select_spans(kind: Kind) -> sa.Select[Any]:
    """Spans of a kind with whose they are; a service's with what its columns refer to."""
    span = spans[kind]
    columns = [entity.c.parent_id, entity.c.identity, entity.c.name, entity.c.position, *span.c]
    joined = span.join(entity, entity.c.id == span.c.entity_id)
    if kind is Kind.SERVICE:
        columns += [definition.c[name] for name in Definition._fields]
        columns += [image.c[name].label(f"image_{name}") for name in Image._fields]
        joined = joined.join(definition, definition.c.id == span.c.definition_id)
        joined = joined.outerjoin(image, image.c.id == span.c.image_id)
    return sa.select(*columns).select_from(joined)


def row_from(kind: Kind, found: Mapping[Any, Any]) -> Row:
    """The row a selected span holds."""
    row = {name: found[name] for name in SHAPES[kind].columns}
    if kind is Kind.SERVICE:
        row["definition_id"] = Definition(*(found[name] for name in Definition._fields))
        made_from = Image(*(found[f"image_{name}"] for name in Image._fields))
        row["image_id"] = None if row["image_id"] is None else made_from
    return row
