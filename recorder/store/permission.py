"""What a person's SQL may do: read. SQLite asks here at each step of compiling a statement.

The rule is a list of what is allowed, so that whatever a newer SQLite can do is refused until it is
named here (https://www.sqlite.org/c3ref/set_authorizer.html, c_alter_table.html for the codes).
"""

import re
import sqlite3
from dataclasses import dataclass, field

from recorder.bindings.spelling import plain

READING = frozenset({"SELECT", "WITH", "VALUES", "EXPLAIN", "PRAGMA"})
ALWAYS = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE})
DESCRIBING = frozenset(  # these take a name
    {"table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo"}
    | {"foreign_key_list"}
)
TELLING = frozenset(  # these say something where they are given no value
    {"database_list", "collation_list", "function_list", "module_list", "pragma_list"}
    | {"compile_options", "application_id", "user_version", "schema_version", "data_version"}
    | {"encoding", "page_size", "page_count", "freelist_count", "auto_vacuum", "journal_mode"}
    | {"foreign_key_check", "integrity_check", "quick_check"}
)
REFUSED_FUNCTIONS = frozenset(
    {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "fts5"}
)
_BEGIN = re.compile(r"(?:\s|;|--[^\n]*(?:\n|$)|/\*.*?(?:\*/|$))*", re.DOTALL)
_WORD = re.compile(r"\w+")
ONLY_READS = "media.sql only reads: {} is refused, and nothing was changed"


@dataclass(slots=True)
class Permission:
    """The authorizer of one connection; `refused`: what it refused first, in words."""

    refused: str | None = field(default=None)

    def __call__(
        self,
        action: int,
        one: str | None,
        other: str | None,
        _database: str | None,
        _trigger: str | None,
    ) -> int:
        words = refusal(action, one, other)
        if words is None:
            return sqlite3.SQLITE_OK
        self.refused = self.refused or words
        return sqlite3.SQLITE_DENY


def refusal(action: int, one: str | None, other: str | None) -> str | None:
    """What to call an action that is refused; None for one that only reads."""
    if action in ALWAYS:
        return None
    if action == sqlite3.SQLITE_FUNCTION:
        name = (other or "").lower()
        return f"{name}()" if name in REFUSED_FUNCTIONS else None
    if action == sqlite3.SQLITE_PRAGMA:
        name = (one or "").lower()
        reads = name in DESCRIBING or (name in TELLING and other is None)
        return None if reads else f"PRAGMA {name}"
    return NAMES.get(action, "that")


def _codes() -> dict[int, str]:
    """Each action's name as SQLite's own constants spell it: `CREATE TEMP TABLE`, `ATTACH`."""
    kinds = ("CREATE", "DROP", "INSERT", "UPDATE", "DELETE", "ALTER", "ATTACH", "DETACH", "ANALYZE")
    wanted = (*kinds, "REINDEX", "SAVEPOINT", "TRANSACTION")
    names = (name for name in dir(sqlite3) if name.startswith("SQLITE_"))
    return {
        getattr(sqlite3, name): name.removeprefix("SQLITE_").replace("_", " ")
        for name in names
        if name.removeprefix("SQLITE_").split("_")[0] in wanted
    }


NAMES = _codes()


def leading_word(sql: str) -> str:
    """The word a statement begins with, or the one behind EXPLAIN; "" where there is none."""
    words = []
    place = 0
    for _ in range(4):
        begin = _BEGIN.match(sql, place)
        found = _WORD.match(sql, begin.end() if begin else place)
        if found is None:
            break
        words.append(found[0].upper())
        place = found.end()
    explained = words[:1] == ["EXPLAIN"]
    rest = [word for word in words if not explained or word not in ("EXPLAIN", "QUERY", "PLAN")]
    return rest[0] if rest else ""


def not_reading(sql: str) -> str | None:
    """The line for a statement that does not even begin as a question; None where it does.

    The authorizer would refuse most of them too, but not all in words a person knows: VACUUM is
    an ATTACH to it, CREATE an INSERT.
    """
    word = leading_word(sql)
    if not word or word in READING or word not in WRITING:
        return None
    return ONLY_READS.format(plain(word))


WRITING = frozenset(
    {"ALTER", "ANALYZE", "ATTACH", "BEGIN", "COMMIT", "CREATE", "DELETE", "DETACH", "DROP", "END"}
    | {"INSERT", "REINDEX", "RELEASE", "REPLACE", "ROLLBACK", "SAVEPOINT", "UPDATE", "VACUUM"}
)
