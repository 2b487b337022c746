"""The lab itself: it is what its blueprint says, it heals, and it leaves nothing behind."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from realhosts import Lab, leftovers
from realhosts.blueprint import HOSTS
from realhosts.cells import find_cells
from realhosts.faults import FAULTS
from realhosts.plan import STATE_OF, Fate
from realhosts.waiting import wait_until

COMMAND = Path(__file__).with_name("lab")
DOCKER_HOSTS = ("download-stack", "streaming-stack")
FLICKERING = ("running", "restarting")


@pytest.mark.parametrize("host", [each.name for each in HOSTS if each.engine])
def test_engines_show_what_the_blueprint_says(lab: Lab, host: str) -> None:
    """Each declared container is there, in its state, and no other."""
    expected = {
        each.container_name: STATE_OF[each.fate]
        for each in lab.services(host)
        if each.fate is not Fate.MISSING
    }
    actual = {row["name"]: row["state"] for row in lab.truth(host)}
    for each in lab.services(host):
        if each.fate is Fate.RESTARTING and actual[each.container_name] in FLICKERING:
            actual[each.container_name] = STATE_OF[Fate.RESTARTING]
    assert expected == actual


@pytest.mark.parametrize("host", [each.name for each in HOSTS])
def test_every_host_is_reached_by_ssh(lab: Lab, host: str) -> None:
    """The control machine's own `ssh` opens every host, one of them through another."""
    assert lab.run("ssh", host, "hostname").stdout == f"{host}\n"


def test_accounts_differ_in_what_they_may_read(lab: Lab) -> None:
    """One may ask the engine, one may not, one may through sudo, one has no shell."""
    asked = {
        "ubuntu": "docker ps -q >/dev/null",
        "nodocker": "docker ps -q >/dev/null",
        "sudoer": "sudo -n docker ps -q >/dev/null",
        "nologin": "true",
        "stranger": "true",
    }
    expected = {"ubuntu": 0, "nodocker": 1, "sudoer": 0, "nologin": 1, "stranger": 255}
    actual = {
        user: lab.run("ssh", f"{user}@download-stack", command).returncode
        for user, command in asked.items()
    }
    assert expected == actual


def test_a_test_process_can_stand_on_the_labs_network(lab: Lab) -> None:
    """Code under test reaches the hosts from within the test's own process."""
    with lab.network(), socket.create_connection(("192.0.2.209", 22), timeout=5) as sshd:
        assert sshd.recv(4) == b"SSH-"
    with pytest.raises(OSError, match=r"unreachable|timed out|refused|route"):
        socket.create_connection(("192.0.2.209", 22), timeout=0.2)


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_heals(lab: Lab, name: str) -> None:
    """After cause and heal the host answers, and its containers are as they were."""
    before = _states(lab)
    subject = "bazarr" if FAULTS[name].takes_service else ""
    with lab.fault(name, "download-stack", subject):
        pass
    assert lab.run("ssh", "download-stack", "stat -f /mnt/media >/dev/null").returncode == 0
    assert before == _states(lab)


def test_down_leaves_nothing_of_a_lab_full_of_faults(lab_parts: None, tmp_path: Path) -> None:
    """Frozen, stopped and hanging processes go too, with control groups, loops and files."""
    del lab_parts
    lab = Lab.up(tmp_path / "lab")
    for fault in ("engine-hung", "mount-hung", "sshd-silent", "off"):
        lab.cause(fault, "download-stack")
    lab.hosts["download-stack"].cell.start("stat", "-f", "/mnt/media", log="/dev/null")
    lab.down()
    assert leftovers.remains(tmp_path / "lab") == []


def test_down_clears_what_a_killed_start_left(lab_parts: None, tmp_path: Path) -> None:
    """A start that was killed half way leaves a lab that `down` takes away."""
    del lab_parts
    folder = tmp_path / "lab"
    command = [sys.executable, str(COMMAND), "--folder", str(folder)]
    with subprocess.Popen([*command, "up"], stderr=subprocess.DEVNULL) as starting:
        wait_until(lambda: len(find_cells(folder)) > len(DOCKER_HOSTS), "a half-made lab")
        starting.send_signal(signal.SIGKILL)
    subprocess.run([*command, "down"], check=True, capture_output=True)
    assert leftovers.remains(folder) == []


def test_truth_is_what_the_command_prints(lab: Lab) -> None:
    """People and tests read the same truth."""
    asked = [sys.executable, str(COMMAND), "--folder", str(lab.folder), "truth", "streaming-stack"]
    printed: list[dict[str, Any]] = json.loads(subprocess.check_output(asked))
    expected = [row["name"] for row in lab.truth("streaming-stack")]
    assert expected == [row["name"] for row in printed]


def test_a_lab_that_is_up_is_seen_by_all_its_traces(lab: Lab) -> None:
    """What "nothing is left" is measured by does see a lab that is there."""
    kinds = {each.split(" ")[0] for each in leftovers.remains(lab.folder)}
    assert kinds == {"process", "loop", "control", "folder"}


def _states(lab: Lab) -> dict[str, str]:
    states = {row["name"]: row["state"] for host in DOCKER_HOSTS for row in lab.truth(host)}
    return states | {"swaparr": "restarting"}
