"""Rows of a person's query as text for other programs: CSV, TSV, lines of JSON, Markdown.

Line by line, nothing read ahead. A control character is written as its code, one that turns the
direction of text too, so that no text from a host moves a cursor or shows as another; JSON keeps
it, escaped. A blob is written in hexadecimal.
"""

import csv
import html
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum

from recorder.render.safe import ACTING, code

Value = str | int | float | bytes | None
Row = Sequence[Value]
_BREAKS = {0x2028: code("\u2028"), 0x2029: code("\u2029")}
_IN_MARKDOWN = {**ACTING, **_BREAKS, ord("|"): "\\|", ord("\\"): "\\\\"}


class Form(StrEnum):
    CSV = "csv"
    TSV = "tsv"
    LINES = "nl"
    MARKDOWN = "md"


def lines(columns: Sequence[str], rows: Iterable[Row], form: Form) -> Iterator[str]:
    """The rows line by line, line ends included."""
    return FORMS[form](columns, rows)


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """A header, then a line a row, empty where there is NULL (RFC 4180, but lines end in LF)."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    for row in _chained(columns, rows):
        writer.writerow([_plain(value) for value in row])
        yield page.getvalue()
        page.seek(0)
        page.truncate()


def _tsv(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """Never quoted: a tab in a value is its code."""
    for row in _chained(columns, rows):
        shown = ("" if value is None else str(_plain(value)) for value in row)
        yield "\t".join(shown) + "\n"


def _chained(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[Row]:
    yield columns
    yield from rows


def _lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    names = distinct(columns)
    for row in rows:
        yield json.dumps(as_object(names, row)) + "\n"


def _markdown(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    yield _markdown_row(columns)
    yield "|" + " --- |" * len(columns) + "\n"
    for row in rows:
        yield _markdown_row(row)


def _markdown_row(row: Row) -> str:
    shown = ("" if value is None else str(in_text(value)) for value in row)
    cells = (html.escape(text, quote=False).translate(_IN_MARKDOWN) for text in shown)
    return f"| {' | '.join(cells)} |\n"


FORMS: dict[Form, Callable[[Sequence[str], Iterable[Row]], Iterator[str]]] = {
    Form.CSV: _csv,
    Form.TSV: _tsv,
    Form.LINES: _lines,
    Form.MARKDOWN: _markdown,
}


def distinct(columns: Sequence[str]) -> tuple[str, ...]:
    """The columns' names, one that was there before with a number: at, at_2, at_3."""
    taken: dict[str, None] = {}
    for column in columns:
        name, number = column, 1
        while name in taken:
            number += 1
            name = f"{column}_{number}"
        taken[name] = None
    return tuple(taken)


def as_object(names: Sequence[str], row: Row) -> dict[str, str | int | float | None]:
    """A row as JSON has it. JSON knows no infinity: it is text."""
    return {name: _in_json(value) for name, value in zip(names, row, strict=True)}


def _in_json(value: Value) -> str | int | float | None:
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return str(value)
    return in_text(value)


def in_text(value: Value) -> str | int | float | None:
    """A value, a blob in hexadecimal."""
    return value.hex() if isinstance(value, bytes) else value


def _plain(value: Value) -> str | int | float | None:
    return value.translate(ACTING) if isinstance(value, str) else in_text(value)
