"""How rows get out: in the form that was asked for, up to a limit, with the notes beside them."""

import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

import click

from recorder.capabilities.looking import now, print_json
from recorder.errors import ExitCode
from recorder.frozen import frozen

MOST_ROWS = 1000  # of a table, unless another limit is asked for
FORMS = {
    "table": "A table, as on a terminal.",
    "csv": "CSV with a header, as into a pipe.",
    "tsv": "Values between tabs, never quoted.",
    "md": "A Markdown table.",
    "nl": "A JSON object a line.",
    "json": "One JSON object: docs/json.md.",
}
Value = str | int | float | bytes | None
Rows = Iterable[Sequence[Value]]


@frozen
class Showing:
    """How rows are to be shown."""

    form: str | None
    limit: int | None  # 0: none
    ascii_only: bool

    @property
    def shape(self) -> str:
        return self.form or ("table" if sys.stdout.isatty() else "csv")

    @property
    def most(self) -> int:
        if self.limit is None:
            return MOST_ROWS if self.shape == "table" else 0
        return self.limit


def form_options(command: Callable[..., ExitCode]) -> Callable[..., ExitCode]:
    """Give a command `--table`, `--csv` and so on; it is called with a `form`."""
    for form, words in reversed(FORMS.items()):
        command = click.option(f"--{form}", "form", flag_value=form, help=words)(command)
    return command


class _Limited:
    """Rows up to a limit; whether there were more is known once they were read."""

    def __init__(self, rows: Rows, most: int) -> None:
        self._rows, self._most = iter(rows), most
        self.count, self.cut = 0, False

    def __iter__(self) -> "_Limited":
        return self

    def __next__(self) -> Sequence[Value]:
        if self._most and self.count == self._most:
            self.cut = next(self._rows, None) is not None
            raise StopIteration
        row = next(self._rows)
        self.count += 1
        return row


def show(
    showing: Showing,
    columns: Sequence[str],
    rows: Rows,
    *,
    sql: str | None = None,
    values: Mapping[str, Value] | None = None,
) -> int:
    """Print the rows, and on standard error that there were more, or none; how many they are."""
    limited = _Limited(rows, showing.most)
    if showing.shape == "table":
        _print_table(showing, columns, list(limited))
    elif showing.shape == "json":
        from recorder.render.answer_document import answer  # noqa: PLC0415 - only for JSON

        kept = list(limited)
        print_json(
            answer(columns, kept, generated_at=now(), sql=sql, values=values or {}, cut=limited.cut)
        )
    else:
        from recorder.capabilities.history.writing import to_output  # noqa: PLC0415
        from recorder.render.rows import Form, lines  # noqa: PLC0415

        to_output(lines(columns, limited, Form(showing.shape)))
    if limited.cut:
        note(f"cut after {rows_of(showing.most)}; --limit 0 shows all, --csv for other programs")
    elif limited.count == 0 and showing.shape == "table":
        note("no rows")
    return limited.count


def rows_of(count: int) -> str:
    """A number of rows, in words."""
    return "1 row" if count == 1 else f"{count:,} rows"


def note(text: str) -> None:
    """Say something beside the result."""
    sys.stdout.flush()
    click.echo(text, err=True)


def _print_table(showing: Showing, columns: Sequence[str], rows: list[Sequence[Value]]) -> None:
    from recorder.render.screen import screen  # noqa: PLC0415 - only to draw
    from recorder.render.table import table  # noqa: PLC0415

    console = screen(sys.stdout, ascii_only=showing.ascii_only)
    width = console.width
    if sys.stdout.isatty():  # a screen is at most 120 wide; a table may use all there is
        width = max(width, shutil.get_terminal_size((width, 24)).columns)
    lines = table(columns, rows, width, ascii_only=console.options.ascii_only)
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()
