"""What captured answers say, compared whole; answers.py tells how to add one."""

import pytest

from .answers import FOLDER, NAMES, expected, seen_in


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_says_what_was_read_in_it(name: str) -> None:
    """Of every answer a host ever gave, each value is the one that a person reads in it."""
    assert seen_in(name) == expected(name)


def test_every_expected_value_has_its_answer() -> None:
    """A file that nothing is compared with says nothing."""
    assert {file.stem for file in FOLDER.glob("*.json")} == set(NAMES)
