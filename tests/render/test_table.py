"""Rows on a terminal: aligned, harmless, never wider than it, and nothing left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from recorder.render.rows import Value
from recorder.render.table import table

from .examples import HOSTILE_TEXTS

EVENTS: list[tuple[Value, ...]] = [
    ("2026-02-16T13:20", "radarr", 137, "exited, out of memory"),
    ("2026-02-16T13:05", "sonarr", None, "restarted"),
]
COLUMNS = ("at", "name", "code", "detail")


def drawn(columns: tuple[str, ...], rows: list[tuple[Value, ...]], width: int, **how: bool) -> str:
    return "".join(f"{line}\n" for line in table(columns, rows, width, **how))


def test_a_table_aligns_numbers_right_and_marks_null() -> None:
    """Numbers by their ends, words by their beginnings, NULL as a dash."""
    assert drawn(COLUMNS, EVENTS, 80) == (
        "at                name    code  detail\n"
        "────────────────  ──────  ────  ─────────────────────\n"
        "2026-02-16T13:20  radarr   137  exited, out of memory\n"
        "2026-02-16T13:05  sonarr     -  restarted\n"
    )


def test_words_fold_before_anything_is_left_out() -> None:
    """The column with most words gives way; times and numbers stay whole."""
    assert drawn(COLUMNS, EVENTS, 46) == (
        "at                name    code  detail\n"
        "────────────────  ──────  ────  ──────────────\n"
        "2026-02-16T13:20  radarr   137  exited, out of\n"
        "                                memory\n"
        "2026-02-16T13:05  sonarr     -  restarted\n"
    )


def test_what_is_too_wide_is_shown_as_records() -> None:
    """A line a column, a rule a row."""
    assert drawn(COLUMNS, EVENTS, 30) == (
        "── 1 ─────────────────────────\n"
        "at      2026-02-16T13:20\n"
        "name    radarr\n"
        "code    137\n"
        "detail  exited, out of memory\n"
        "── 2 ─────────────────────────\n"
        "at      2026-02-16T13:05\n"
        "name    sonarr\n"
        "code    -\n"
        "detail  restarted\n"
    )


def test_wide_characters_take_two_cells() -> None:
    """Columns line up on the screen, not by the count of characters."""
    rows: list[tuple[Value, ...]] = [("映画", 1), ("film", 2)]
    assert drawn(("title", "n"), rows, 80) == ("title  n\n─────  ─\n映画   1\nfilm   2\n")


def test_no_rows_still_show_what_was_asked() -> None:
    """The columns' names, and a rule."""
    assert drawn(("at", "name"), [], 80) == "at  name\n──  ────\n"


def test_ascii_draws_with_ascii() -> None:
    """The rule, an ellipsis, and text that is none as its codes."""
    assert drawn(("naïve",), [("x" * 500,), ("→",)], 20, ascii_only=True).isascii()


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
@pytest.mark.parametrize("width", [20, 80])
def test_text_from_outside_is_shown_not_obeyed(text: str, width: int) -> None:
    """In a value as in a column's name: no escape reaches the terminal, no line is wider."""
    for line in table((text, "b"), [(text, 1), (text * 40, None)], width):
        assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in line)
        assert cell_len(line) <= width


VALUES = st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.binary())


@given(
    rows=st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=5),
    names=st.tuples(st.text(), st.text(), st.text()),
    width=st.integers(20, 120),
    ascii_only=st.booleans(),
)
def test_no_line_is_wider_than_the_screen(
    *, rows: list[tuple[Value, ...]], names: tuple[str, ...], width: int, ascii_only: bool
) -> None:
    """Whatever the values and names, at any width."""
    for line in table(names, rows, width, ascii_only=ascii_only):
        assert cell_len(line) <= width
        assert "\n" not in line
