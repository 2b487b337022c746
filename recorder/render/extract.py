"""An extract of the history as lines of CSV or of JSON."""

import csv
import io
import json
from collections.abc import Iterator
from enum import StrEnum
from typing import TypeVar

from recorder.render.safe import ACTING
from recorder.store.extract import Extract

V = TypeVar("V")


class Format(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


def lines(extract: Extract, form: Format) -> Iterator[str]:
    """The extract line by line, line ends included; nothing is read ahead."""
    return _csv(extract) if form is Format.CSV else _json(extract)


def _json(extract: Extract) -> Iterator[str]:
    """One object a line, in printable ASCII; each has every column, null where it has no value."""
    for row in extract.rows:
        yield f"{json.dumps(dict(zip(extract.columns, row, strict=True)))}\n"


def _csv(extract: Extract) -> Iterator[str]:
    """A header, then a line a row, empty where there is no value (RFC 4180, but lines end in LF).

    A control character is written as its code, so that no text from a host moves a cursor.
    """
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(extract.columns)
    for row in extract.rows:
        yield _taken(page)
        writer.writerow([plain(value) for value in row])
    yield _taken(page)


def plain(value: V) -> V | str:
    """A value without a control character."""
    return value.translate(ACTING) if isinstance(value, str) else value


def _taken(page: io.StringIO) -> str:
    text = page.getvalue()
    page.seek(0)
    page.truncate()
    return text
