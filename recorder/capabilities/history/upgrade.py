"""media.history.upgrade: the history's schema brought up to this program's."""

import click

from recorder.capabilities.approval import approval_option, approve, report
from recorder.capabilities.recording import history_option
from recorder.errors import ExitCode
from recorder.store.site import Location

NAME = "media.history.upgrade"


@click.command(NAME)
@history_option
@approval_option
def command(history: Location, *, approved: bool) -> ExitCode:
    """Bring an older history up to this program's schema; a checked copy is made first.

    The next look would do the same. Shows its plan, and does it after a yes. Exits 2 when nothing
    was changed, 4 when it failed; then the history is as it was.
    """
    from recorder.capabilities.history.carrying import carry_out  # noqa: PLC0415 - only to run
    from recorder.render import plans  # noqa: PLC0415
    from recorder.store.migrate import upgrade  # noqa: PLC0415
    from recorder.store.prospect import waits_for_upgrade  # noqa: PLC0415

    if not waits_for_upgrade(history):
        report([f"{history} has this program's schema; there is nothing to do"])
        return ExitCode.WELL
    approve(plans.upgrade(history), approved=approved)
    copy = carry_out(NAME, history, lambda: upgrade(history), replaces=True)
    report(plans.upgraded(history, copy))
    return ExitCode.WELL
