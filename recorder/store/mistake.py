"""What is wrong with a person's SQL, in one line, with what was probably meant."""

import re
import sqlite3

from recorder.bindings.spelling import did_you_mean, plain

_NO_SUCH = re.compile(r"no such (?P<what>column|table|function): (?P<name>.*)", re.DOTALL)
_UNBOUND = re.compile(r"You did not supply a value for binding (?:parameter )?:?(?P<name>\w+)")
_WORD = re.compile(r"\w+")
TOO_BIG = "a value of the answer is larger than 16 MB; ask for less of it"
OUT_OF_MEMORY = "the answer needs more than 512 MB of memory; ask for less"
NO_ROOM = "no room for SQLite's temporary files; ask for less, or free space: `df -h /tmp`"
OF_SQL = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE)
SAID = {
    sqlite3.SQLITE_TOOBIG: TOO_BIG,
    sqlite3.SQLITE_NOMEM: OUT_OF_MEMORY,
    sqlite3.SQLITE_FULL: NO_ROOM,
    sqlite3.SQLITE_READONLY: "media.sql only reads, and nothing was changed",
}
OF_PYTHON = {  # what its sqlite3 module says without a code of SQLite's
    "one statement at a time": "one statement at a time: there is more behind the first `;`",
    "null character": "the SQL holds a null character",
    "Binding": "name the parameters, `:since`, and give them with -p since VALUE",
}
BY_TYPE = {
    MemoryError: OUT_OF_MEMORY,
    UnicodeEncodeError: "the SQL, or a value of -p, is not UTF-8 text",
}


def explained_mistake(db: sqlite3.Connection, sql: str, error: BaseException | None) -> str | None:
    """The line for a person; None where the file is in trouble, not the question."""
    code = getattr(error, "sqlite_errorcode", None)
    text = str(error)
    if code is not None:
        primary = code & 0xFF
        if primary in SAID:
            return SAID[primary]
        return _of_sql(db, sql, text) if primary in OF_SQL else None
    if found := _UNBOUND.search(text):
        return f"the query asks for :{found['name']}; give it one with -p {found['name']} VALUE"
    known = next((line for words, line in OF_PYTHON.items() if words in text), None)
    return known or BY_TYPE.get(type(error)) or f"SQL: {plain(text)}"


def _of_sql(db: sqlite3.Connection, sql: str, text: str) -> str:
    found = _NO_SUCH.fullmatch(text)
    if found is None:
        return f"SQL: {plain(text)}"
    what, name = found["what"], found["name"]
    last = name.rpartition(".")[2]
    guess = did_you_mean(last, _known(db, what, sql))
    return f"SQL: no such {what}: {plain(name)}{guess or HINTS[what]}"


HINTS = {
    "column": "; text goes in 'quotes', and `--schema VIEW` lists columns",
    "table": "; `ops media.sql --tables` lists them",
    "function": "; SQLite's own are at https://www.sqlite.org/lang_corefunc.html",
}


def _known(db: sqlite3.Connection, what: str, sql: str) -> list[str]:
    """The names that could have been meant."""
    if what == "function":
        return sorted({str(row[0]) for row in db.execute("PRAGMA function_list")})
    rows = db.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
    tables = sorted(str(row[0]) for row in rows)
    if what == "table":
        return tables
    words = {word.lower() for word in _WORD.findall(sql)}
    named = [table for table in tables if table in words]
    columns = (db.execute(f'PRAGMA table_info("{table}")') for table in named)
    return [str(row[1]) for rows in columns for row in rows]
