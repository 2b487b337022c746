"""All at once: run many waits side by side on a bounded number of threads.

The threads are daemons, so that one stuck where nothing can wake it (a name server that never
answers) costs its result, not the end of the program.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

T = TypeVar("T")

MOST_THREADS = 128


class Task(Future[T]):
    """A future that knows when its work began, so that its time in the queue is not its own."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Event()
        self.began_at = 0.0  # of time.monotonic(), once `begun` is set
        self.ended_at: float | None = None  # None: it is at work, or waits for its turn

    def hand_over(self, timeout_sec: float) -> T:
        """Its result, once: whoever took it is the only one to hold it. Raises what it raised."""
        result = self.result(timeout_sec)
        with self._condition:
            self._result = None
        return result

    def work(self, task: Callable[[], T]) -> None:
        """Do it, here and now."""
        self.began_at = time.monotonic()
        self.begun.set()
        try:
            result = task()
        except BaseException as error:  # noqa: BLE001 - handed to whoever asks for the result
            self.ended_at = time.monotonic()
            self.set_exception(error)
        else:
            self.ended_at = time.monotonic()
            self.set_result(result)


class FanOut:
    """Takes tasks in the order given, and starts them in that order."""

    def __init__(self, most_threads: int = MOST_THREADS) -> None:
        self._most = most_threads
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], None]] = deque()
        self._threads = 0  # those that will look for another task

    def submit(self, task: Callable[[], T]) -> "Task[T]":
        """Queue a task; a new thread takes it up unless there are enough."""
        future: Task[T] = Task()
        with self._lock:
            self._waiting.append(partial(future.work, task))
            full = self._threads >= self._most
            self._threads += not full
        if not full:
            threading.Thread(target=self._work, daemon=True).start()
        return future

    def _work(self) -> None:
        while work := self._next():
            work()

    def _next(self) -> Callable[[], None] | None:
        """The next task; without one the thread that asks is on its way out, and counts no more."""
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._threads -= 1
            return None
