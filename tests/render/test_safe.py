"""Text from hosts is data."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from recorder.render.safe import ends, safe


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("radarr", "radarr"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("two\nlines\r\n\t.", r"two\nlines\r\n\t."),
        ("\x00\x07\x7f\x9b", r"\x00\x07\x7f\x9b"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("zero\u200bwidth\u2028line", r"zero\u200bwidth\u2028line"),
        ("\ud800", r"\ud800"),
        ("\ue000", r"\ue000"),
        ("no\u00a0break\u3000wide", "no break wide"),
        ("[red]markup[/red] :boom:", "[red]markup[/red] :boom:"),
        ("e\u0301t\u00e9", "\u00e9t\u00e9"),
        ("z\u0300\u0301\u0302", "z\u0300\u0301\\u0302"),
        ("\u0301alone", r"\u0301alone"),
        ("\u2764\ufe0f \U0001f44d\U0001f3fd", "\u2764 \U0001f44d"),
        ("", ""),
    ],
)
def test_text_is_shown_and_never_obeyed(text: str, shown: str) -> None:
    """What could act on the screen is shown as its code; the rest as it is."""
    assert safe(text) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("日本語", 6, "日本語"),
        ("日本語だ", 6, "日本…"),
        ("日本語だ", 7, "日本語…"),
        ("a\x1b\x1b", 6, "a\\x1b…"),
        ("a\x1b\x1b", 5, "a…"),
    ],
)
def test_long_text_is_cut_in_cells(text: str, limit: int, shown: str) -> None:
    """The limit counts cells of the terminal, and no code is cut in half."""
    assert safe(text, limit) == shown


@given(st.text(st.characters(categories=("C", "L", "M", "N", "P", "S", "Z"))), st.integers(1, 99))
def test_any_text_becomes_one_printable_line(text: str, limit: int) -> None:
    """Never more cells than allowed, never a control or invisible character."""
    shown = safe(text, limit)
    assert cell_len(shown) <= limit
    assert {unicodedata.category(char)[0] for char in shown} <= set("LMNPSZ")
    assert {char for char in shown if unicodedata.category(char)[0] == "Z"} <= {" "}


def test_an_endless_text_costs_no_time() -> None:
    """Only as much of a text is read as can be shown."""
    assert safe("x" * 50_000_000, 4) == "xxx…"
    assert safe("e" + "\u0301" * 50_000_000, 9) == "\u00e9\u0301\u0301\\u0301…"


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("/mnt/media", 10, "/mnt/media"),
        ("/mnt/downloads/movies", 12, "/mnt/d…ovies"),
        ("日本語サービス", 8, "日本…ス"),
        ("\x1b[31mmovies", 9, "\\x1b…vies"),
    ],
)
def test_what_differs_at_its_end_is_cut_in_its_middle(text: str, limit: int, shown: str) -> None:
    """Paths mostly do."""
    assert ends(text, limit) == shown


@given(st.text(st.characters(categories=("C", "L", "M", "N", "P", "S", "Z"))), st.integers(1, 99))
def test_any_text_without_its_middle_is_a_printable_line(text: str, limit: int) -> None:
    """As harmless as what is cut at its end, and the same where nothing is cut."""
    shown = ends(text, limit)
    assert cell_len(shown) <= limit
    assert {unicodedata.category(char)[0] for char in shown} <= set("LMNPSZ")
    if cell_len(safe(text, 2000)) <= limit:
        assert shown == safe(text, limit)
