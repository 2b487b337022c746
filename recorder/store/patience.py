"""How long SQLite may take for an answer: time in SQLite counts, not that of whoever reads it.

Most work is ended by the progress handler, some only by an interrupt from another thread. A single
step that heeds neither, one call of a function over long texts, is left to whoever called.
"""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator

STEPS = 20_000  # of SQLite's machine between two looks at the clock: about a millisecond
GRACE_SEC = 1.0


class Patience:
    """The time left for one question. `overdue` is called when it is past and nothing helped."""

    def __init__(
        self, db: sqlite3.Connection, limit_sec: float, overdue: Callable[[], object]
    ) -> None:
        self._db, self._overdue = db, overdue
        self._limit_sec, self._deadline = limit_sec, 0.0
        self.spent_sec = 0.0
        self.interrupted: BaseException | None = None
        db.set_progress_handler(self._past, STEPS)

    @property
    def over(self) -> bool:
        return self.spent_sec >= self._limit_sec

    def _past(self) -> int:
        try:
            return int(time.monotonic() >= self._deadline)
        except BaseException as error:  # noqa: BLE001 - Ctrl-C; sqlite3 would drop it
            self.interrupted = error
            return 1

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """While SQLite works."""
        began, left = time.monotonic(), max(0.0, self._limit_sec - self.spent_sec)
        self._deadline = began + left
        done = threading.Event()
        watch = threading.Thread(target=self._watch, args=(done, left), daemon=True)
        watch.start()
        try:
            yield
        finally:
            done.set()
            self.spent_sec += time.monotonic() - began

    def _watch(self, done: threading.Event, left: float) -> None:
        if done.wait(min(left, threading.TIMEOUT_MAX)):
            return
        with contextlib.suppress(sqlite3.ProgrammingError):  # closed meanwhile
            self._db.interrupt()
        if not done.wait(GRACE_SEC):
            self._overdue()
