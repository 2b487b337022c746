"""A day of looks under faults: the history that comes of it is the fault script, to the letter."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from endurance.compared import Compared, compared
from endurance.disk import mounted
from endurance.memory import Memory
from endurance.player import Player
from endurance.script import App, Deed, Script, Way, written

from recorder.model import HostState, MountState, ServiceState

HOURS = int(os.environ.get("MEDIA_RECORDER_TEST_HOURS", "24"))
SEED = int(os.environ.get("MEDIA_RECORDER_TEST_SEED", "30"))  # a day that holds every state
MOMENTS = 500
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="a disk to fill and protect takes root")


@pytest.fixture(scope="module")
def script() -> Script:
    return written(HOURS * 60, SEED)


@pytest.fixture(scope="module")
def played(script: Script, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Player]:
    """The script, played through everything below the one seam; each look saw what it must."""
    folder: Path = tmp_path_factory.mktemp("endure")
    with mounted(folder / "disk") as disk:
        player = Player(script, folder, disk)
        player.play()
        yield player


@pytest.fixture(scope="module")
def told(script: Script, played: Player) -> Compared:
    return compared(played.path, Memory(played.taken), MOMENTS, script.rng("moments"))


def test_a_day_of_faults_leaves_a_history_equal_to_their_script(told: Compared) -> None:
    """Every span, change, stretch, number and import; nothing missed and nothing invented.

    So it is as of 500 random times, and no look told of changes but when there were some.
    """
    assert told.wrong == ()
    assert all(told.counts.values())


def test_the_day_held_every_fault_there_is(script: Script, played: Player) -> None:
    """Each thing that may become of a look, of the way to a host and of the app did."""
    assert [deed for deed in Deed if not played.became[deed]] == []
    for line, faults in ((script.app, App), *((way, Way) for way in script.ways.values())):
        assert set(line.values) == set(faults)


def test_the_day_held_every_state_there_is(played: Player) -> None:
    """What hosts, containers and mounts may be they were, and the history saw it."""
    looks = [one.snapshot for one in played.taken]
    seen = {it.state for look in looks for it in (*look.hosts, *look.services, *look.mounts)}
    wanted = {HostState.UP, HostState.DOWN, *ServiceState, *MountState}
    never = {ServiceState.CREATED, ServiceState.DEAD, MountState.WRONG_SOURCE}
    assert wanted - never <= seen
