"""Rows for other programs: each form says exactly the values, and nothing in them is obeyed."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.render.rows import Form, Value, distinct, lines

COLUMNS = ("name", "count", "name")
ROWS: list[tuple[Value, ...]] = [
    ("radarr", 1, None),
    ('a "quote", a\ttab\nand \x1b[31mred', -1, 2.5),
    ("a|b\\c <b>&</b>", 1 << 62, b"\x00\xff"),
    ("", float("inf"), "\u2028"),
]


def text(form: Form) -> str:
    return "".join(lines(COLUMNS, ROWS, form))


def test_csv_quotes_what_must_be_and_leaves_null_empty() -> None:
    """RFC 4180, with control characters as their codes and blobs in hexadecimal."""
    assert text(Form.CSV) == (
        "name,count,name\n"
        "radarr,1,\n"
        '"a ""quote"", a\\ttab\\nand \\x1b[31mred",-1,2.5\n'
        "a|b\\c <b>&</b>,4611686018427387904,00ff\n"
        ",inf,\u2028\n"
    )


@pytest.mark.parametrize("form", [Form.CSV, Form.TSV, Form.MARKDOWN])
@pytest.mark.parametrize(
    "mark", "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
def test_what_turns_the_direction_of_text_is_written_as_its_code(form: Form, mark: str) -> None:
    """No name from a host shows as another: what is drawn after such a mark is drawn backwards."""
    shown = "".join(lines(("name",), [(f"radarr{mark}gpj",)], form))
    assert f"radarr\\u{ord(mark):04x}gpj" in shown.replace("\\\\", "\\")
    assert mark not in shown


def test_tsv_never_quotes() -> None:
    """A tab or a line break in a value is its code, so that every tab divides."""
    assert text(Form.TSV) == (
        "name\tcount\tname\n"
        "radarr\t1\t\n"
        'a "quote", a\\ttab\\nand \\x1b[31mred\t-1\t2.5\n'
        "a|b\\c <b>&</b>\t4611686018427387904\t00ff\n"
        "\tinf\t\u2028\n"
    )


def test_lines_of_json_number_a_name_that_comes_twice() -> None:
    """No value is lost to another of its name; what JSON has no word for is text."""
    assert [json.loads(line) for line in text(Form.LINES).splitlines()] == [
        {"name": "radarr", "count": 1, "name_2": None},
        {"name": 'a "quote", a\ttab\nand \x1b[31mred', "count": -1, "name_2": 2.5},
        {"name": "a|b\\c <b>&</b>", "count": 1 << 62, "name_2": "00ff"},
        {"name": "", "count": "inf", "name_2": "\u2028"},
    ]


def test_markdown_escapes_what_would_end_a_cell_or_be_html() -> None:
    """A bar, a backslash, a tag and a line break stay in their cell, as themselves."""
    assert text(Form.MARKDOWN) == (
        "| name | count | name |\n"
        "| --- | --- | --- |\n"
        "| radarr | 1 |  |\n"
        '| a "quote", a\\ttab\\nand \\x1b[31mred | -1 | 2.5 |\n'
        "| a\\|b\\\\c &lt;b&gt;&amp;&lt;/b&gt; | 4611686018427387904 | 00ff |\n"
        "|  | inf | \\u2028 |\n"
    )


def test_names_are_made_distinct_by_number() -> None:
    """Also where a column has such a name already."""
    assert distinct(("a", "a_2", "a", "a")) == ("a", "a_2", "a_3", "a_4")


VALUES = st.one_of(
    st.none(), st.integers(-(1 << 63), (1 << 63) - 1), st.text(), st.binary(), st.floats()
)


@given(st.lists(st.tuples(VALUES, VALUES)))
def test_a_line_a_row_whatever_is_in_it(rows: list[tuple[Value, ...]]) -> None:
    """Any values: as many lines as rows, and as many cells as columns."""
    read = list(csv.reader(io.StringIO("".join(lines(("a", "b"), rows, Form.CSV)))))
    assert [len(row) for row in read] == [2] * (len(rows) + 1)
    tabs = "".join(lines(("a", "b"), rows, Form.TSV)).split("\n")[:-1]
    assert [line.count("\t") for line in tabs] == [1] * (len(rows) + 1)
    assert len(list(lines(("a", "b"), rows, Form.LINES))) == len(rows)
    for line in lines(("a", "b"), rows, Form.MARKDOWN):
        assert line.count("\n") == 1
