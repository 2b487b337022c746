"""The console a screen is drawn on, made for one stream.

It interprets nothing: no markup, no emoji codes, no highlighting. On anything but a terminal it
writes text without a single escape.
"""

import os
from collections.abc import Mapping
from typing import TextIO

from rich.console import Console
from rich.theme import Theme

from recorder.render.marks import ASCII, GLUE
from recorder.render.theme import STYLES

USUAL_COLUMNS = 80
MOST_COLUMNS = 120
LEAST_COLUMNS = 20
USUAL_ROWS = 24  # nothing here is fitted to a height

_DRAWN = "".join(mark for mark in ASCII if mark != GLUE) + "┌─┐│└┘"


class _Screen(Console):
    """A console that can be told to speak ASCII; renderables ask their options for it."""

    ascii_only = False

    def on_broken_pipe(self) -> None:
        """Whoever reads us has left: for the caller to end on, not for rich."""
        raise BrokenPipeError

    @property
    def encoding(self) -> str:
        return "ascii" if self.ascii_only else super().encoding


def screen(
    stream: TextIO, environ: Mapping[str, str] = os.environ, *, ascii_only: bool = False
) -> Console:
    """The console for a stream: 80 columns where the width is unknown, at most 120.

    Colour only on a terminal, and not with NO_COLOR or TERM=dumb. ASCII when asked for, or when
    the stream's encoding can't carry the marks and lines.
    """
    terminal = stream.isatty()
    colour = terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
    console = _Screen(
        file=stream,
        width=_columns(stream, environ, terminal=terminal),
        height=USUAL_ROWS,
        theme=Theme(STYLES, inherit=False),
        color_system="standard" if colour else None,
        force_terminal=terminal,
        force_interactive=False,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=False,
        _environ={"TERM": environ.get("TERM", "")},
    )
    console.ascii_only = ascii_only or not _carries(stream) or _speaks_ascii(environ)
    return console


def _speaks_ascii(environ: Mapping[str, str]) -> bool:
    """Whether the locale asks for ASCII, which Python itself passes over."""
    named = (environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    return next((locale for locale in named if locale), "") in {"C", "POSIX"}


def _carries(stream: TextIO) -> bool:
    """Whether the stream's encoding holds everything a screen draws."""
    try:
        _DRAWN.encode(stream.encoding or "utf-8")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def _columns(stream: TextIO, environ: Mapping[str, str], *, terminal: bool) -> int:
    columns = _of_terminal(stream) if terminal else _number(environ.get("COLUMNS", ""))
    return max(LEAST_COLUMNS, min(columns or USUAL_COLUMNS, MOST_COLUMNS))


def _of_terminal(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return 0


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
