"""media.snapshot: look and record, for cron."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recorder.capabilities.looking import (
    Choice,
    begin,
    finish,
    now,
    outcome,
    print_json,
)
from recorder.capabilities.recording import Recording, history_option, tell_trouble
from recorder.errors import BusyError, ExitCode
from recorder.store.site import Location

if TYPE_CHECKING:
    from recorder.capabilities.remembered import Remembered


@click.command("media.snapshot")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: docs/json.md.")
@click.option("--strict", is_flag=True, help="Exit 1 when something is wrong.")
@history_option
@click.pass_context
def command(ctx: click.Context, history: Location, *, as_json: bool, strict: bool) -> ExitCode:
    """Look at the whole stack and record it: for cron.

    Says nothing unless something changed since the snapshot before, then a line a change. Skips
    silently while another look is under way. Exits 0 when it recorded, 3 when it could not.
    """
    choice = Choice(ctx.find_object(Path), (), (), as_json=as_json, ascii_only=False)
    with Recording(history, wait_sec=0.0) as recording:
        if isinstance(recording.trouble, BusyError):
            return _skipped(as_json=as_json)
        from recorder.model import Trigger  # noqa: PLC0415 - after the fork, as in Recording

        stack = choice.stack()
        look = begin(stack, trigger=Trigger.SCHEDULE)
        kept = recording.keep(finish(look, choice), previous=True, unbound=choice.folder is None)
        _tell(kept, as_json=as_json)
        recording.catch_up(stack)
    if kept.trouble:
        return ExitCode.NOT_RECORDED
    return outcome(kept.snapshot) if strict else ExitCode.WELL


def _skipped(*, as_json: bool) -> ExitCode:
    if as_json:
        from recorder.render import document  # noqa: PLC0415 - only to tell

        print_json(document.recorded(None, generated_at=now()))
    elif sys.stderr.isatty():
        click.echo("ops: another look is under way; skipped", err=True)
    return ExitCode.WELL


def _tell(kept: "Remembered", *, as_json: bool) -> None:
    if as_json:
        from recorder.render import document  # noqa: PLC0415 - only to tell

        told = partial(document.recorded, recorded=kept.recorded, notes=kept.notes, past=kept.past)
        print_json(told(kept.snapshot, trouble=kept.trouble, generated_at=now()))
    elif kept.past.changes:
        from recorder.model import LocalTime  # noqa: PLC0415 - only to tell
        from recorder.render.changes import lines  # noqa: PLC0415

        for line in lines(kept.past.changes, tz=LocalTime()):
            click.echo(line)
    for note in kept.notes:
        click.echo(f"ops: {note}", err=True)
    tell_trouble(kept)
