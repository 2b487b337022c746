"""A history of a test's own, in a file of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from recorder.store.engine import opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a history may be made."""
    return tmp_path / "state" / "history.db"


@pytest.fixture
def engine(path: Path) -> Iterator[sa.Engine]:
    """An empty history."""
    with opened(path) as made:
        yield made
