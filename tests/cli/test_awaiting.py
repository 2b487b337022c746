"""What a person is told who has to wait."""

import io
import threading
from datetime import UTC, datetime

import pytest

from recorder.capabilities.awaiting import telling
from recorder.render.progress import reading

LINES = reading(datetime(2016, 2, 16, tzinfo=UTC), UTC)
LIMIT_SEC = 30
NEVER_SEC = 3600


class Terminal(io.StringIO):
    """A stream that a person watches."""

    def __init__(self) -> None:
        super().__init__()
        self.told = threading.Event()

    def isatty(self) -> bool:
        return True

    def flush(self) -> None:
        self.told.set()


@pytest.mark.parametrize(("term", "taken_back"), [("xterm", "\x1b[1A\x1b[J"), ("dumb", "")])
def test_long_work_is_told_of_and_taken_back(
    term: str, taken_back: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work that takes long says what it does, and clears that away where the terminal can."""
    monkeypatch.setenv("TERM", term)
    terminal = Terminal()
    with telling(lambda: LINES, terminal, after_sec=0):
        assert terminal.told.wait(LIMIT_SEC)
        assert terminal.getvalue() == "reading what was recorded since 2016-02-16 ...\n"
    assert terminal.getvalue().partition("\n")[2] == taken_back


def test_quick_work_says_nothing() -> None:
    """Work that is done in time says nothing."""
    terminal = Terminal()
    with telling(lambda: LINES, terminal, after_sec=NEVER_SEC):
        pass
    assert terminal.getvalue() == ""


def test_a_pipe_is_told_nothing() -> None:
    """Where nobody watches nothing is told, however long it takes."""
    before = threading.active_count()
    with telling(lambda: LINES, io.StringIO(), after_sec=NEVER_SEC):
        assert threading.active_count() == before  # nothing waits to speak up
