"""A site that is open, and statements on it: what `store.connection` says, on a server.

A writer waits for whoever writes to the same site, and for nobody else. A reader sees the site as
it was at one moment.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from recorder.store import connection
from recorder.store.connection import NONE, History, Row, Values, row_class
from recorder.store.postgresql import driver, lock
from recorder.store.postgresql.library import psycopg
from recorder.store.postgresql.trouble import explained
from recorder.store.postgresql.words import carried_over
from recorder.store.site import Site

MISTAKE = psycopg.Error
ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
AT_ONCE = 1000  # rows


def alone(site: Site) -> str:
    """What waits until nobody else writes to a site, and keeps others waiting."""
    return f"SELECT pg_advisory_xact_lock({lock.WRITING}, {lock.key(site)})"


class OnServer(connection.Connection):
    """A site in one transaction of a driver's connection."""

    def __init__(self, held: driver.Connection) -> None:
        self.held = held

    def rows(self, statement: str, values: Values = NONE) -> Iterator[Row]:
        cursor = self.held.cursor(row_factory=_rows)
        yield from cursor.execute(carried_over(statement), values)

    def tuples(self, statement: str, values: Values = NONE) -> Iterator[tuple[Any, ...]]:
        return iter(self.held.execute(carried_over(statement), values))

    def stream(self, statement: str, values: Values = NONE) -> Iterator[Row]:
        with self.held.cursor("streamed", row_factory=_rows) as cursor:
            cursor.itersize = AT_ONCE
            yield from cursor.execute(carried_over(statement), values)

    def change(self, statement: str, values: Values = NONE) -> int:
        return self.held.execute(carried_over(statement), values).rowcount

    def change_all(self, statement: str, rows: Sequence[Values]) -> None:
        with self.held.cursor() as cursor:
            cursor.executemany(carried_over(statement), rows)


def _rows(cursor: Any) -> Callable[[Sequence[Any]], Row]:  # noqa: ANN401 - any of psycopg's
    return row_class(tuple(column.name for column in cursor.description or ()))


class ServerHistory(History):
    """A history in a site. A connection that was used is kept for who comes next."""

    place: Site

    def __init__(self, site: Site) -> None:
        self.place = site
        self._idle: list[driver.Connection] = []

    @contextlib.contextmanager
    def _within(self, begin: str) -> Iterator[OnServer]:
        with explained(self.place):
            held = self._idle.pop() if self._idle else driver.connect(self.place)
            try:
                with held.transaction():
                    held.execute(begin)
                    yield OnServer(held)
            finally:
                if not held.closed:
                    self._idle.append(held)

    def transaction(self) -> AbstractContextManager[OnServer]:
        return self._within(alone(self.place))

    def reading(self) -> AbstractContextManager[OnServer]:
        return self._within(ONE_MOMENT)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()
