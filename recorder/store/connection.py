"""A history that is open, and what is asked of it: SQL as SQLite words it, with :named values.

A file is asked through sqlite3 itself, and nothing else is loaded for it: a look waits for what it
loads. How a server is asked is said in `postgresql.history`.
"""

import contextlib
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any, cast

from recorder.store.driver import connect, reading_mode
from recorder.store.site import Location
from recorder.store.trouble import explained

__all__ = ["Connection", "FileHistory", "History", "Row", "connect", "plain", "reading_mode"]

Values = Mapping[str, Any]
Row = Any  # a tuple, whose columns are attributes by their names
NONE: Values = {}


@cache
def row_class(names: tuple[str, ...]) -> type[tuple[Any, ...]]:
    """What rows with these columns are. Made in a fifth of the time a namedtuple takes."""
    columns = {name: property(itemgetter(at)) for at, name in enumerate(names)}
    return type("Row", (tuple,), {"__slots__": (), "_fields": names, **columns})


class Connection(ABC):
    """A history in one transaction."""

    @abstractmethod
    def rows(self, statement: str, values: Values = NONE) -> Iterator[Row]:
        """The rows of the answer, as they are read."""

    @abstractmethod
    def tuples(self, statement: str, values: Values = NONE) -> Iterator[tuple[Any, ...]]:
        """The same as plain tuples, for very many rows: these take no time to make."""

    @abstractmethod
    def change(self, statement: str, values: Values = NONE) -> int:
        """Execute what changes rows; how many it did."""

    @abstractmethod
    def change_all(self, statement: str, rows: Sequence[Values]) -> None:
        """Execute the same with each of many rows."""

    def stream(self, statement: str, values: Values = NONE) -> Iterator[Row]:
        """The rows of an answer that is too long to be held at once."""
        return self.rows(statement, values)

    def first(self, statement: str, values: Values = NONE) -> Row | None:
        """The first row of the answer."""
        return next(self.rows(statement, values), None)

    def scalar(self, statement: str, values: Values = NONE) -> Any:  # noqa: ANN401 - as stored
        """The one value of the answer; None where there is no row."""
        row = self.first(statement, values)
        return None if row is None else row[0]

    def mappings(self, statement: str, values: Values = NONE) -> list[Mapping[str, Any]]:
        """The rows as column → value."""
        return [dict(zip(row._fields, row, strict=True)) for row in self.rows(statement, values)]


class History(ABC):
    """A history that is open: what is recorded into and read from."""

    place: Location

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Connection]:
        """One write: all of it or nothing. Raises StoreError."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]:
        """One view of the history, whatever is written meanwhile. Raises StoreError."""

    @abstractmethod
    def close(self) -> None:
        """Let go of it."""


class _InFile(Connection):
    def __init__(self, driver: sqlite3.Connection) -> None:
        self._driver = driver

    def rows(self, statement: str, values: Values = NONE) -> Iterator[Row]:
        cursor = self._driver.execute(statement, values)
        return map(row_class(tuple(column[0] for column in cursor.description)), cursor)

    def tuples(self, statement: str, values: Values = NONE) -> Iterator[tuple[Any, ...]]:
        return self._driver.execute(statement, values)

    def change(self, statement: str, values: Values = NONE) -> int:
        return self._driver.execute(statement, values).rowcount

    def change_all(self, statement: str, rows: Sequence[Values]) -> None:
        self._driver.executemany(statement, rows)


class FileHistory(History):
    """A history in a file.

    Writers begin IMMEDIATE: a deferred transaction that finds another writer before it fails at
    once, whatever the timeout. A connection that was used is kept for who comes next.
    """

    place: Path

    def __init__(self, path: Path, mode: str = "mode=rw") -> None:
        self.place = path
        self._mode = mode
        self._idle: list[sqlite3.Connection] = []

    @contextlib.contextmanager
    def plain(self) -> Iterator[sqlite3.Connection]:
        """The driver's own connection, in autocommit, for what no transaction can hold."""
        with explained(self.place):
            driver = self._idle.pop() if self._idle else connect(self.place, self._mode)
            try:
                yield driver
            finally:
                self._idle.append(driver)

    @contextlib.contextmanager
    def _within(self, begin: str) -> Iterator[Connection]:
        with self.plain() as driver:
            try:
                driver.execute(begin)
                yield _InFile(driver)
                driver.execute("COMMIT")
            finally:
                if driver.in_transaction:
                    with contextlib.suppress(sqlite3.Error):  # what came before it is what matters
                        driver.execute("ROLLBACK")

    def transaction(self) -> AbstractContextManager[Connection]:
        return self._within("BEGIN IMMEDIATE")

    def reading(self) -> AbstractContextManager[Connection]:
        return self._within("BEGIN")

    def close(self) -> None:
        with explained(self.place):
            while self._idle:
                self._idle.pop().close()


def plain(history: History) -> AbstractContextManager[sqlite3.Connection]:
    """The driver's own connection to a file."""
    return cast("FileHistory", history).plain()
