"""What can go wrong for a user, and the exit code each mistake earns.

The tree:

    RecorderError             anything we can explain in one line
    └── UsageError            the call itself is off: an option, a name, a path
        └── BindingError      the bindings hold mistakes; one line each

Anything else that escapes is our own bug and keeps its traceback. What could not be *seen* is not
an error at all: it is a value with a reason in the snapshot.
"""

from collections.abc import Sequence
from enum import IntEnum


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
