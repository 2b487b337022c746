"""How a change to the history is carried out: alone, logged, and its failure an exit code 4."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from recorder.capabilities.acting import acting, beginning, typed
from recorder.capabilities.recording import PATIENCE_SEC
from recorder.errors import ActionError, BusyError, ExitCode, StoreError
from recorder.store.actions import log, log_failed
from recorder.store.lock import one_look
from recorder.store.site import Location

T = TypeVar("T")


def carry_out(
    capability: str,
    history: Location,
    work: Callable[[], T],
    *,
    logged: bool = True,
    replaces: bool = False,
) -> T:
    """Do it while nobody looks. Raises ActionError.

    `logged`: note it in the history, before and after. `replaces`: it puts another file in the
    history's place or another schema into it, so it is noted once that is done.
    """
    try:
        with one_look(history, PATIENCE_SEC) as held:
            if not held:
                raise BusyError("another look is under way; nothing was changed: try again")
            if not logged:
                return work()
            if replaces:
                return _noted_after(capability, history, work)
            with acting(history, capability, typed(capability), insist=True):
                return _failing_as_action(work)
    except StoreError as error:
        raise ActionError(str(error)) from error


def _failing_as_action(work: Callable[[], T]) -> T:
    try:
        return work()
    except StoreError as error:
        raise ActionError(str(error)) from error


def _noted_after(capability: str, history: Location, work: Callable[[], T]) -> T:
    begun = beginning(capability, typed(capability))
    try:
        done = work()
    except StoreError as error:
        failed = replace(begun, exit_code=ExitCode.ACTION_FAILED, note=str(error))
        log_failed(history, replace(failed, ended_at=datetime.now(UTC)))
        raise
    log(history, replace(begun, ended_at=datetime.now(UTC), exit_code=ExitCode.WELL))
    return done
