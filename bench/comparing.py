"""Two history files held against each other, row by row, whatever the numbers of their rows are."""

# ruff: noqa: S608 - the names are of tables and columns, and ours

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from recorder.store.connection import connect

KEPT_APART = ("alembic_version",)


@dataclass(frozen=True)
class Compared:
    """How many rows each table has in both, and what only one of them holds."""

    rows: Mapping[str, int]
    only_first: tuple
    only_second: tuple

    @property
    def equal(self) -> bool:
        return not self.only_first and not self.only_second


def compared(first: Path, second: Path, examples: int = 5) -> Compared:
    """Compare every row of every table; ids are replaced by what they stand for."""
    rows, only = {}, ([], [])
    with _named(first) as one, _named(second) as other:
        for table in one.tables:
            left = Counter(one.rows(table))
            rows[table] = left.total()
            for row in other.rows(table):
                left[row] -= 1
            for side, sign in zip(only, (1, -1), strict=True):
                differing = (row for row, count in left.items() if count * sign > 0)
                side.extend((table, row) for row in islice(differing, examples))
    return Compared(rows, tuple(only[0]), tuple(only[1]))


@contextlib.contextmanager
def _named(path: Path) -> Iterator["Named"]:
    with contextlib.closing(connect(path)) as db:
        yield Named(db)


class Named:
    """A file whose rows are told apart by what they say, not by their ids."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        named = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        tables = [name for (name,) in named]
        self.tables = [name for name in tables if name not in KEPT_APART]
        self._names: dict[str, dict] = {}
        self._names["entity"] = self._entities()
        self._names["series"] = {
            number: (self._names["entity"][entity_id], metric)
            for number, entity_id, metric in db.execute("SELECT id, entity_id, metric FROM series")
        }
        for table in ("image", "definition"):
            self._names[table] = {row[0]: row[1:] for row in db.execute(f"SELECT * FROM {table}")}

    def _entities(self) -> dict:
        found = {}
        for number, kind, parent_id, identity in self._db.execute(
            "SELECT id, kind, parent_id, identity FROM entity"
        ):
            found[number] = (kind, identity, parent_id)

        def path(number: int) -> str:
            kind, identity, parent_id = found[number]
            return f"{'' if parent_id is None else path(parent_id)}/{kind} {identity}"

        return {number: path(number) for number in found}

    def rows(self, table: str) -> Iterator[tuple]:
        """All rows, their references replaced."""
        columns = [row[1] for row in self._db.execute(f"PRAGMA table_info({table})")]
        has_id = "id" in columns and table in self._names
        readers: list[Callable] = [self._reader(column) for column in columns]
        for row in self._db.execute(f"SELECT * FROM {table}"):
            named = [read(value) for read, value in zip(readers, row, strict=True)]
            yield tuple(named[1:] if has_id else named)

    def _reader(self, column: str) -> Callable:
        table = column.removesuffix("_id").replace("parent", "entity")
        names = self._names.get(table) if column.endswith("_id") else None
        return (lambda value: value) if names is None else (lambda value: names.get(value, value))
