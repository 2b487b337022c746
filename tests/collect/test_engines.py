"""How the probe finds the host's container engine, for every way that it may be hidden."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from recorder.model import Engine, Reason

from .programs import (
    DENIED,
    DOWN,
    HANGS,
    IDS,
    SUDO,
    SUDO_REFUSES,
    Machine,
    container,
    fails,
    for_root,
    knows,
    lists,
    socket_lists,
)

DENIED_WORDS = (
    "permission denied while trying to connect to the Docker daemon socket at "
    "unix:///var/run/docker.sock: connect: permission denied"
)
DOWN_WORDS = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock."
JOIN_GROUP = "on here: sudo usermod -aG docker $USER"
LOOK_AT_DOCKER = "on here: sudo systemctl status docker"
ALLOW_SUDO = "on here: sudo visudo, to let $USER run `sudo -n podman`"
NO_SUDO = "permission denied: none of its own, and no sudo"

DOCKER = Engine("docker", readable=True)
PODMAN = Engine("podman", readable=True)
MAY_NOT = Engine("docker", False, Reason.PERMISSION_DENIED, DENIED_WORDS, JOIN_GROUP)  # noqa: FBT003
PODMAN_MAY_NOT = Engine("podman", False, Reason.PERMISSION_DENIED, NO_SUDO, ALLOW_SUDO)  # noqa: FBT003
SILENT = Engine("docker", False, Reason.ENGINE_DOWN, "no answer in time", LOOK_AT_DOCKER)  # noqa: FBT003
IS_DOWN = Engine("docker", False, Reason.ENGINE_DOWN, DOWN_WORDS, LOOK_AT_DOCKER)  # noqa: FBT003


def _inspecting(answer: str) -> str:
    """A docker that lists one container and says this of it."""
    return f"case $1 in ps) echo {IDS['radarr']} ;; inspect)\n{answer}\n;; esac\n"


@dataclass(frozen=True)
class Case:
    """The programs of a host, and what is to be seen of its engine."""

    programs: dict[str, str]
    engine: Engine
    containers: tuple[str, ...] = ()


CASES = {
    "docker lists": Case({"docker": lists("radarr", "sonarr")}, DOCKER, ("radarr", "sonarr")),
    "docker has no containers": Case({"docker": lists()}, DOCKER),
    "docker warns and lists": Case(
        {"docker": f"echo 'WARNING: deprecated' >&2\n{lists('radarr')}"}, DOCKER, ("radarr",)
    ),
    "docker by sudo": Case(
        {"docker": for_root(lists("radarr"), DENIED), "sudo": SUDO}, DOCKER, ("radarr",)
    ),
    "docker by sudo, no containers": Case(
        {"docker": for_root(lists(), DENIED), "sudo": SUDO}, DOCKER
    ),
    "docker denied, sudo refused": Case({"docker": DENIED, "sudo": SUDO_REFUSES}, MAY_NOT),
    "docker denied, no sudo": Case({"docker": DENIED}, MAY_NOT),
    "docker denied, podman empty": Case(
        {"docker": DENIED, "sudo": SUDO_REFUSES, "podman": lists()}, MAY_NOT
    ),
    "docker denied, podman empty by sudo too": Case(
        {"docker": for_root(DENIED, DENIED), "sudo": SUDO, "podman": lists()}, MAY_NOT
    ),
    "docker down": Case({"docker": DOWN}, IS_DOWN),
    "docker down, podman lists": Case(
        {"docker": DOWN, "podman": lists("radarr")}, PODMAN, ("radarr",)
    ),
    "docker hangs": Case({"docker": HANGS}, SILENT),
    "docker lists, then hangs": Case({"docker": _inspecting(HANGS)}, SILENT),
    "docker tells of one, then hangs": Case(
        {"docker": _inspecting(f"echo '{container('radarr')}'; {HANGS}")}, SILENT
    ),
    "docker tells no JSON": Case(
        {"docker": _inspecting("echo 'template parsing error'; exit 1")},
        Engine("docker", False, Reason.ENGINE_DOWN, "template parsing error", LOOK_AT_DOCKER),  # noqa: FBT003
    ),
    "the one container vanished": Case(
        {"docker": _inspecting(fails("Error: No such container: aaaa"))}, DOCKER
    ),
    "one of two vanished": Case(
        {
            "docker": f"{lists('radarr')}\n"
            f"if [ $1 = inspect ]; then\n{fails('Error: No such object: bb')}\nfi"
        },
        DOCKER,
        ("radarr",),
    ),
    "docker's socket lists": Case(
        {"docker": knows("radarr", "sonarr"), "curl": socket_lists("radarr", "sonarr")},
        DOCKER,
        ("radarr", "sonarr"),
    ),
    "docker was told of another engine than the socket's": Case(
        {"docker": knows("sonarr"), "curl": socket_lists("radarr")}, DOCKER, ("sonarr",)
    ),
    "docker was told of another engine, which is down": Case(
        {"docker": DOWN, "curl": socket_lists("radarr")}, IS_DOWN
    ),
    "one that the socket listed vanished": Case(
        {"docker": knows("radarr"), "curl": socket_lists("radarr", "sonarr")}, DOCKER, ("radarr",)
    ),
    "the socket's list breaks off": Case(
        {"docker": knows("radarr", "sonarr"), "curl": socket_lists("radarr", status=18)},
        DOCKER,
        ("radarr", "sonarr"),
    ),
    "the socket lists nothing": Case(
        {"docker": knows("radarr"), "curl": socket_lists()}, DOCKER, ("radarr",)
    ),
    "docker hangs, its socket does not": Case(
        {"docker": HANGS, "curl": socket_lists("radarr")}, SILENT
    ),
    "no engine": Case({}, Engine(None, False, Reason.NO_ENGINE)),  # noqa: FBT003
    "podman of one's own": Case({"podman": lists("radarr")}, PODMAN, ("radarr",)),
    "podman by sudo": Case(
        {"podman": for_root(lists("radarr"), lists()), "sudo": SUDO}, PODMAN, ("radarr",)
    ),
    "podman empty, by sudo too": Case({"podman": lists(), "sudo": SUDO}, PODMAN),
    "podman empty, sudo refused": Case({"podman": lists(), "sudo": SUDO_REFUSES}, PODMAN_MAY_NOT),
    "podman empty, no sudo": Case({"podman": lists()}, PODMAN_MAY_NOT),
    "podman called docker": Case(
        {
            "docker": "[ $1 != --version ] || echo 'podman version 4.3.1'\n",
            "podman": lists(),
            "sudo": SUDO_REFUSES,
        },
        PODMAN_MAY_NOT,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_engine_is_seen_for_what_it_is(name: str, shell: str, folder: Path) -> None:
    """Who may not read the engine knows nothing of its containers: they never look absent."""
    case = CASES[name]
    machine = Machine(folder, shell, case.programs)
    if "curl" in case.programs:
        machine.listen()
    look = machine.ask()
    seen = tuple(found.name for found in look.containers)
    assert (look.host.engine, seen) == (case.engine, case.containers)


def test_a_flood_from_the_engine_does_not_hold_up_the_look(shell: str, folder: Path) -> None:
    """An engine that says 50 MB about its refusal is one that refuses."""
    flood = "yes 'permission denied, and a lot to say about it' | head -c 50000000; exit 1"
    engine = Machine(folder, shell, {"docker": flood}).ask().host.engine
    assert engine is not None
    assert (engine.readable, engine.reason) == (False, Reason.PERMISSION_DENIED)
    assert len(engine.detail or "") <= 500


@pytest.mark.parametrize("there", ["nothing", "a socket", "a link", "no curl"])
def test_an_engine_s_client_is_started_once_or_twice(there: str, shell: str, folder: Path) -> None:
    """However many containers there are, the engine is asked for a list, and once about all of it.

    To start its client takes most of the time that an answer takes, so its socket is asked for the
    list, where it has its usual one: a link there is another engine's.
    """
    calls = folder / "calls"
    calls.touch()
    calls.chmod(0o666)
    counted = f"echo docker $1 >>{calls}\n{knows('radarr', 'sonarr')}"
    listed = f"echo curl >>{calls}\n{socket_lists('radarr', 'sonarr')}"
    programs = {"docker": counted} if there == "no curl" else {"docker": counted, "curl": listed}
    machine = Machine(folder, shell, programs)
    if there == "a link":
        (folder / "podman.sock").touch(mode=0o666)
        machine.socket.symlink_to(folder / "podman.sock")
    elif there != "nothing":
        machine.listen()
    assert len(machine.ask().containers) == 2
    asked = ["curl"] if there == "a socket" else ["docker ps"]
    assert calls.read_text().splitlines() == [*asked, "docker inspect"]
