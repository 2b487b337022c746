"""What a person at a terminal is told of work that takes over a second, while it lasts."""

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

AFTER_SEC = 1.0


@contextmanager
def telling(
    lines: Callable[[], Sequence[str]], stream: TextIO | None = None, after_sec: float = AFTER_SEC
) -> Iterator[None]:
    """Tell a terminal on standard error what is waited for, and take that back at the end.

    `lines` is called once the time is up, from another thread.
    """
    screen = stream or sys.stderr
    if not screen.isatty():
        yield
        return
    told: list[str] = []

    def tell() -> None:
        told.extend(lines())
        screen.write("".join(f"{line}\n" for line in told))
        screen.flush()

    timer = threading.Timer(after_sec, tell)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if told and os.environ.get("TERM", "dumb") != "dumb":
            screen.write(f"\x1b[{len(told)}A\x1b[J")  # up, and clear to the end of the screen
            screen.flush()  # before the result is drawn there
