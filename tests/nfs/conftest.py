"""Fixtures for real NFS: two emulated machines, made once for a file of tests, and the program."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from realhosts.emulated.pair import Pair, make_pair
from realhosts.packages import UnavailableError

from nfs.player import Look, Player


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """A server and a client that mounts its export. If they can't be, CI fails; see `lab_parts`."""
    try:
        made = make_pair(tmp_path_factory.mktemp("nfs"))
    except UnavailableError as reason:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(reason))
    yield made
    made.end()


@pytest.fixture
def player(pair: Pair, tmp_path: Path) -> Iterator[Player]:
    """The program, with a new history. Whatever happens to the mount, it does no harm."""
    made = Player(pair, tmp_path)
    yield made
    made.does_no_harm()


@pytest.fixture(scope="module")
def well(pair: Pair, tmp_path_factory: pytest.TempPathFactory) -> Look:
    """A look while nothing is wrong."""
    return Player(pair, tmp_path_factory.mktemp("well")).look()
