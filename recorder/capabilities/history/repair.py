"""media.history.repair: forget what a wrong clock recorded, or save what damage left."""

from datetime import datetime

import click

from recorder.capabilities.approval import approval_option, approve, report
from recorder.capabilities.looking import now
from recorder.capabilities.recording import history_option, moment_of
from recorder.errors import ExitCode, UsageError
from recorder.history.when import FORMS
from recorder.model import LocalTime
from recorder.store.site import Location

NAME = "media.history.repair"


@click.command(NAME)
@history_option
@click.option(
    "--drop-after",
    metavar="TIME",
    help=f"Forget all that was recorded after then, a backup first: {FORMS}.",
)
@click.option("--salvage", is_flag=True, help="Save what can be read of a damaged file.")
@approval_option
def command(
    history: Location, drop_after: str | None, *, salvage: bool, approved: bool
) -> ExitCode:
    """Mend a history: one that a wrong clock wrote to, or one that is damaged.

    Shows its plan, and does it after a yes. Exits 2 when nothing was changed, 4 when it failed.
    """
    if salvage == (drop_after is not None):
        raise UsageError("say what to repair: --drop-after TIME, or --salvage")
    if drop_after is None:
        return _salvage(history, approved=approved)
    return _drop_after(history, moment_of(drop_after), approved=approved)


def _drop_after(history: Location, at: datetime, *, approved: bool) -> ExitCode:
    from recorder.capabilities.history.carrying import carry_out  # noqa: PLC0415 - only to run
    from recorder.render import plans  # noqa: PLC0415
    from recorder.store.prospect import later_than  # noqa: PLC0415
    from recorder.store.repair import drop_after  # noqa: PLC0415

    later = later_than(history, at)
    approve(plans.drop_after(history, at, later, LocalTime()), approved=approved)
    backup = carry_out(NAME, history, lambda: drop_after(history, at, now()))
    report(plans.dropped(history, at, backup, LocalTime()))
    return ExitCode.WELL


def _salvage(history: Location, *, approved: bool) -> ExitCode:
    from recorder.capabilities.history.carrying import carry_out  # noqa: PLC0415 - only to run
    from recorder.render import plans  # noqa: PLC0415
    from recorder.store.prospect import present  # noqa: PLC0415
    from recorder.store.salvage import salvage  # noqa: PLC0415

    present(history)
    approve(plans.salvage(history), approved=approved)
    saved = carry_out(NAME, history, lambda: salvage(history, now()), logged=False)
    report(plans.salvaged(saved))
    return ExitCode.WELL
