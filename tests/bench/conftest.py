"""Where the histories of these tests lie: in memory, so that no disk is waited for."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def tmp_path(quick: Path) -> Iterator[Path]:
    """A test's own folder."""
    with tempfile.TemporaryDirectory(dir=quick) as folder:
        yield Path(folder)
