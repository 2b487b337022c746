"""Screens as a person sees them, compared as whole texts."""

import pytest

from .screens import FOLDER, SCREENS


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_is_what_its_file_says(name: str) -> None:
    """Every screen is, to the character, the one that was looked at and found good."""
    assert SCREENS[name].text() == (FOLDER / name).read_text(encoding="utf-8")


def test_no_file_is_left_behind() -> None:
    """A golden file that no screen is compared with says nothing."""
    assert {file.name for file in FOLDER.iterdir()} == set(SCREENS)
