"""A person's SQL, answered by a server: in a transaction that only reads, within its time.

The server itself refuses what would write, whatever the words. It is given one statement, never
several, and of a long answer only as many rows at a time as are read.
"""

import contextlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from recorder.bindings.spelling import did_you_mean, plain
from recorder.errors import UsageError
from recorder.store.ask import AT_ONCE, Answer, Question, Value, too_long
from recorder.store.described import Relation, relation_of
from recorder.store.permission import ONLY_READS, leading_word
from recorder.store.postgresql import schema
from recorder.store.postgresql.driver import Connection, connect
from recorder.store.postgresql.history import OnServer
from recorder.store.postgresql.library import psycopg
from recorder.store.postgresql.trouble import MAY_NOT, explained
from recorder.store.postgresql.words import with_values
from recorder.store.site import Site

CURSOR_WORDS = frozenset({"SELECT", "WITH", "VALUES", "TABLE"})
PLAIN_WORDS = frozenset({"SHOW"})
NEVER_WRITES = "SET default_transaction_read_only = on"
LATE = "57014"
WRITES = ("25006", "0A000", "25001")
RIGHTS = "the rights to read, to be given again after an upgrade, are in docs/security.md"
UNKNOWN_COLUMN, UNKNOWN_TABLE, UNKNOWN_FUNCTION = "42703", "42P01", "42883"
_EXPLAIN = re.compile(r"(?i)\W*explain\b")
_QUOTED = re.compile(r'"([^"]+)"')
NAMES = """
SELECT relname, attname FROM pg_class
JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0
WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'v')
"""
RELATIONS = """
SELECT relname, relkind, obj_description(pg_class.oid, 'pg_class'), attname,
    upper(format_type(atttypid, atttypmod)), col_description(pg_class.oid, attnum)
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0
WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'v')
ORDER BY relkind = 'r', relname COLLATE "C", attnum
"""
TYPES = {"BIGINT": "INTEGER"}


@contextlib.contextmanager
def opened_to_read(site: Site) -> Iterator[Connection]:
    """A connection to a site, its schema current, in a transaction that can't write. StoreError."""
    with explained(site):
        db = connect(site)
    try:
        with explained(site):
            db.execute(NEVER_WRITES)
            db.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            schema.see_to(site, schema.standing(OnServer(db), site), writing=False)
        yield db
    finally:
        db.close()


@contextlib.contextmanager
def ask(site: Site, question: Question) -> Iterator[Answer]:
    """The answer, read while its rows are taken. Raises UsageError; StoreError."""
    word = leading_word(question.sql)
    if word not in CURSOR_WORDS | PLAIN_WORDS:
        raise UsageError(_refused(word))
    sql, names = with_values(question.sql)
    _all_there(question, names)
    with opened_to_read(site) as db, contextlib.closing(_cursor(db, question.sql)) as cursor:
        asking = _Asking(site, question, db)
        with asking.heeded():
            cursor.execute(sql, dict(question.values))
            columns = tuple(column.name for column in cursor.description or ())
        yield Answer(columns, _rows(cursor, asking), lambda: asking.spent_sec)


def _cursor(db: Connection, sql: str) -> Any:  # noqa: ANN401 - either of psycopg's
    """One from which rows are asked for some at a time, where the statement allows it.

    Either takes one statement. The simple protocol would take several, and a COMMIT among them
    would end what only reads; psycopg does without it for a binary answer, and to declare a cursor.
    """
    plain_answer = leading_word(sql) in PLAIN_WORDS or _EXPLAIN.match(sql)
    return db.cursor(binary=True) if plain_answer else db.cursor("asked")


def _refused(word: str) -> str:
    if not word:
        return "there is nothing to ask in that; try `ops media.sql --queries`"
    if word == "PRAGMA":
        return "PRAGMA is SQLite's, and this history is on a PostgreSQL server"
    return ONLY_READS.format(plain(word))


def _all_there(question: Question, names: tuple[str, ...]) -> None:
    for name in question.values:
        if name not in names:
            known = ", ".join(f":{used}" for used in sorted(names)) or "none"
            raise UsageError(f'the query has no parameter "{name}"; it has {known}')
    for name in names:
        if name not in question.values:
            raise UsageError(f"the query asks for :{name}; give it one with -p {name} VALUE")


def _rows(cursor: Any, asking: "_Asking") -> Iterator[tuple[Value, ...]]:  # noqa: ANN401
    while True:
        with asking.heeded():
            some = cursor.fetchmany(AT_ONCE)
        if not some:
            return
        for row in some:
            yield tuple(_plain(value) for value in row)


def _plain(value: object) -> Value:
    """A value as SQLite would give it."""
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, str | int | float | bytes):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else str(value)


@dataclass(slots=True)
class _Asking:
    """One question under way; only the server's time counts."""

    site: Site
    question: Question
    db: Connection
    spent_sec: float = 0.0

    @contextlib.contextmanager
    def heeded(self) -> Iterator[None]:
        """While the server works: in time, and whatever it complains of in one line."""
        left_ms = max(1, round(1000 * (self.question.time_limit_sec - self.spent_sec)))
        with explained(self.site):
            self.db.execute("SELECT set_config('statement_timeout', %s, false)", (str(left_ms),))
        self.db.silence_sec = left_ms / 1000 + 5
        began = time.monotonic()
        try:
            with explained(self.site):
                yield
        except Exception as error:
            cause = error if isinstance(error, psycopg.Error) else error.__cause__
            line = self._line(cause) if isinstance(cause, psycopg.Error) else None
            if line is None:
                raise
            raise UsageError(line) from error
        finally:
            self.spent_sec += time.monotonic() - began

    def _line(self, error: psycopg.Error) -> str | None:
        code, said = error.sqlstate or "", error.diag.message_primary or str(error)
        if code == LATE:
            return too_long(self.question.time_limit_sec)
        if code in WRITES:
            return ONLY_READS.format("what would write")
        if code in (UNKNOWN_COLUMN, UNKNOWN_TABLE):
            return f"SQL: {plain(said)}{self._guess(code, said)}"
        if code == UNKNOWN_FUNCTION:
            hint = "; a number and a text are compared by CAST(… AS BIGINT)" * (">" in said)
            return f"SQL: {plain(said)}{hint}"
        if isinstance(error, psycopg.ProgrammingError | psycopg.DataError):
            rights = f"; {RIGHTS}" * (code in MAY_NOT)
            return f"SQL: {plain(said)}{rights}"
        return None

    def _guess(self, code: str, said: str) -> str:
        """What was probably meant, of the names there are."""
        found = _QUOTED.search(said) or re.search(r"column (\S+)", said)
        name = found[1].rpartition(".")[2] if found else ""
        self.db.execute("ROLLBACK")
        there = self.db.execute(NAMES, (f'"{self.site.name}"',)).fetchall()
        words = set(re.findall(r"\w+", self.question.sql.lower()))
        if code == UNKNOWN_TABLE:
            guess = did_you_mean(name, sorted({relation for relation, _ in there}))
            return guess or "; `ops media.sql --tables` lists them"
        guess = did_you_mean(name, sorted({col for rel, col in there if rel in words}))
        return guess or "; text goes in 'quotes', and `--schema VIEW` lists columns"


def relations(site: Site) -> tuple[Relation, ...]:
    """The views and tables of a site, with what they mean. Raises StoreError."""
    with opened_to_read(site) as db, explained(site):
        rows = db.execute(RELATIONS, (f'"{site.name}"',)).fetchall()
    found: dict[tuple[str, str, str], list[tuple[str, str, str]]] = {}
    for name, kind, head, column, kept, said in rows:
        relation = (name, "table" if kind == "r" else "view", head or "")
        found.setdefault(relation, []).append((column, TYPES.get(kept, kept), said or ""))
    made = (relation_of(*relation, columns) for relation, columns in found.items())
    return tuple(relation for relation in made if relation is not None)
