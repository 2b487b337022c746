"""media.history.backup: a copy that is known to be good."""

import sys

import click

from recorder.capabilities.looking import now, print_json
from recorder.capabilities.recording import history_option
from recorder.errors import ExitCode
from recorder.store.site import Location

KEEP = 7


@click.command("media.history.backup")
@history_option
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=KEEP,
    show_default=True,
    metavar="N",
    help="How many copies to keep; older ones go once this one is good.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object: docs/json.md.")
def command(history: Location, keep: int, *, as_json: bool) -> ExitCode:
    """Copy the history while it may be in use, check the copy, and print where it is.

    Exits 3 when there is no good copy; older ones are all kept then.
    """
    from recorder.store.backup import back_up, list_backups  # noqa: PLC0415 - only to run

    made = back_up(history, now(), keep)
    if as_json:
        from recorder.render import history_document  # noqa: PLC0415 - only to run

        kept = len(list_backups(history))
        print_json(history_document.backup(made, kept, generated_at=now()))
    else:
        from recorder.render.lines import tell  # noqa: PLC0415 - only to run
        from recorder.render.screen import screen  # noqa: PLC0415
        from recorder.render.units import size  # noqa: PLC0415

        tell(screen(sys.stdout), [f"{made.path}  {size(made.size_bytes)}"])
    return ExitCode.WELL
