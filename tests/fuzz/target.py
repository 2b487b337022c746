"""A reader of text from outside as a function of any bytes, and what is asked of all of them.

The rule for every one: a value, or the house's own error; never another exception, never more than
a bounded size, and no control character in what is drawn of it.
"""

import io
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from recorder.frozen import frozen
from recorder.model import day_of
from recorder.render.screen import screen

MARK = "0123456789abcdef" * 2  # of every answer
NOW = datetime(2026, 2, 16, 14, 2, tzinfo=UTC)
DAY = day_of(NOW.date(), UTC)
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
MOST_LINES = 20_000
MOST_TOLD = 64 * 1024  # letters drawn or told of nothing
A_BYTE = 64  # and of each byte that was read: an escape is several letters


@frozen
class Target:
    """A reader, what it is made for, and how many inputs the suite has time for."""

    read: Callable[[bytes], object]
    seeds: Callable[[], list[bytes]]
    examples: int = 60


def text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def drawn(what: object, *, ascii_only: bool = False) -> str:
    """What a person sees."""
    out = io.StringIO()
    screen(out, {}, ascii_only=ascii_only).print(what)
    return out.getvalue()


def harmless(shown: str, read: int) -> None:
    """Fails where a line of a screen could act on it, or it is too much for so many bytes read."""
    odd = {it for it in shown if unicodedata.category(it) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert odd <= {"\n"}, odd
    assert shown.count("\n") <= MOST_LINES
    assert len(shown) <= MOST_TOLD + A_BYTE * read


def one_line(said: str) -> None:
    """Fails where a message is not one that ends."""
    assert said.strip()
    assert "\n" not in said
    assert len(said) <= MOST_TOLD


def chosen(data: bytes, count: int) -> tuple[int, bytes]:
    """Which of several readers the first byte means, and the rest."""
    return (data[0] % count if data else 0), data[1:]


def in_pieces(data: bytes) -> tuple[list[bytes], list[bytes]]:
    """The same bytes as they may arrive: in thirds, and in sevens."""
    third = max(1, len(data) // 3)
    return (
        [data[at : at + third] for at in range(0, len(data), third)],
        [data[at : at + 7] for at in range(0, len(data), 7)],
    )
