"""The dashboard drawn over itself, again and again, for media.status --watch."""

import contextlib
import os
import signal
import sys
import time
from types import FrameType
from typing import NoReturn

from recorder.bindings import start_reading_gaps
from recorder.capabilities.looking import Choice, begin, chosen_of, screen
from recorder.errors import ExitCode, UsageError
from recorder.model import LocalTime

SIGNALLED = 128  # and the signal's number, as shells tell it


def watch(choice: Choice, every_sec: float) -> ExitCode:
    """Draw until Ctrl-C; looks begin `every_sec` apart, or later. Nothing is recorded.

    What is wrong stands on top, so that a low window shows it too.
    """
    if choice.as_json:
        raise UsageError("--watch draws a screen; for JSON, repeat `media.status --json`")
    if not sys.stdout.isatty():
        raise UsageError("--watch needs a terminal; leave it out to print once")
    from rich.control import Control  # noqa: PLC0415 - only to watch
    from rich.screen import Screen  # noqa: PLC0415

    from recorder.render.status import dashboard  # noqa: PLC0415

    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _leave)
    stack = choice.stack()
    with contextlib.suppress(KeyboardInterrupt), screen(choice).screen() as shown:
        shown.console.print("looking ...")
        while True:
            began = time.monotonic()
            gaps = start_reading_gaps(None if choice.narrowed else choice.folder)
            snapshot = chosen_of(begin(stack).wait(), choice)
            read = gaps.result()
            notes = [read.note] if read.note else []
            console = screen(choice)  # as large as the terminal is by now
            console.height = os.get_terminal_size(sys.stdout.fileno()).lines
            console.control(Control.home())
            drawn = dashboard(
                snapshot,
                read.gaps,
                tz=LocalTime(),
                notes=notes,
                verdict_first=True,
                everything=choice.each,
            )
            console.print(Screen(drawn), end="")
            time.sleep(max(0.0, every_sec - (time.monotonic() - began)))
    return ExitCode.INTERRUPTED


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    """End by way of what gives the terminal back."""
    sys.exit(SIGNALLED + number)
