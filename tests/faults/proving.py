"""What ties a test to the rows of the matrix that it proves."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from faults.matrix import BY_KEY

T = TypeVar("T", bound=Callable[..., None])


def proves(*keys: str) -> pytest.MarkDecorator:
    """Mark a test that proves these rows. KeyError: there is no such row."""
    return pytest.mark.fault(*(BY_KEY[key].key for key in keys))


def proves_each(*keys: str) -> Callable[[T], T]:
    """Run a test once for each of these rows, given as `row`; it proves them."""
    rows = [BY_KEY[key] for key in keys]

    def marked(test: T) -> T:
        return proves(*keys)(pytest.mark.parametrize("row", rows, ids=keys)(test))

    return marked
