"""All at once: run many waits side by side on a bounded number of threads.

The threads are daemons, so that one stuck where nothing can wake it (a name server that never
answers) costs its result, not the end of the program.
"""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")

MOST_THREADS = 128


class FanOut:
    """Takes tasks in the order given, and starts them in that order."""

    def __init__(self, most_threads: int = MOST_THREADS) -> None:
        self._most = most_threads
        self._waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._threads = 0

    def submit(self, task: Callable[[], T]) -> "Future[T]":
        """Queue a task; a new thread takes it up unless there are enough."""
        future: Future[T] = Future()

        def work() -> None:
            try:
                future.set_result(task())
            except BaseException as error:  # noqa: BLE001 - handed to whoever asks for the result
                future.set_exception(error)

        self._waiting.put(work)
        if self._threads < self._most:
            self._threads += 1
            threading.Thread(target=self._work, daemon=True).start()
        return future

    def _work(self) -> None:
        with contextlib.suppress(Empty):
            while True:
                self._waiting.get_nowait()()
