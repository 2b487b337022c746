"""The JSON document of media.sql."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from recorder.model import Verdict
from recorder.render.document import envelope
from recorder.render.rows import Row, Value, as_object, distinct
from recorder.render.things import Object


def answer(
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    generated_at: datetime,
    sql: str | None,
    values: Mapping[str, Value],
    cut: bool,
) -> Object:
    """Rows as objects, in the order they came; `cut`: there were more than the limit."""
    names = distinct(columns)
    objects: list[Object] = [dict(as_object(names, row)) for row in rows]
    data: Object = {
        "sql": sql,
        "parameters": dict(as_object(tuple(values), tuple(values.values()))),
        "columns": [*names],
        "rows": [*objects],
        "cut": cut,
    }
    return envelope("media.sql", Verdict.OK, data, generated_at)
