"""Results that are worked out once, by whoever asks first; the others wait for it, and share it."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Once(Generic[K, V]):
    """A result for each key; one that could not be had is raised to all who ask for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._results: dict[K, Future[V]] = {}

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The result for a key; `make` works out what nobody has asked for yet."""
        with self._lock:
            known = self._results.get(key)
            result = self._results[key] = known or Future()
        if known is None:
            try:
                result.set_result(make())
            except BaseException as error:  # noqa: BLE001 - raised to everybody below
                result.set_exception(error)
        return result.result()
