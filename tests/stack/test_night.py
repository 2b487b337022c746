"""The night on which everything breaks at once."""

from pathlib import Path

import pytest
from realhosts import Lab
from realhosts.blueprint import DEAD_ADDRESS

from stack.conftest import IMPATIENT_SEC
from stack.ops import Break, Facts, Ops, bound, facts
from stack.screens import flaws

DOWNLOAD, STREAMING = "192.0.2.209", "192.0.2.210"
AWAY = "unknown host_down"
PATH_LIMIT_MS = 3000  # the longest of the limits that are met tonight
SPARE_MS = 3000
MOUNTS = [{"path": "/mnt/media"}, {"path": "/mnt/downloads"}]
HOSTS = {
    "off": {"addresses": [DEAD_ADDRESS]},
    "changed-key": {"addresses": [STREAMING]},
    "wrong-user": {"addresses": [DOWNLOAD], "ssh_user": "stranger"},
    "no-docker": {"addresses": [DOWNLOAD], "ssh_user": "nodocker", "mounts": MOUNTS[1:]},
    "hung": {"addresses": [DOWNLOAD], "mounts": MOUNTS},
}
SERVICES = {
    **{f"of-{name}": {"vm": name, "container": "gluetun", "port": None} for name in HOSTS},
    "radarr": {"vm": "hung", "port": 7878, "health": "/ping"},
    "sonarr": {"vm": "hung", "port": 8989, "health": "/ping"},
}
EXPECTED = {
    ("host", "off", ""): "down timeout",
    ("engine", "off", ""): "not asked",
    ("service", "off", "of-off"): AWAY,
    ("host", "changed-key", ""): "down host_key_changed",
    ("engine", "changed-key", ""): "not asked",
    ("service", "changed-key", "of-changed-key"): AWAY,
    ("host", "wrong-user", ""): "down auth_failed",
    ("engine", "wrong-user", ""): "not asked",
    ("service", "wrong-user", "of-wrong-user"): AWAY,
    ("host", "no-docker", ""): "up",
    ("engine", "no-docker", ""): "unreadable permission_denied",
    ("service", "no-docker", "of-no-docker"): "unknown permission_denied",
    ("mount", "no-docker", "/mnt/downloads"): "ok rw",
    ("host", "hung", ""): "up",
    ("engine", "hung", ""): "readable",
    ("service", "hung", "of-hung"): "running healthy",
    ("service", "hung", "radarr"): "running",
    ("service", "hung", "sonarr"): "running",
    ("endpoint", "hung", "radarr"): "failed timeout",
    ("endpoint", "hung", "sonarr"): "ok 200",
    ("mount", "hung", "/mnt/media"): "hung rw",
    ("mount", "hung", "/mnt/downloads"): "ok rw",
}


@pytest.fixture
def night(lab: Lab, ops: Ops, broken: Break) -> Ops:
    """The program on a night like that."""
    limits = {"connect_timeout_sec": IMPATIENT_SEC, "health_timeout_sec": IMPATIENT_SEC}
    bindings = {
        "version": 1,
        "defaults": {"ssh_user": "ubuntu", **limits},
        "hosts": HOSTS,
        "services": SERVICES,
    }
    root: Path = bound(lab, "night", bindings)
    broken("key-changed", "streaming-stack")
    broken("mount-hung", "download-stack")
    broken("silent", "download-stack", "radarr")
    return ops.at(root)


def test_each_has_its_own_reason_and_the_rest_is_there(night: Ops) -> None:
    """Six faults, six reasons; the time is that of the longest limit, the exit code 1."""
    document = night.document("media.status")
    seen: Facts = facts(document)
    assert {thing: words for thing, words in seen.items() if "undeclared" not in words} == EXPECTED
    assert document["data"]["snapshot"]["duration_ms"] < PATH_LIMIT_MS + SPARE_MS


def test_the_screen_names_them_all(night: Ops) -> None:
    """Who is woken by it reads each reason, and what to type about it."""
    done = night("media.status")
    assert (done.returncode, flaws(done.stdout)) == (1, [])
    wanted = (
        "timed out after 2 s",
        "host key changed",
        f"ssh-keygen -R {STREAMING}",
        "login refused for stranger",
        "permission denied",
        "HUNG",
        "radarr",
    )
    assert [words for words in wanted if words not in done.stdout] == []
