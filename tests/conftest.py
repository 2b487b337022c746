"""Fixtures for all tests: the lab of real hosts, made once a session and only when asked for."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from realhosts import Lab
from realhosts.packages import UnavailableError


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """A lab that is up: the one in $MEDIA_RECORDER_LAB, else one of this session's own.

    Where it can't be made, CI fails and everybody else sees the tests as not run.
    """
    if "MEDIA_RECORDER_LAB" in os.environ:
        yield Lab.find()
        return
    folder = Path(tempfile.gettempdir(), f"media-recorder-lab-of-{os.getpid()}")
    try:
        made = Lab.up(folder)
    except UnavailableError as reason:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(reason))
    yield made
    made.down()
