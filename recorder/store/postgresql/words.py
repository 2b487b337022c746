"""A statement in SQLite's words as psycopg and a server take it: pure."""

import re
from functools import lru_cache

_TOKEN = re.compile(
    r"""\b[eE]'(?:[^'\\]|''|\\.)*' | '(?:[^']|'')*' | "(?:[^"]|"")*"
    | --[^\n]* | /\*.*?\*/ | \$(\w*)\$.*?\$\1\$ | :: | :(?P<name>[A-Za-z_]\w*) | %""",
    re.DOTALL | re.VERBOSE,
)
_SAME = re.compile(r"\bIS (?=%\()")


def with_values(sql: str) -> tuple[str, tuple[str, ...]]:
    """The statement as psycopg takes it, without its last `;`, and the names of its `:values`.

    What stands in quotes, comments and `::casts` is left alone.
    """
    names: dict[str, None] = {}

    def instead(found: re.Match[str]) -> str:
        name = found["name"]
        if name is None:
            return found[0].replace("%", "%%")
        names[name] = None
        return f"%({name})s"

    return _TOKEN.sub(instead, sql).rstrip().removesuffix(";"), tuple(names)


@lru_cache(maxsize=256)
def carried_over(statement: str) -> str:
    """One of our own statements; of its words only `IS :value` is SQLite's alone."""
    return _SAME.sub("IS NOT DISTINCT FROM ", with_values(statement)[0])
