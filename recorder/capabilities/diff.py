"""media.diff: what differs between two moments."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from recorder.bindings import load, narrow
from recorder.bindings.spelling import did_you_mean
from recorder.capabilities.looking import Choice, begin, finish, looking, now, print_json, screen
from recorder.capabilities.recording import history_option, moment_of
from recorder.collect.snapshot import Look, Part
from recorder.errors import ExitCode, NoHistoryError, UsageError
from recorder.history.when import FORMS
from recorder.model import LocalTime
from recorder.store.site import Location

if TYPE_CHECKING:
    from recorder.history.difference import Side
    from recorder.store.engine import History

NOW, LATEST = "now", "latest"


@click.command("media.diff")
@click.argument("one", metavar="A")
@click.argument("other", metavar="[B]", default=NOW)
@looking
@history_option
def command(choice: Choice, history: Location, one: str, other: str) -> ExitCode:
    """What differs between two moments: the net of it, folded by cause.

    A and B are times as --at of media.status takes them, or "now", a look that is not recorded, or
    "latest", the newest snapshot. B is "now" where it is left out. The earlier one is the one
    before, whichever is named first. Exits 0 whether anything differs or not.
    """
    from recorder.history.difference import difference  # noqa: PLC0415 - only to run

    texts = (one.strip().lower(), other.strip().lower())
    moments = {it: _moment(it) for it in texts}
    look = _look(choice) if NOW in texts else None
    sides = _recalled(history, {it: at for it, at in moments.items() if it != NOW})
    if look:
        sides[NOW] = _fresh(look, choice)
    differs = difference(*_chosen([sides[it] for it in texts], choice))
    if choice.as_json:
        from recorder.render.difference_document import difference as told  # noqa: PLC0415

        print_json(told(differs, generated_at=now()))
    else:
        from recorder.render.difference import screen as drawn  # noqa: PLC0415 - only to draw

        screen(choice).print(drawn(differs, tz=LocalTime()))
    return ExitCode.WELL


def _moment(text: str) -> datetime | None:
    """The time meant; None for the newest snapshot and for now. Raises UsageError."""
    if text in (NOW, LATEST):
        return None
    try:
        return moment_of(text)
    except UsageError as error:
        said = str(error).replace(FORMS, f"{NOW}, {LATEST}, {FORMS}")
        raise UsageError(said) from error


def _look(choice: Choice) -> Look:
    """A look at the hosts that were named and are bound; else at all."""
    stack = load(choice.folder)
    bound = {host.name for host in stack.hosts}
    asked = narrow(stack, choice.hosts, ()) if bound.issuperset(choice.hosts) else stack
    return begin(asked, Part.HOSTS | Part.ENDPOINTS)


def _fresh(look: Look, choice: Choice) -> "Side":
    from recorder.history.difference import Side  # noqa: PLC0415 - only to run

    return Side(finish(look, replace(choice, hosts=(), services=())), recorded=False)


def _recalled(history: Location, moments: dict[str, datetime | None]) -> "dict[str, Side]":
    """What the history tells of each. Raises StoreError; UsageError before it began."""
    if not moments:
        return {}
    from recorder.store.engine import opened  # noqa: PLC0415 - the store

    with opened(history, writing=False) as engine:
        return {it: _side(engine, at) for it, at in moments.items()}


def _side(engine: "History", at: datetime | None) -> "Side":
    from recorder.history.difference import Side  # noqa: PLC0415 - only to run
    from recorder.store import read  # noqa: PLC0415 - the store
    from recorder.store.as_of import as_of, latest  # noqa: PLC0415

    try:
        moment = latest(engine) if at is None else as_of(engine, at)
    except NoHistoryError as error:
        stretches = read.covered(engine)
        if at is None or not stretches:
            raise
        asked, first = (f"{it.astimezone(LocalTime()):%Y-%m-%d %H:%M:%S}"
                        for it in (at, stretches[0].begin))  # fmt: skip
        raise UsageError(
            f"nothing was recorded yet at {asked}; recording begins at {first}: "
            f"`ops media.diff '{first}'` is the longest there is"
        ) from error
    gap = moment.gap
    return Side(moment.snapshot, at, in_gap=gap is not None, gap_end=gap.end if gap else None)


def _chosen(sides: "list[Side]", choice: Choice) -> "tuple[Side, ...]":
    """The part a person named, if either moment knew it. Raises UsageError."""
    from recorder.history.difference import narrowed  # noqa: PLC0415 - only to run

    snapshots = [side.snapshot for side in sides]
    hosts = {host.name: None for it in snapshots for host in it.hosts}
    services = {
        name: None for it in snapshots for s in it.services for name in (s.name, s.container)
    }
    for what, names, known in (
        ("host", choice.hosts, hosts),
        ("service", choice.services, services),
    ):
        for name in names:
            if name not in known:
                raise UsageError(f'no {what} "{name}" at either time{did_you_mean(name, known)}')
    return narrowed(sides, choice.hosts, choice.services)
