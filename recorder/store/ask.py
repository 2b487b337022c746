"""A person's SQL, answered: the file opened only to read, every step allowed or refused, in time.

Nothing on the disk changes. The question is asked on a connection that can't write. One that could
is held open beside it while the file is at rest, for the sake of the log and its index that even a
reader makes: the last one to leave clears them away.
"""

import contextlib
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from pathlib import Path

from recorder.errors import NoHistoryError, OlderError, StoreError, UsageError
from recorder.frozen import frozen
from recorder.store.described import Relation, described
from recorder.store.driver import connect, reading_mode
from recorder.store.header import check_header, is_there
from recorder.store.location import check_place
from recorder.store.mistake import explained_mistake
from recorder.store.patience import Patience
from recorder.store.permission import DESCRIBING, ONLY_READS, TELLING, Permission, not_reading
from recorder.store.revision import is_newest
from recorder.store.site import Location, Site
from recorder.store.trouble import explained

Value = str | int | float | bytes | None
AT_ONCE = 500  # rows
LONGEST_BYTES = 16 << 20
HEAP_BYTES = 512 << 20
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: LONGEST_BYTES,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1 << 20,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1000,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
# SQLite declares these as it first meets them, and asks the authorizer as if a table were made.
TABLE_FUNCTIONS = frozenset(
    {"json_each", "json_tree"} | {f"pragma_{name}" for name in DESCRIBING | TELLING}
)
_WORD = re.compile(r"\w+")


@frozen
class Question:
    """SQL, the values of its `:names`, and how long the history may take for the whole answer."""

    sql: str
    values: Mapping[str, Value] = field(default_factory=dict)
    time_limit_sec: float = 5.0


@frozen
class Answer:
    """Rows to be read once; reading them may raise UsageError or StoreError."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Value, ...]]
    spent_sec: Callable[[], float]  # in SQLite or the server until now


class _Values(dict[str, Value]):
    """Values by name, and which were asked for."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        super().__init__(values)
        self.used: set[str] = set()

    def __getitem__(self, name: str) -> Value:
        self.used.add(name)
        return super().__getitem__(name)


@contextlib.contextmanager
def opened_to_read(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a history, its schema current, that can't write. Raises StoreError."""
    check_place(path)
    if not is_there(path):
        raise NoHistoryError(f"nothing is recorded in {path} yet; `ops media.status` records")
    check_header(path)
    mode = reading_mode(path)
    with contextlib.ExitStack() as held:
        if mode == "mode=rw":
            if not _has_log(path):
                kept = held.enter_context(contextlib.closing(connect(path)))
                kept.execute("SELECT 1 FROM sqlite_schema").fetchone()
            mode = "mode=ro"
        if not is_newest(path, mode):
            raise OlderError(f"{path} has an older schema; `ops media.history.upgrade` upgrades it")
        yield held.enter_context(contextlib.closing(connect(path, mode)))


def _has_log(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def relations(place: Location) -> tuple[Relation, ...]:
    """The views and tables of a history, with what they mean. Raises StoreError."""
    if isinstance(place, Site):
        from recorder.store.postgresql import asking as server  # noqa: PLC0415 - only for one

        return server.relations(place)
    path = place
    with explained(path), opened_to_read(path) as db:
        return described(db)


def too_long(limit_sec: float) -> str:
    """The line for a query that was ended."""
    return (
        f"ended after {limit_sec:g} s, unanswered; "
        "ask for less, or give it longer with --time-limit"
    )


@contextlib.contextmanager
def ask(
    place: Location, question: Question, overdue: Callable[[], object] = lambda: None
) -> Iterator[Answer]:
    """The answer, read while its rows are taken.

    `overdue` is called, from another thread, when the time is past and SQLite can't be stopped.
    Raises UsageError for what can't be asked, was refused or took too long; else StoreError.
    """
    if isinstance(place, Site):
        from recorder.store.postgresql import asking as server  # noqa: PLC0415 - only for one

        with server.ask(place, question) as answer:
            yield answer
        return
    path = place
    words = not_reading(question.sql)
    if words is not None:
        raise UsageError(words)
    with opened_to_read(path) as db:
        patience = Patience(db, question.time_limit_sec, overdue)
        asking = _Asking(path, question, db, _guard(db, question.sql), patience)
        with asking.heeded():
            cursor = db.execute(question.sql, values := _Values(question.values))
        with contextlib.closing(cursor):  # else it would outlive its connection
            _all_used(question, values)
            if cursor.description is None:
                raise UsageError("there is nothing to ask in that; try `ops media.sql --queries`")
            columns = tuple(column[0] for column in cursor.description)
            yield Answer(columns, _rows(cursor, asking), lambda: patience.spent_sec)


def _guard(db: sqlite3.Connection, sql: str) -> Permission:
    for name in TABLE_FUNCTIONS.intersection(_WORD.findall(sql.lower())):
        with contextlib.suppress(sqlite3.OperationalError):  # not in this SQLite
            db.execute(f"SELECT 1 FROM {name} LIMIT 0")  # noqa: S608 - a name of our own
    db.execute(f"PRAGMA hard_heap_limit = {HEAP_BYTES}")
    for limit, most in LIMITS.items():
        db.setlimit(limit, most)
    db.text_factory = lambda text: text.decode("utf-8", "backslashreplace")
    permission = Permission()
    db.set_authorizer(permission)
    return permission


def _rows(cursor: sqlite3.Cursor, asking: "_Asking") -> Iterator[tuple[Value, ...]]:
    while True:
        with asking.heeded():
            some = cursor.fetchmany(AT_ONCE)
        if not some:
            return
        yield from some


def _all_used(question: Question, values: _Values) -> None:
    for name in question.values:
        if name not in values.used:
            known = ", ".join(f":{used}" for used in sorted(values.used)) or "none"
            raise UsageError(f'the query has no parameter "{name}"; it has {known}')


@frozen
class _Asking:
    """One question under way."""

    path: Path
    question: Question
    db: sqlite3.Connection
    permission: Permission
    patience: Patience

    @contextlib.contextmanager
    def heeded(self) -> Iterator[None]:
        """While SQLite works: in time, and whatever it complains of in one line."""
        try:
            with explained(self.path, doubted=False), self.patience.running():
                yield
        except (sqlite3.Error, sqlite3.Warning, StoreError, MemoryError, ValueError) as error:
            cause = error.__cause__ if isinstance(error, StoreError) else error
            raise self._meant(cause) or error from error

    def _meant(self, error: BaseException | None) -> BaseException | None:
        """What to say instead; None where the file is in trouble, not the question."""
        if self.patience.interrupted is not None:
            return self.patience.interrupted
        if self.permission.refused is not None:
            return UsageError(ONLY_READS.format(self.permission.refused))
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            late = UsageError(too_long(self.question.time_limit_sec))
            return late if self.patience.over else KeyboardInterrupt()
        self.db.set_authorizer(None)
        line = explained_mistake(self.db, self.question.sql, error)
        return None if line is None else UsageError(line)
