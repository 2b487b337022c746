"""What changes something is told first, and done after a yes: typed at the terminal, or --yes."""

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from recorder.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from recorder.render.plans import Plan


def approval_option(command: Callable[..., ExitCode]) -> Callable[..., ExitCode]:
    """Give a command `--yes`; it is called with `approved`."""
    return click.option("--yes", "approved", is_flag=True, help="Do it without asking.")(command)


def approve(*plans: "Plan", approved: bool, aside: bool = False, ascii_only: bool = False) -> None:
    """Tell the plans, and ask where nobody agreed yet. Raises UsageError where nobody does.

    `aside`: on standard error, where standard output is for a document.
    """
    from recorder.render.plans import screen  # noqa: PLC0415 - only to run
    from recorder.render.screen import screen as screen_of  # noqa: PLC0415

    stream = sys.stderr if aside else sys.stdout
    for plan in plans:
        screen_of(stream, ascii_only=ascii_only).print(screen(plan))
    stream.flush()
    if approved:
        return
    if not all(stream and stream.isatty() for stream in (sys.stdin, sys.stderr)):
        raise UsageError("nothing was changed; to do it, add --yes")
    if not click.confirm("Do it?", err=True):
        raise UsageError("nothing was changed")


def report(lines: Iterable[str]) -> None:
    """Tell what was done."""
    from recorder.render.lines import tell  # noqa: PLC0415 - only to run
    from recorder.render.screen import screen  # noqa: PLC0415

    tell(screen(sys.stdout), lines)
