"""What ties a test to the rows of the matrix that it proves, and to how long each may take."""

import contextlib
import functools
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from faults.matrix import BY_KEY
from faults.row import ASKED, Row

T = TypeVar("T", bound=Callable[..., None])


def proves(*keys: str) -> Callable[[T], T]:
    """Mark a test that proves these rows. KeyError: there is no such row.

    It fails if it passes without a look at how long each of them may take.
    """
    rows = [BY_KEY[key] for key in keys]

    def marked(test: T) -> T:
        @functools.wraps(test)
        def bounded(**given: object) -> None:
            ASKED.clear()
            test(**given)
            for row in [given["row"]] if "row" in given else rows:
                assert row.key in ASKED, f"{row.key}: nothing holds it to {row.most_sec} s"

        return pytest.mark.fault(*keys)(bounded)

    return marked


def proves_each(*keys: str) -> Callable[[T], T]:
    """Run a test once for each of these rows, given as `row`; it proves them."""
    rows = [BY_KEY[key] for key in keys]

    def marked(test: T) -> T:
        return proves(*keys)(pytest.mark.parametrize("row", rows, ids=keys)(test))

    return marked


@contextlib.contextmanager
def in_time(row: Row) -> Iterator[int]:
    """Hold what is done inside to the longest that the row allows; gives that, in seconds."""
    began = time.monotonic()
    yield row.bound_sec
    took_sec = time.monotonic() - began
    assert took_sec < row.bound_sec, f"{row.key}: {took_sec:.1f} s of at most {row.bound_sec}"
