"""The fault matrix: every way of going wrong that a test proves, one row each.

`bin/docs` makes the tables of `docs/reliability.md` and `docs/history.md` from it, and
`test_matrix.py` holds it against the tests: a row that no test proves fails, and so does a proof of
what is no row.
"""

from faults import apps, control, endpoints, engines, history, hosts, nfs, server, together
from faults.row import Row

SECTIONS: dict[str, tuple[Row, ...]] = {
    "hosts": hosts.ROWS,
    "engines": engines.ROWS,
    "endpoints": endpoints.ROWS,
    "apps": apps.ROWS,
    "nfs": nfs.ROWS,
    "together": together.ROWS,
    "history": history.ROWS,
    "server": server.ROWS,
    "control": control.ROWS,
}
ROWS = tuple(row for rows in SECTIONS.values() for row in rows)
BY_KEY = {row.key: row for row in ROWS}
HEAD = """\
| what is wrong | how it is made | what is shown | at most | exit | test |
|---|---|---|---|---|---|
"""
ADVICE_HEAD = """\
| what is wrong | what it says | what to do |
|---|---|---|
"""


def table(section: str) -> str:
    """A section as a table of Markdown."""
    return HEAD + "".join(
        f"| {row.fault} | {row.made} | {_shown(row)} | {row.most_sec} s | {row.exit_code} "
        f"| `{row.test.partition('::')[0]}` |\n"
        for row in SECTIONS[section]
    )


def advice(section: str) -> str:
    """The rows of a section about which a person has to do something."""
    return ADVICE_HEAD + "".join(
        f"| {row.fault} | `{row.says.removeprefix('not recorded: ')}` | {row.advice} |\n"
        for row in SECTIONS[section]
        if row.advice
    )


def _shown(row: Row) -> str:
    seen = [f"{kind} `{words}`" for kind, words in row.shown.items()]
    return ", ".join(seen + [f"`{row.says}`"] * bool(row.says))
