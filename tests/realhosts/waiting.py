"""Waiting for a condition with a deadline: the only way this package waits for anything."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

INTERVAL_SEC = 0.05


class TooLateError(Exception):
    """A condition did not come true in its time."""


def wait_until(condition: Callable[[], T], what: str, timeout_sec: float = 30.0) -> T:
    """Ask `condition` until its answer is true and return that; `what` is what is waited for."""
    deadline = time.monotonic() + timeout_sec
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise TooLateError(f"waited {timeout_sec:g} s in vain: {what}")
        time.sleep(INTERVAL_SEC)
    return answer
