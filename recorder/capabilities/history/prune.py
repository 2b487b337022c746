"""media.history.prune: retention run now, and to its end."""

import click

from recorder.capabilities.approval import approval_option, approve, report
from recorder.capabilities.recording import history_option
from recorder.errors import ExitCode
from recorder.store.site import Location

NAME = "media.history.prune"


@click.command(NAME)
@history_option
@approval_option
def command(history: Location, *, approved: bool) -> ExitCode:
    """Delete numbers that are past their time, and give their pages back to the disk.

    Looks do the same, a little each time. States and events are never deleted. Shows its plan, and
    does it after a yes. Exits 2 when nothing was changed, 4 when it failed.
    """
    from recorder.capabilities.history.carrying import carry_out  # noqa: PLC0415 - only to run
    from recorder.render import plans  # noqa: PLC0415
    from recorder.store.prospect import readable  # noqa: PLC0415
    from recorder.store.pruning import kept_for, prune  # noqa: PLC0415

    readable(history)
    approve(plans.prune(history, kept_for()), approved=approved)
    gone = carry_out(NAME, history, lambda: prune(history))
    report(plans.pruned(history, gone))
    return ExitCode.WELL
