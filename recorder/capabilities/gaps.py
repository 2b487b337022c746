"""media.gaps: the open gaps of the operational register that concern media."""

import sys
from pathlib import Path

import click

from recorder.bindings import start_reading_gaps
from recorder.bindings.gaps import REGISTER
from recorder.capabilities.looking import bindings_folder, now, print_json
from recorder.errors import ExitCode


@click.command("media.gaps")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: docs/json.md.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII only.")
@click.pass_context
def command(ctx: click.Context, *, as_json: bool, ascii_only: bool) -> ExitCode:
    """The open and accepted gaps of operational.gaps.yaml that concern media, the worst first.

    No host is asked. Exits 0 whether there are any, 1 when the register can't be read.
    """
    folder = bindings_folder(ctx.find_object(Path))
    pending = start_reading_gaps(folder)
    register = folder / REGISTER if folder and (folder / REGISTER).exists() else None
    if as_json:
        from recorder.render.gaps_document import gaps as told  # noqa: PLC0415 - only to tell

        read = pending.result()
        print_json(told(read.gaps, register, read.note, generated_at=now()))
    else:
        from recorder.render.gaps import screen  # noqa: PLC0415 - only to draw
        from recorder.render.screen import screen as screen_of  # noqa: PLC0415

        read = pending.result()
        drawn = screen(read.gaps, register, read.note)
        screen_of(sys.stdout, ascii_only=ascii_only).print(drawn)
    return ExitCode.WRONG if read.note else ExitCode.WELL
