"""media.status: the whole stack on one screen."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import click

from recorder.capabilities.looking import (
    Choice,
    begin,
    chosen_of,
    finish,
    looking,
    now,
    outcome,
    print_json,
    screen,
)
from recorder.capabilities.recording import (
    PATIENCE_SEC,
    PREVIOUS,
    Recording,
    history_option,
    moment_of,
    tell_trouble,
)
from recorder.errors import ExitCode, UsageError
from recorder.history.when import FORMS, SPANS
from recorder.store.site import Location

if TYPE_CHECKING:
    from recorder.bindings import PendingGaps
    from recorder.capabilities.remembered import Remembered
    from recorder.collect.snapshot import Look
    from recorder.model import Gap, Snapshot

    Draw = Callable[[Remembered, Sequence[Gap], Sequence[str]], None]

SHORTEST_SEC, USUAL_SEC = 1.0, 5.0  # between the looks of --watch


@click.command("media.status")
@looking
@history_option
@click.option(
    "--since",
    metavar="TIME",
    help=f"Changes since then, not since you last looked: {FORMS}, or previous.",
)
@click.option("--at", metavar="TIME", help="The stack as it was then; no host is asked.")
@click.option(
    "--history",
    "span",
    metavar="SPAN",
    help=f"What became of everything in a time: {SPANS}; no host is asked.",
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Each of many hosts, not only what is wrong; of --history: all things, all events.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Of --history: a line a thing.")
@click.option("--md", "as_markdown", is_flag=True, help="Of --history: tables in Markdown.")
@click.option("--no-record", is_flag=True, help="Show, and leave the history as it is.")
@click.option(
    "--watch",
    "every_sec",
    type=click.FloatRange(min=SHORTEST_SEC),
    is_flag=False,
    flag_value=USUAL_SEC,
    metavar="[SECONDS]",
    help="Look again and again, every 5 seconds by default, until Ctrl-C; nothing is recorded.",
)
def command(
    choice: Choice,
    history: Location,
    since: str | None,
    at: str | None,
    every_sec: float | None,
    *,
    span: str | None,
    everything: bool,
    as_csv: bool,
    as_markdown: bool,
    no_record: bool,
) -> ExitCode:
    """The whole stack on one screen: hosts, services, mounts, storage, changes, imports, gaps.

    Exits 0 when all is well, 1 when something is wrong, 2 when it could not look, 3 when it was
    shown but not recorded.
    """
    if span is not None:
        if at is not None or every_sec is not None or since is not None or no_record:
            raise UsageError("--history looks back: leave out --at, --since, --watch, --no-record")
        return _back(choice, history, span, (everything, as_csv, as_markdown))
    if as_csv or as_markdown:
        raise UsageError("--csv and --md go with --history")
    choice = replace(choice, everything=everything)
    previous = since == PREVIOUS
    begin_at = moment_of(since) if since is not None and not previous else None
    if (at is not None or every_sec is not None) and (since is not None or no_record):
        raise UsageError("--since and --no-record go with a look of now: leave out --at, --watch")
    if at is not None and every_sec is not None:
        raise UsageError("--at shows a past moment, --watch the present: choose one")
    if at is not None:
        return _as_it_was(choice, history, moment_of(at))
    if every_sec is not None:
        from recorder.capabilities.watching import watch  # noqa: PLC0415 - only to watch

        return watch(choice, every_sec)
    if choice.narrowed and since is not None:
        raise UsageError("changes are told of the whole stack: leave out --host and --service")
    if choice.narrowed:
        from recorder.capabilities.remembered import Remembered  # noqa: PLC0415 - see Recording

        return _show(choice, begin(choice.stack()), None, Remembered)
    with Recording(history, PATIENCE_SEC, record=not no_record) as recording:
        from recorder.bindings import start_reading_gaps  # noqa: PLC0415 - beside the recording

        stack = choice.stack()
        look, gaps = begin(stack), start_reading_gaps(choice.folder)
        keep = partial(
            recording.keep, since=begin_at, previous=previous, unbound=choice.folder is None
        )
        code = _show(choice, look, gaps, keep)
        recording.catch_up(stack)
        return code


def _back(
    choice: Choice, history: Location, span: str, manner: tuple[bool, bool, bool]
) -> ExitCode:
    """A window of the past, from the history alone."""
    from recorder.capabilities.looking_back import Manner, show, window_of  # noqa: PLC0415

    return show(choice, history, window_of(span), Manner(*manner))


def _show(
    choice: Choice,
    look: "Look",
    pending: "PendingGaps | None",
    keep: "Callable[[Snapshot], Remembered]",
) -> ExitCode:
    """Wait for the look, remember it, and show it with its past."""
    show = _as_json if choice.as_json else _as_screen
    draw = show(choice)
    kept = keep(finish(look, choice))
    read = pending.result() if pending else None
    notes = [note for note in (read.note if read else None, *kept.notes) if note]
    draw(kept, read.gaps if read else (), notes)
    tell_trouble(kept)
    return ExitCode.NOT_RECORDED if kept.trouble else outcome(kept.snapshot)


def _as_json(_choice: Choice) -> "Draw":
    from recorder.render import document  # noqa: PLC0415 - while hosts are asked

    def draw(kept: "Remembered", gaps: "Sequence[Gap]", notes: Sequence[str]) -> None:
        trouble = [f"not recorded: {kept.trouble}"] if kept.trouble else []
        said = [*notes, *trouble]
        told = partial(document.status, recorded=kept.recorded, notes=said, past=kept.past)
        print_json(told(kept.snapshot, gaps, generated_at=now()))

    return draw


def _as_screen(choice: Choice) -> "Draw":
    from recorder.model import LocalTime  # noqa: PLC0415 - while hosts are asked
    from recorder.render.status import dashboard  # noqa: PLC0415

    console = screen(choice)

    def draw(kept: "Remembered", gaps: "Sequence[Gap]", notes: Sequence[str]) -> None:
        each = choice.each
        told = partial(dashboard, tz=LocalTime(), notes=notes, past=kept.past, everything=each)
        console.print(told(kept.snapshot, gaps))

    return draw


def _as_it_was(choice: Choice, history: Location, at: datetime) -> ExitCode:
    """The dashboard from the history alone."""
    from recorder.capabilities.recalling import recall_moment  # noqa: PLC0415 - the store
    from recorder.model import LocalTime  # noqa: PLC0415

    draw = _as_json(choice) if choice.as_json else _as_screen(choice)
    kept = recall_moment(history, at, LocalTime())
    shown = replace(kept, snapshot=chosen_of(kept.snapshot, choice))
    draw(shown, (), kept.notes)
    return outcome(shown.snapshot)
