"""What media.sql shows of a recorded example: a calm day, and the night after it."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from recorder.bindings.queries import parameters, query_files, read_query, shipped_folder
from recorder.capabilities.sql import QUERY_COLUMNS, query_rows
from recorder.render.table import table
from recorder.store.ask import Question, ask
from recorder.store.engine import opened
from recorder.store.record import record

from .examples import HEALTHY, NIGHT

BEFORE = replace(HEALTHY, taken_at=NIGHT.taken_at - timedelta(minutes=5))
EVER = {"since": "-99 years"}  # the example is of one night


def recorded(path: Path) -> None:
    """Make that history."""
    with opened(path) as engine:
        record(engine, BEFORE)
        record(engine, NIGHT)


def saved(name: str) -> str:
    """A saved query's SQL."""
    return read_query(query_files([shipped_folder()]), name).sql


def shown(sql: str, width: int = 80, values: Mapping[str, str] = EVER) -> str:
    """Its answer as a terminal shows it."""
    given = {one.name: one.default for one in parameters(sql)}
    given |= {name: value for name, value in values.items() if name in given}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "history.db")
        recorded(path)
        with ask(path, Question(sql, given)) as answer:
            drawn = table(answer.columns, list(answer.rows), width)
            return "".join(f"{line}\n" for line in drawn)


def queries(width: int = 80) -> str:
    """The list of saved queries, as a terminal shows it."""
    files = query_files([shipped_folder()])
    return "".join(f"{line}\n" for line in table(QUERY_COLUMNS, query_rows(files), width))
