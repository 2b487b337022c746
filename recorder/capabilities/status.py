"""media.status: the whole stack on one screen."""

import contextlib
import os
import sys
import time
from pathlib import Path

import click

from recorder.bindings import PendingGaps, Stack, start_reading_gaps
from recorder.capabilities.looking import (
    Choice,
    begin,
    chosen_of,
    finish,
    looking,
    now,
    outcome,
    print_json,
    screen,
)
from recorder.collect.snapshot import Look, Part
from recorder.errors import ExitCode, UsageError
from recorder.model import LocalTime

SHORTEST_WATCH_SEC = 1.0
USUAL_WATCH_SEC = 5.0


@click.command("media.status")
@looking
@click.option(
    "--watch",
    "every_sec",
    type=click.FloatRange(min=SHORTEST_WATCH_SEC),
    is_flag=False,
    flag_value=USUAL_WATCH_SEC,
    metavar="[SECONDS]",
    help="Look again and again, every 5 seconds if no number is given, until Ctrl-C.",
)
def command(choice: Choice, every_sec: float | None) -> ExitCode:
    """The whole stack on one screen: hosts, services, mounts, storage, imports, gaps.

    Exits 0 when all is well, 1 when something is wrong, 2 when it could not look.
    """
    stack = choice.stack()
    if every_sec is not None:
        return _watch(choice, stack, every_sec)
    look, gaps = begin(stack, Part.ALL), start_reading_gaps(_register(choice))
    return _print_json(choice, look, gaps) if choice.as_json else _print(choice, look, gaps)


def _register(choice: Choice) -> Path | None:
    """Where the gaps register is; one host's or one service's dashboard leaves it out."""
    return None if choice.hosts or choice.services else choice.folder


def _print_json(choice: Choice, look: Look, pending: PendingGaps) -> ExitCode:
    from recorder.render import document  # noqa: PLC0415 - while hosts are asked

    snapshot, read = finish(look, choice), pending.result()
    notes = [read.note] if read.note else []
    print_json(document.status(snapshot, read.gaps, generated_at=now(), notes=notes))
    return outcome(snapshot)


def _print(choice: Choice, look: Look, pending: PendingGaps) -> ExitCode:
    from recorder.render.status import dashboard  # noqa: PLC0415 - while hosts are asked

    console = screen(choice)
    snapshot, read = finish(look, choice), pending.result()
    notes = [read.note] if read.note else []
    console.print(dashboard(snapshot, read.gaps, tz=LocalTime(), notes=notes))
    return outcome(snapshot)


def _watch(choice: Choice, stack: Stack, every_sec: float) -> ExitCode:
    """Draw the dashboard over itself until Ctrl-C; looks begin `every_sec` apart, or later."""
    if choice.as_json:
        raise UsageError("--watch draws a screen; for JSON, repeat `media.status --json`")
    if not sys.stdout.isatty():
        raise UsageError("--watch needs a terminal; leave it out to print once")
    from rich.control import Control  # noqa: PLC0415 - only to watch
    from rich.screen import Screen  # noqa: PLC0415

    from recorder.render.status import dashboard  # noqa: PLC0415

    read = start_reading_gaps(_register(choice)).result()
    notes = [read.note] if read.note else []
    with contextlib.suppress(KeyboardInterrupt), screen(choice).screen():
        while True:
            began = time.monotonic()
            shown = chosen_of(begin(stack, Part.ALL).wait(), choice)
            console = screen(choice)  # as large as the terminal is by now
            console.height = os.get_terminal_size(sys.stdout.fileno()).lines
            console.control(Control.home())
            drawn = dashboard(shown, read.gaps, tz=LocalTime(), notes=notes)
            console.print(Screen(drawn), end="")
            time.sleep(max(0.0, every_sec - (time.monotonic() - began)))
    return ExitCode.INTERRUPTED
