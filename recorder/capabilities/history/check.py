"""media.history.check: whether the history is whole."""

import sys

import click

from recorder.capabilities.aiming import aimed
from recorder.capabilities.looking import now, print_json
from recorder.capabilities.recording import history_option
from recorder.errors import ExitCode
from recorder.store.site import Location


@click.command("media.history.check")
@history_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object: docs/json.md.")
def command(history: Location, *, as_json: bool) -> ExitCode:
    """Whether the file is what was written, and keeps the rules of a history.

    Exits 0 when it is whole, 1 when it is not, 3 when there is none or it can't be read. Changes
    nothing.
    """
    from recorder.store.examination import faults_of_history  # noqa: PLC0415 - only to run

    faults = tuple(aimed(fault, history) for fault in faults_of_history(history))
    if as_json:
        from recorder.render import history_document  # noqa: PLC0415 - only to run

        print_json(history_document.examination(history, faults, generated_at=now()))
    else:
        from recorder.render.examination import lines, style  # noqa: PLC0415 - only to run
        from recorder.render.lines import tell  # noqa: PLC0415
        from recorder.render.screen import screen  # noqa: PLC0415

        tell(screen(sys.stdout), lines(history, faults), style(faults))
    return ExitCode.WRONG if faults else ExitCode.WELL
