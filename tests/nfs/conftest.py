"""Fixtures for real NFS: two emulated machines, made once for a file of tests, and the program."""

import os
import shutil
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


@pytest.fixture(scope="module")
def usual(pair: Pair, tmp_path_factory: pytest.TempPathFactory) -> Player:
    """The program, with a history of its own."""
    return Player(pair, tmp_path_factory.mktemp("usual"))


@pytest.fixture(scope="module")
def well(usual: Player) -> Look:
    """A look while nothing is wrong."""
    return usual.look()


@pytest.fixture
def player(usual: Player, well: Look, tmp_path: Path) -> Iterator[Player]:  # noqa: ARG001 - a look
    """The program, with a history of that look. Whatever happens to the mount, it does no harm."""
    made = Player(usual.pair, tmp_path, [*usual.looks])
    shutil.copy(usual.history, made.history)
    yield made
    made.does_no_harm()
