"""The console a screen is drawn on."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping

import pytest
from rich.text import Text

from recorder.model import MountState, Reason
from recorder.render import words
from recorder.render.progress import waiting
from recorder.render.screen import screen
from recorder.render.status import dashboard

from .examples import NIGHT, TZ
from .screens import Stream, drawn


@pytest.mark.parametrize(
    ("columns", "width"),
    [("", 80), ("junk", 80), ("0", 80), ("40", 40), ("100", 100), ("500", 120), ("3", 20)],
)
def test_a_pipe_is_as_wide_as_columns_says(columns: str, width: int) -> None:
    """80 columns where nothing is known, never over 120 and never under 20."""
    assert screen(Stream(), {"COLUMNS": columns}).width == width


def test_a_terminal_knows_its_width_itself() -> None:
    """A stale COLUMNS in the environment does not break the lines on a terminal."""
    parent, child = pty.openpty()
    with os.fdopen(child, "w") as stream:
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 97, 0, 0))
        assert screen(stream, {"COLUMNS": "60", "TERM": "xterm"}).width == 97
    os.close(parent)


@pytest.mark.parametrize(
    ("environ", "coloured"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    environ: Mapping[str, str], *, coloured: bool
) -> None:
    """NO_COLOR, when it says anything, and a dumb terminal get no escapes at all."""
    stream = Stream(terminal=True)
    screen(stream, environ).print(Text("✗ DOWN", "fail"))
    assert ("\x1b" in stream.text) is coloured


def test_a_pipe_gets_no_colour_even_if_forced() -> None:
    """FORCE_COLOR and its like are not asked: a pipe is a pipe."""
    stream = Stream()
    screen(stream, {"TERM": "xterm", "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"}).print(
        Text("✗ DOWN", "fail")
    )
    assert stream.text == "✗ DOWN\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_stream_that_cannot_carry_marks_gets_ascii(encoding: str) -> None:
    """A terminal without UTF-8 shows the same screen in ASCII, and nothing fails."""
    stream = Stream(encoding)
    screen(stream, {}).print(dashboard(NIGHT, tz=TZ))
    assert stream.text == drawn(dashboard(NIGHT, tz=TZ), ascii_only=True)


def test_what_is_printed_is_not_interpreted() -> None:
    """Markup, emoji codes and numbers stay the text they are."""
    stream = Stream(terminal=True)
    screen(stream, {"TERM": "xterm"}).print("[red]a[/red] :boom: 42 'b'")
    assert stream.text == "[red]a[/red] :boom: 42 'b'\n"


def test_every_reason_has_words() -> None:
    """No reason of the model reaches a person as an identifier."""
    assert set(words.REASONS) == set(Reason)
    assert set(words.MOUNT_STATES) == set(MountState)


def test_waiting_names_the_hosts() -> None:
    """One line for each host still awaited, ten at most, and safe to show."""
    assert waiting([], 2) == []
    assert waiting(["nas", "a\x1b"], 2.4) == [
        "nas: no answer yet, 2 s",
        "a\\x1b: no answer yet, 2 s",
    ]
    assert waiting([f"h{n}" for n in range(12)], 3)[-1] == "and 2 hosts more"


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("document", set()),
        ("units", set()),
        ("parts", set()),
        ("status", {"rich.console", "rich.text"}),
        ("screen", {"rich.console", "rich.theme"}),
    ],
)
def test_only_what_is_needed_is_loaded(module: str, allowed: set[str]) -> None:
    """JSON loads nothing of rich; a screen loads what rich.console needs and no more."""
    listing = "import sys; print(*(m for m in sys.modules if m.partition('.')[0] == 'rich'))"
    loaded = _python(f"import recorder.render.{module}; {listing}")
    expected = _python("".join(f"import {name}; " for name in sorted(allowed)) + listing)
    assert loaded - expected - {"rich.theme"} == set()


def _python(program: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())
