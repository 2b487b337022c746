"""A look that is remembered: one at a time, recorded in one write, shown with what changed.

What is recorded is a look at the whole stack by a program that holds the history's lock from the
first question on. When it can't be, the picture is shown all the same, and says why. Hardly
anything is loaded here but what both processes need: the sooner the one beside begins to load the
store, the less waits for it.
"""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from recorder.capabilities.aiming import aimed
from recorder.capabilities.beside import Beside
from recorder.errors import BusyError, ClockError, ExitCode, StoreError, UsageError
from recorder.store.site import PASSWORD, Location, Site

if TYPE_CHECKING:
    from recorder.bindings.stack import Stack
    from recorder.capabilities.remembered import Keeping, Recalled, Remembered
    from recorder.model import Snapshot
    from recorder.model.past import Untold

PATIENCE_SEC = 20.0  # as long as one look may take
PREVIOUS = "previous"
MOST_ASTRAY_SEC = 60.0  # that the clock may gain or lose while one look takes


def history_option(command: Callable[..., ExitCode]) -> Callable[..., ExitCode]:
    """Give a command `--db`; it is called with the history's place as `history`.

    What it raises of the history says what to type for that place.
    """

    def place_of(ctx: click.Context, _parameter: click.Parameter, given: str | None) -> Location:
        from recorder.store.location import VARIABLE, history_place  # noqa: PLC0415 - only to run

        place = history_place(given, os.environ, partial(_home, ctx.find_object(Path)))
        if isinstance(place, Site):
            for name in (
                VARIABLE,
                PASSWORD,
            ):  # for us alone: no program that is started inherits it
                os.unsetenv(name)
        return place

    @wraps(command)
    def told(*args: Any, history: Location, **others: Any) -> ExitCode:  # noqa: ANN401 - its own options
        try:
            return command(*args, history=history, **others)
        except StoreError as error:
            raise type(error)(aimed(str(error), history)) from error

    return click.option(
        "--db",
        "history",
        type=click.Path(),
        callback=place_of,
        help="The history: a file, or a server's postgresql://… URL. Default: $MEDIA_RECORDER_DB, "
        "else a file in your state folder.",
    )(told)


def _home(root: Path | None) -> str:
    """What the bindings call this home. Raises BindingError, and UsageError where none does."""
    from recorder.bindings import NO_BINDING, load  # noqa: PLC0415 - only for a server
    from recorder.capabilities.looking import bindings_folder  # noqa: PLC0415

    site = load(bindings_folder(root)).site
    if site == NO_BINDING:
        raise UsageError(
            "on a server each home has a site, and no binding was found from here to name this "
            "one: end the history's URL with ?site=NAME, or go to the folder of its binding"
        )
    return site


def moment_of(text: str) -> datetime:
    """A moment in the past as a person types it. Raises UsageError."""
    from recorder.history.when import parse_moment  # noqa: PLC0415 - as the module says
    from recorder.model import LocalTime  # noqa: PLC0415

    try:
        return parse_moment(text, datetime.now(UTC), LocalTime())
    except ValueError as error:
        raise UsageError(str(error)) from error


class Recording:
    """The history, as one look uses it; entered before the look begins."""

    def __init__(self, place: Location, wait_sec: float, *, record: bool = True) -> None:
        self._place = place
        self._wait_sec = wait_sec
        self._record = record
        self._lock = contextlib.ExitStack()
        self._beside: Beside[Keeping, Recalled, Untold] | None = None
        self._recorded = False
        self._ahead_sec = _ahead_sec()
        self.trouble: StoreError | None = None

    def __enter__(self) -> Self:
        if self._record:
            from recorder.store.lock import one_look  # noqa: PLC0415 - only to record

            try:
                self._take_turn(one_look)
            except StoreError as error:
                self.trouble = error
        import recorder.model  # noqa: F401, PLC0415 - both need it, and get it from here

        try:
            record = self._record and self.trouble is None
            self._beside = Beside(partial(_ready, self._place, record=record))
        except OSError as error:
            said = f"no process to record with: {error.strerror}"
            self.trouble = self.trouble or StoreError(said)
        return self

    def _take_turn(self, one_look: Callable[..., AbstractContextManager[bool]]) -> None:
        """Hold the history for this look; a person who has to wait for another one is told so."""
        if self._lock.enter_context(one_look(self._place)):
            return
        self._lock.close()
        if self._wait_sec and sys.stderr.isatty():
            click.echo("another look is under way; waiting for it ...", err=True)
        if not self._lock.enter_context(one_look(self._place, self._wait_sec)):
            self.trouble = BusyError("another look is still under way; look again in a minute")

    def __exit__(self, *_: object) -> None:
        if self._beside:
            self._beside.close()
        self._lock.close()

    def keep(
        self,
        snapshot: "Snapshot",
        since: datetime | None = None,
        *,
        previous: bool = False,
        unbound: bool = False,
    ) -> "Remembered":
        """Record a snapshot of the whole stack, and tell what changed. Raises no StoreError.

        `unbound`: nobody said what the stack is; that is no look at one that a binding named.
        """
        from dataclasses import replace  # noqa: PLC0415 - behind the fork

        from recorder.capabilities.remembered import Keeping, Remembered  # noqa: PLC0415

        if self._record:
            self.trouble = self.trouble or self._astray()
        record = self._record and self.trouble is None
        if self._beside is None:
            return Remembered(snapshot, trouble=str(self.trouble))
        try:
            asked = Keeping(self._place, snapshot, since, previous, record, unbound)
            kept = self._beside.ask(asked).of(snapshot)
        except StoreError as error:
            self.trouble = self.trouble or (error if record else None)
            kept = Remembered(snapshot)
        self._recorded = kept.recorded
        if not self._record and kept.trouble:
            unread = f"changes can't be told: {kept.trouble}"
            return replace(kept, notes=(*kept.notes, unread), trouble=None)
        trouble = str(self.trouble) if self.trouble else kept.trouble
        return replace(kept, trouble=aimed(trouble, self._place) if trouble else None)

    def _astray(self) -> ClockError | None:
        """Why nobody can say when this look was, where its one time is not true of all it saw.

        A machine that sleeps in the middle of it sees some of it before, and the rest hours later.
        """
        astray_sec = _ahead_sec() - self._ahead_sec
        if abs(astray_sec) <= MOST_ASTRAY_SEC:
            return None
        from recorder.render.units import duration  # noqa: PLC0415 - hardly ever

        way = "on" if astray_sec > 0 else "back"
        said = f"the clock went {way} by {duration(round(abs(astray_sec)))} during the look"
        return ClockError(f"{said}, as when the machine sleeps; look again")

    def catch_up(self, stack: "Stack") -> None:
        """Record what hosts and apps know of the time before. Call it once the picture is shown."""
        untold = self._beside.further() if self._beside and self._recorded else None
        if untold:
            from recorder.capabilities.catching_up import take_in  # noqa: PLC0415 - rarely needed

            take_in(self._place, stack, untold)


def _ahead_sec() -> float:
    """How far the clock is ahead of the time that passes while this machine is awake."""
    return time.time() - time.monotonic()


def tell_trouble(kept: "Remembered") -> None:
    """Say on standard error, behind the result, why it is not recorded: in one line, to copy from.

    In the picture it would be folded, and lost where that is piped on.
    """
    if kept.trouble:
        sys.stdout.flush()
        click.echo(f"ops: not recorded: {kept.trouble}", err=True)


def _ready(place: Location, *, record: bool) -> "Callable[[Keeping], Iterator[Recalled | Untold]]":
    """In the process beside: load the store, and warm it."""
    from recorder.capabilities.remembering import warmed  # noqa: PLC0415 - slow; loaded there

    return warmed(place, record=record)
