"""Which slips are told as slips."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.bindings.hosts import DEFAULT_KEYS, HOST_KEYS
from recorder.bindings.reading import TOP_KEYS
from recorder.bindings.services import OTHERS_KEYS, OUR_KEYS
from recorder.bindings.spelling import near_miss, quoted

KEYS = (*OUR_KEYS, *OTHERS_KEYS)
WORDS = sorted({key for key in OUR_KEYS if len(key) > 3})


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("prot", "port"),
        ("helth", "health"),
        ("stauts", "status"),
        ("catagory", "category"),
        ("dependancies", "dependencies"),
        ("Container", "container"),
        ("health-reason", "health_reason"),
        ("image", None),
        ("url", None),
        ("tags", None),
        ("environment", None),
    ],
)
def test_a_slip_is_told_from_another_word(word: str, meant: str | None) -> None:
    """A letter off or two swapped is a slip; a word of somebody else's is left alone."""
    assert near_miss(word, KEYS) == meant


@given(st.sampled_from(WORDS), st.data())
def test_two_swapped_letters_are_a_slip(word: str, data: st.DataObject) -> None:
    """Whichever two neighbours are swapped, the word is found again."""
    at = data.draw(st.integers(0, len(word) - 2))
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    assert near_miss(swapped, KEYS) == word


@pytest.mark.parametrize("keys", [TOP_KEYS, HOST_KEYS, DEFAULT_KEYS])
def test_no_known_key_is_listed_twice(keys: tuple[str, ...]) -> None:
    """The lists of known keys are sorted, and hold each key once."""
    assert list(keys) == sorted(set(keys))


@given(st.text())
def test_quoted_text_is_one_harmless_line(text: str) -> None:
    """Whatever stands in a file, a mistake's line shows it without obeying it."""
    line = quoted(text)

    assert (line.isprintable(), len(line.splitlines())) == (True, 1)
