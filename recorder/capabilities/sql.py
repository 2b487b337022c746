"""media.sql: what the history holds, asked in SQL."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from recorder.bindings import queries
from recorder.bindings.queries import SavedQuery
from recorder.bindings.spelling import did_you_mean, quoted
from recorder.capabilities.answering import Showing, Value, form_options, note, rows_of, show
from recorder.capabilities.looking import bindings_folder
from recorder.capabilities.recording import history_option
from recorder.errors import ExitCode, RecorderError, UsageError
from recorder.store.site import Location

TIME_LIMIT_SEC = 5.0
ALL = "*"
QUERY_COLUMNS = ("query", "answers", "parameters")
STDIN = "-"
ONE_WORD = frozenset({"VACUUM", "BEGIN", "COMMIT", "ROLLBACK", "END", "ANALYZE", "REINDEX"})


def _complete(
    ctx: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    try:
        names = _files(ctx)
    except RecorderError:
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@click.command("media.sql")
@click.argument("sql", required=False, metavar="[SQL|QUERY]", shell_complete=_complete)
@history_option
@click.option("--file", "-f", "file", type=click.Path(path_type=Path), help="SQL from a file.")
@click.option(
    "--param",
    "-p",
    "given",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="The value of a :name in it; a plain number is a number, all else text.",
)
@form_options
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="N",
    help="At most so many rows; 0: all. Default: 1000 in a table, else all.",
)
@click.option(
    "--time-limit",
    "time_limit_sec",
    type=click.FloatRange(min=0, min_open=True),
    default=TIME_LIMIT_SEC,
    show_default=True,
    metavar="SEC",
    help="End a query that takes longer.",
)
@click.option("--time", "timed", is_flag=True, help="Say how long SQLite took, on standard error.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII only.")
@click.option("--tables", "about", flag_value="tables", help="The views and tables there are.")
@click.option("--queries", "about", flag_value="queries", help="The saved queries there are.")
@click.option(
    "--schema",
    is_flag=False,
    flag_value=ALL,
    metavar="[VIEW]",
    help="The columns of a view or table, or of all.",
)
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    sql: str | None,
    history: Location,
    file: Path | None,
    given: tuple[tuple[str, str], ...],
    time_limit_sec: float,
    about: str | None,
    schema: str | None,
    form: str | None,
    limit: int | None,
    timed: bool,
    ascii_only: bool,
) -> ExitCode:
    """Ask the history in SQL, or by the name of a saved query. It is only read.

    SQL comes from the argument, a file, or standard input. A table on a terminal, else CSV. The
    views and their columns: --tables, --schema VIEW, docs/schema.md. Exits 2 when the query is
    wrong, was refused or took too long, 3 when the history can't be read.
    """
    showing = Showing(form, limit, ascii_only)
    if about == "queries":
        _show_queries(ctx, showing)
    elif about == "tables" or schema is not None:
        _show_schema(history, showing, schema)
    else:
        text = _text(ctx, sql, file)
        known = {one.name: one for one in queries.parameters(text)}
        typed = {name.lstrip(":@$"): value for name, value in given}
        values = {name: one.default for name, one in known.items()} | {
            name: queries.value_for(known.get(name), value) for name, value in typed.items()
        }
        _answer(history, showing, text, values, time_limit_sec, timed=timed)
    return ExitCode.WELL


def _answer(
    history: Location,
    showing: Showing,
    sql: str,
    values: Mapping[str, Value],
    time_limit_sec: float,
    *,
    timed: bool,
) -> None:
    from recorder.store.ask import Question, ask, too_long  # noqa: PLC0415 - only to run

    def overdue() -> None:
        click.echo(f"ops: {too_long(time_limit_sec)}", err=True)
        os._exit(ExitCode.USAGE)  # SQLite is amid a step that nothing ends

    with ask(history, Question(sql, values, time_limit_sec), overdue) as answer:
        count = show(showing, answer.columns, answer.rows, sql=sql, values=values)
        if timed:
            note(f"{rows_of(count)}, {1000 * answer.spent_sec():.1f} ms in SQLite")


def _text(ctx: click.Context, sql: str | None, file: Path | None) -> str:
    """The SQL, from wherever it comes."""
    if file is not None and sql is not None:
        raise UsageError("SQL comes from the argument or from --file, not from both")
    if file is not None and str(file) != STDIN:
        return queries.read_sql(file)
    if sql is not None and sql != STDIN:
        name = sql.strip()
        named = name and not any(char in name for char in " \t\n(;'\"/*")
        if named and name.upper() not in ONE_WORD:
            return queries.read_query(_files(ctx), name).sql
        return sql
    if sql is None and file is None and sys.stdin.isatty():
        raise UsageError(
            "what to ask? SQL in quotes, the name of a saved query (`ops media.sql --queries`), "
            "or --file FILE"
        )
    return sys.stdin.buffer.read().decode("utf-8", "surrogateescape")


def _files(ctx: click.Context) -> dict[str, Path]:
    bindings = bindings_folder(ctx.find_object(Path))
    own = [] if bindings is None else [queries.own_folder(bindings)]
    return queries.query_files([*own, queries.shipped_folder()])


def _show_queries(ctx: click.Context, showing: Showing) -> None:
    show(showing, QUERY_COLUMNS, query_rows(_files(ctx)))


def query_rows(files: Mapping[str, Path]) -> list[tuple[str, str, str | None]]:
    """The saved queries: name, what it answers, and its parameters as they would be typed."""
    saved = [queries.read_query(files, name) for name in files]
    return [(one.name, one.answers, _typed(one)) for one in saved]


def _typed(query: SavedQuery) -> str | None:
    from shlex import quote  # noqa: PLC0415 - only to list

    return "  ".join(f"-p {p.name} {quote(str(p.default))}" for p in query.parameters) or None


def _show_schema(history: Location, showing: Showing, name: str | None) -> None:
    from recorder.store.ask import relations  # noqa: PLC0415 - only to run

    known = relations(history)
    if name is None:
        show(showing, ("name", "kind", "meaning"), [(r.name, r.kind, r.meaning) for r in known])
        return
    if name != ALL and name not in {relation.name for relation in known}:
        guess = did_you_mean(name, [relation.name for relation in known])
        raise UsageError(
            f"no view or table {quoted(name)}{guess}; `ops media.sql --tables` lists them"
        )
    rows = [
        (*((relation.name,) if name == ALL else ()), c.name, c.type, c.unit or None, c.meaning)
        for relation in known
        if name in (ALL, relation.name)
        for c in relation.columns
    ]
    head = ("table", "column", "type", "unit", "meaning")
    show(showing, head if name == ALL else head[1:], rows)
