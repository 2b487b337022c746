"""The closing line of a check: how many stand how."""

from collections.abc import Iterable

from rich.text import Text

from recorder.render import marks
from recorder.render.box import Plain
from recorder.render.grid import Grid, Row

NOTHING = "nothing to check"


def summary(counts: Iterable[tuple[int, str, str]]) -> Plain:
    """Counts, words and marks as one line, zeros left out: "15 ok, 1 failed, 2 unknown"."""
    parts = [Text(f"{number} {word}", marks.style(mark)) for number, word, mark in counts if number]
    return Plain([Grid([Row((Text(", ").join(parts) if parts else Text(NOTHING, "quiet"),))])])
