"""The screen on a real terminal, and what is written where there is none."""

import json
import os
import pty
import re
import subprocess

import pytest

from stack.ops import PROGRAM, Break, Ops
from stack.screens import flaws
from stack.terminal import BEFORE, terminal

COLOUR = re.compile(r"\x1b\[(?:\d+;)*3[1-7]m")
PROGRESS = "streaming-stack: no answer yet"


@pytest.mark.parametrize("size", [(60, 24), (80, 24), (120, 40)])
def test_the_dashboard_fits_the_terminal(ops: Ops, size: tuple[int, int]) -> None:
    """It is as wide as the terminal, in closed boxes, and in colour."""
    with terminal(ops, "media.status", size=size) as window:
        output = window.output()
        assert flaws(output, size[0]) == []
        assert max(len(line) for line in output.splitlines()) == size[0]
        assert COLOUR.search(window.text(style=True))
        assert "ended 1" in window.text()


def test_no_color(ops: Ops) -> None:
    """With NO_COLOR the same words stand there, in none."""
    with terminal(ops, "media.status", env={"NO_COLOR": "1"}) as window:
        assert "VM STATUS" in window.output()
        assert COLOUR.search(window.text(style=True)) is None


def test_progress_is_taken_back(impatient: Ops, broken: Break) -> None:
    """A look over a second says whom it waits for; at the end nothing of that is left."""
    broken("off", "streaming-stack")
    with terminal(impatient, "media.status") as window:
        window.shows(PROGRESS)
        output = window.output()
    assert PROGRESS not in output
    assert output.startswith("MEDIA STACK")
    assert flaws(output) == []


def test_progress_is_for_looks_over_a_second(ops: Ops, impatient: Ops, broken: Break) -> None:
    """A quick look writes nothing to the terminal but what was asked for."""
    quick_ms, said = complaints_on_a_terminal(ops)
    assert said == b"" or quick_ms > 1000
    broken("off", "streaming-stack")
    slow_ms, said = complaints_on_a_terminal(impatient)
    assert said == f"{PROGRESS}, 1 s\r\n\x1b[1A\x1b[J".encode()
    assert slow_ms > 1000


def complaints_on_a_terminal(ops: Ops) -> tuple[int, bytes]:
    """How long a look took, and what it wrote to a terminal that standard error was."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "wb"), os.fdopen(ours, "rb", buffering=0) as screen:
        done = subprocess.run(
            ops.lab.command([PROGRAM, "media.status", "--json"]),
            env={**ops.lab.environment(ops.root), "TERM": "xterm"},
            stdout=subprocess.PIPE,
            stderr=theirs,
            timeout=60,
            check=False,
        )
        os.set_blocking(ours, False)
        said = screen.read() or b""
    return json.loads(done.stdout)["data"]["snapshot"]["duration_ms"], said


def test_progress_is_only_for_a_terminal(impatient: Ops, broken: Break) -> None:
    """A script that keeps standard error finds nothing there."""
    broken("off", "streaming-stack")
    assert impatient("media.status").stderr == ""


def test_watch_shows_what_changes_until_ctrl_c(ops: Ops, broken: Break) -> None:
    """Each look is drawn over the last; Ctrl-C gives the terminal back as it was."""
    with terminal(ops, "media.status", "--watch", "1", size=(80, 60)) as window:
        assert "✗ qbittorrent" not in window.shows("IMPORTS TODAY")
        broken("killed", "download-stack", "qbittorrent")
        shown = window.shows("✗ qbittorrent")
        assert shown.count("MEDIA STACK") == 1
        assert flaws(shown) == []
        window.press("C-c")
        assert window.shows("ended").split("\n")[:2] == [BEFORE, "ended 130"]


def test_watch_fills_a_small_terminal_and_no_more(ops: Ops) -> None:
    """Where the dashboard is longer than the window, its beginning stays in sight."""
    with terminal(ops, "media.status", "--watch", "1", size=(80, 24)) as window:
        assert window.shows("VM STATUS").startswith("MEDIA STACK")
        assert len(window.text(scrolled=False).rstrip("\n").split("\n")) <= 24
        window.press("C-c")
        window.shows("ended 130")


def test_watch_of_a_service_that_is_none(ops: Ops) -> None:
    """It says so and ends, the terminal as it was."""
    with terminal(ops, "media.status", "--watch", "1", "--service", "radar") as window:
        assert 'no service "radar" here (did you mean "radarr"?)' in window.output()
        assert "ended 2" in window.text()


@pytest.mark.parametrize("arguments", [("--watch", "1"), ("--watch", "1", "--json")])
def test_watch_needs_a_terminal(ops: Ops, arguments: tuple[str, ...]) -> None:
    """Into a file there is nothing to draw over: a mistake in the call."""
    done = ops("media.status", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("ops: --watch")


@pytest.mark.parametrize("reader", ["head -1", "true"])
@pytest.mark.parametrize("arguments", ["media.status", "media.status --json", "cap list"])
def test_a_reader_that_leaves_ends_it_quietly(ops: Ops, arguments: str, reader: str) -> None:
    """`ops … | head -1` prints a line, and nobody complains."""
    done = ops.lab.run("sh", "-c", f"{PROGRAM} {arguments} | {reader}")
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == (1 if "head" in reader else 0)


def test_two_at_once(ops: Ops) -> None:
    """Looks don't disturb each other."""
    with ops.start("media.status") as one, ops.start("media.status") as other:
        ends = [run.end() for run in (one, other)]
    assert [(code, complaints) for code, _, complaints in ends] == [(1, ""), (1, "")]
    assert [flaws(output) for _, output, _ in ends] == [[], []]
