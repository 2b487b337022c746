"""An effect on the stack or the history, and the row that tells of it.

The row is written before the effect begins and completed after it, however it ends: well, with an
error, by Ctrl-C or another signal. Only what can't be caught leaves a row without an end. A history
that can't be written stops nobody: that is said in a line, and the exit code tells.
"""

import contextlib
import getpass
import shlex
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import FrameType

import click

from recorder.errors import ExitCode, RecorderError, StoreError
from recorder.model import Action
from recorder.store.actions import begin, finish, log
from recorder.store.site import Location

SIGNALLED = 128  # and the signal's number
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Act:
    """One effect under way; whoever brings it about says here what came of it."""

    def __init__(self) -> None:
        self.exit_code = ExitCode.WELL
        self.note: str | None = None  # in a line; no secrets
        self.recorded = False  # once it has ended

    @property
    def outcome(self) -> ExitCode:
        """The exit code to end with: an effect that went well but is not in the history is a 3."""
        unrecorded = self.exit_code is ExitCode.WELL and not self.recorded
        return ExitCode.NOT_RECORDED if unrecorded else self.exit_code


@contextlib.contextmanager
def acting(
    history: Location, capability: str, arguments: Sequence[str] = (), *, insist: bool = False
) -> Iterator[Act]:
    """Bring about an effect within; ask for approval before. `arguments` must hold no secret.

    Name what it is about by `--host` and `--service` in the arguments: what happens to those
    meanwhile, and shortly after, is then told as brought about by it. `insist`: raise StoreError
    where the row can't be written, and bring about nothing.
    """
    begun = beginning(capability, arguments)
    act = Act()
    with _heeding_hangups():
        row = begin(history, begun) if insist else _begun(history, begun)
        code, note = int(ExitCode.ACTION_FAILED), "a mistake in the program"
        try:
            yield act
            code, note = int(act.exit_code), ""
        except (KeyboardInterrupt, click.Abort):
            code, note = int(ExitCode.INTERRUPTED), "interrupted"
            raise
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else code
            note = f"ended by signal {code - SIGNALLED}"
            raise
        except RecorderError as error:
            code, note = int(error.exit_code), " ".join(error.lines)
            raise
        finally:
            with _undisturbed():
                said = "; ".join(part for part in (note, act.note) if part) or None
                done = replace(begun, ended_at=datetime.now(UTC), exit_code=code, note=said)
                act.recorded = _completed(history, row, done)


def beginning(capability: str, arguments: Sequence[str]) -> Action:
    """The action that begins now."""
    return Action(capability, shlex.join(arguments), _user(), datetime.now(UTC))


def typed(capability: str) -> list[str]:
    """The arguments as they were typed."""
    return sys.argv[sys.argv.index(capability) + 1 :] if capability in sys.argv else []


def _user() -> str:
    with contextlib.suppress(OSError, KeyError):
        return getpass.getuser()
    return "unknown"


def _begun(history: Location, action: Action) -> int | None:
    """The row of what is about to begin; None, and a line that says so, where it can't be."""
    try:
        return begin(history, action)
    except StoreError as error:
        click.echo(f"ops: not recorded, and done all the same: {error}", err=True)
    return None


def _completed(history: Location, row: int | None, done: Action) -> bool:
    """Write the end; whether it stands there now."""
    try:
        if row is None:
            log(history, done)
        else:
            finish(history, row, done)
    except StoreError as error:
        if row is not None:
            click.echo(f"ops: its end is not recorded: {error}", err=True)
        return False
    return True


@contextlib.contextmanager
def _heeding_hangups() -> Iterator[None]:
    """A terminal that is closed ends the program as any signal does: with a row that says so."""

    def leave(number: int, _frame: FrameType | None) -> None:
        sys.exit(SIGNALLED + number)

    before = signal.signal(signal.SIGHUP, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Whoever presses Ctrl-C again does not cut off the row that tells of the first time."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
