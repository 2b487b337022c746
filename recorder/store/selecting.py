"""Spans selected with whose they are, and rows made of what was selected.

Of two moments, the span at the later one is found by `first_ts = (SELECT max(first_ts) …)`: one
step into an index. Asked for as a range, it would be every span before.
"""

from collections.abc import Mapping
from typing import Any

from recorder.model import Kind
from recorder.store.rows import Definition, Image, Row
from recorder.store.tables import SHAPES
from recorder.store.things import Place

OF_SERVICE = ", ".join(
    [f"definition.{name}" for name in Definition._fields]
    + [f"image.{name} AS image_{name}" for name in Image._fields]
)
JOINS_OF_SERVICE = """
JOIN definition ON definition.id = span.definition_id
LEFT JOIN image ON image.id = span.image_id"""
PLACED = "parent.name AS parent_name, grandparent.name AS home_name"
JOINS_PLACED = """
LEFT JOIN entity AS parent ON parent.id = entity.parent_id
LEFT JOIN entity AS grandparent ON grandparent.id = parent.parent_id"""


def spans_sql(kind: Kind, where: str, *, placed: bool = False, more: str = "") -> str:
    """Spans of a kind with whose they are; a service's with what its columns refer to.

    `where` speaks of `span` and `entity`. `placed` adds the names of what they are on, `more` a
    column and the table it comes from: "keys.now_ts FROM (…) AS keys".
    """
    column, _, source = more.partition(" FROM ")
    columns = [f"entity.{name}" for name in ("parent_id", "identity", "name", "position")]
    columns += [f"span.{name}" for name in ("entity_id", "first_ts", "last_ts")]
    columns += [f"span.{name}" for name in SHAPES[kind].columns]
    columns += [OF_SERVICE] * (kind is Kind.SERVICE) + [PLACED] * placed + [column] * bool(column)
    joins = JOINS_OF_SERVICE * (kind is Kind.SERVICE) + JOINS_PLACED * placed
    first = f"{source} CROSS JOIN " if source else ""
    return (
        f"SELECT {', '.join(columns)} FROM {first}entity "  # noqa: S608 - the names are our own
        f"JOIN {kind}_span AS span ON span.entity_id = entity.id {joins} WHERE {where}"
    )


def at_time(kind: Kind, *, known: bool = False) -> str:
    """The condition for each entity's span at `:ts`; with `known`, the last that was seen."""
    seen = "AND other.state <> 'unknown'" * known
    return (
        f"span.first_ts = (SELECT max(other.first_ts) FROM {kind}_span AS other "  # noqa: S608
        f"WHERE other.entity_id = entity.id AND other.first_ts <= :ts {seen})"
    )


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
