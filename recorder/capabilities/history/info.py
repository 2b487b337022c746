"""media.history.info: what the history holds."""

import sys

import click

from recorder.capabilities.looking import now, print_json
from recorder.capabilities.recording import history_option
from recorder.errors import ExitCode
from recorder.model import LocalTime
from recorder.store.site import Location


@click.command("media.history.info")
@history_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object: docs/json.md.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII only.")
def command(history: Location, *, as_json: bool, ascii_only: bool) -> ExitCode:
    """Size, growth, what fills it, the noisiest things, coverage, and the newest backup.

    Exits 3 when there is no history, or it can't be read.
    """
    from recorder.store.census import census  # noqa: PLC0415 - only to run

    counted = census(history)
    if as_json:
        from recorder.render import history_document  # noqa: PLC0415 - only to run

        print_json(history_document.census(counted, generated_at=now()))
    else:
        from recorder.render.census import screen  # noqa: PLC0415 - only to run
        from recorder.render.screen import screen as screen_of  # noqa: PLC0415

        console = screen_of(sys.stdout, ascii_only=ascii_only)
        console.print(screen(counted, tz=LocalTime(), now=now()))
    return ExitCode.WELL
