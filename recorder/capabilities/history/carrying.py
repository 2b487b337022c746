"""How a change to the history is carried out: alone, logged, and its failure an exit code 4."""

import contextlib
import getpass
import shlex
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from recorder.capabilities.recording import PATIENCE_SEC
from recorder.errors import ActionError, BusyError, ExitCode, StoreError
from recorder.store.actions import Action, log
from recorder.store.lock import one_look

T = TypeVar("T")


def carry_out(capability: str, history: Path, work: Callable[[], T], *, logged: bool = True) -> T:
    """Do it while nobody looks; `logged`: note it in the history. Raises ActionError."""
    started_at = datetime.now(UTC)
    try:
        with one_look(history, PATIENCE_SEC) as held:
            if not held:
                raise BusyError("another look is under way; nothing was changed: try again")
            done = work()
        if logged:
            log(history, _action(capability, started_at))
    except StoreError as error:
        raise ActionError(str(error)) from error
    return done


def _action(capability: str, started_at: datetime) -> Action:
    typed = sys.argv[sys.argv.index(capability) + 1 :] if capability in sys.argv else []
    user = "unknown"
    with contextlib.suppress(OSError, KeyError):
        user = getpass.getuser()
    ended_at = datetime.now(UTC)
    return Action(capability, shlex.join(typed), user, started_at, ended_at, ExitCode.WELL)
