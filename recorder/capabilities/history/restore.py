"""media.history.restore: a backup in the place of the history."""

from pathlib import Path

import click

from recorder.capabilities.approval import approval_option, approve, report
from recorder.capabilities.looking import now
from recorder.capabilities.recording import history_option
from recorder.errors import ExitCode
from recorder.model import LocalTime
from recorder.store.site import Location

NAME = "media.history.restore"


@click.command(NAME)
@click.argument("backup", type=click.Path(path_type=Path), required=False)
@history_option
@approval_option
def command(history: Location, backup: Path | None, *, approved: bool) -> ExitCode:
    """Put BACKUP in the place of the history: a file, or the name of a copy; else the newest copy.

    What is there now is kept aside. Shows its plan, and does it after a yes. Exits 2 when nothing
    was changed, 4 when it failed.
    """
    from recorder.capabilities.history.carrying import carry_out  # noqa: PLC0415 - only to run
    from recorder.render import plans  # noqa: PLC0415
    from recorder.store import prospect  # noqa: PLC0415
    from recorder.store.backup import restore  # noqa: PLC0415
    from recorder.store.engine import stands  # noqa: PLC0415

    chosen = prospect.chosen_backup(history, backup)
    reach, newest = prospect.reach(chosen.path), prospect.newest_look(history)
    plan = plans.restore(history, chosen, reach, LocalTime(), there=stands(history), newest=newest)
    approve(plan, approved=approved)
    aside = carry_out(NAME, history, lambda: restore(history, chosen.path, now()), replaces=True)
    report(plans.restored(history, chosen, aside))
    return ExitCode.WELL
