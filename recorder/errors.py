"""What can go wrong for a user, and the exit code each mistake earns.

The tree:

    RecorderError             anything we can explain in one line
    ├── UsageError            the call itself is off: an option, a name, a path
    │   ├── BindingError      the bindings hold mistakes; one line each
    │   └── RefusedError      things are not such that an action may begin; one line each
    ├── ActionError           what was agreed to could not be carried out
    └── StoreError            the history can't be written or read
        ├── NoHistoryError    nothing was recorded, or not at that time
        ├── PlaceError        it lies where SQLite can't keep it whole: on a network
        ├── ForeignError      the file is another application's
        ├── NewerError        a newer program made it
        ├── OlderError        it waits for an upgrade, and whoever reads or may not write makes none
        ├── DamagedError      the file is not what was written
        ├── BusyError         another process holds it
        ├── AwayError         its server does not answer, or lets nobody in
        ├── FullError         the disk is full
        ├── ReadOnlyError     it may not be written
        └── ClockError        the clock went back too far to tell what came first

Anything else that escapes is our own bug and keeps its traceback. What could not be *seen* is not
an error at all: it is a value with a reason in the snapshot.
"""

import errno
from collections.abc import Sequence
from enum import IntEnum

# Python's words, in a RuntimeError, where there is no memory or no process for what it needs.
NO_THREAD = "can't start new thread"
NO_LOCKS = ("can't allocate lock", "can't allocate read lock", "can't allocate write lock")


class ExitCode(IntEnum):
    """What a capability's exit status tells a script."""

    WELL = 0
    WRONG = 1  # looked, and something is wrong
    USAGE = 2  # could not look: usage or bindings
    NOT_RECORDED = 3  # shown, but not recorded
    ACTION_FAILED = 4  # a mutating capability failed
    INTERRUPTED = 130


class RecorderError(Exception):
    """A failure explained in one line: what, where, and what to type next."""

    exit_code = ExitCode.USAGE

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines to print, most often one."""
        return (str(self),)


class UsageError(RecorderError):
    """The call can't be carried out as typed."""


class BindingError(UsageError):
    """The bindings hold one or more mistakes, all of them found in one pass."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)

    @property
    def lines(self) -> tuple[str, ...]:
        return self.mistakes


class RefusedError(UsageError):
    """Nothing was changed: things are not such that it may begin."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(f"nothing was changed: {reason}" for reason in self.reasons)


class ActionError(RecorderError):
    """What a person agreed to was begun and failed."""

    exit_code = ExitCode.ACTION_FAILED


class StoreError(RecorderError):
    """The history can't be written or read; whatever was looked at is shown all the same."""

    exit_code = ExitCode.NOT_RECORDED


class NoHistoryError(StoreError):
    """Nothing was recorded, or not at that time."""


class PlaceError(StoreError):
    """No file can be kept there, or not on a filesystem whose locks SQLite can't rely on."""


class ForeignError(StoreError):
    """The file is another application's."""


class NewerError(StoreError):
    """A newer program made the file."""


class OlderError(StoreError):
    """The file waits for an upgrade, and whoever reads or may not write makes none."""


class DamagedError(StoreError):
    """The file is not what was written; it is left as it is."""


class BusyError(StoreError):
    """Another process holds the file."""


class AwayError(StoreError):
    """The history's server does not answer, or does not let us in."""


class FullError(StoreError):
    """The disk is full; what was recorded before is whole."""


class ReadOnlyError(StoreError):
    """The file or its folder may not be written."""


class ClockError(StoreError):
    """The clock went back too far to tell what came first."""


def starved(error: BaseException | None) -> bool:
    """Whether it is this machine that had no memory, or none for a thread: nobody else's doing."""
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    if isinstance(error, RuntimeError):
        return str(error) in (NO_THREAD, *NO_LOCKS)
    return isinstance(error, MemoryError)
