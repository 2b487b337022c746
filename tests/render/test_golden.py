"""Screens as a person sees them, and documents as a script does, compared as whole texts."""

import pytest

from .screens import FOLDER, TEXTS


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_what_its_file_says(name: str) -> None:
    """Every screen and document is, to the character, the one that was looked at and found good."""
    assert TEXTS[name]() == (FOLDER / name).read_text(encoding="utf-8")


def test_no_file_is_left_behind() -> None:
    """A golden file that nothing is compared with says nothing."""
    assert {file.name for file in FOLDER.iterdir()} == set(TEXTS)
