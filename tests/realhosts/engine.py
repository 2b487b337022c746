"""A host's container engine: Docker or podman, started, filled as the blueprint says, read.

A host finds its engine where every program looks for it; the settings in its `/etc` keep the
engine off this machine's firewall and control groups.
"""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from realhosts import images
from realhosts.blueprint import HEALTH_CHECK_INTERVAL_SEC, PROJECT
from realhosts.cells import Cell
from realhosts.plan import STATE_OF, Fate, Host, Service
from realhosts.programs import ProgramError
from realhosts.waiting import wait_until

AT_ONCE = 4
INNER_PORT = 10_000  # an *arr look-alike listens this far above the port of its container
SOCKET = "/run/docker.sock"
ROW = ("name", "state", "status", "image", "id")
FOR_EVER = ("sleep", "2147483647")


def settings(host: Host, cgroup: str) -> dict[str, str]:
    """Configuration files of the host's engine, by path below `/etc`."""
    docker = {
        "iptables": False,
        "bridge": "none",
        "storage-driver": "overlay2",
        "live-restore": True,  # containers outlive their engine, as on a well-kept host
        "exec-opts": ["native.cgroupdriver=cgroupfs"],
        "cgroup-parent": f"/{cgroup}/{host.name}",
    }
    podman = '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\nruntime = "runc"\n'
    storage = (
        '[storage]\ndriver = "overlay"\n'
        'graphroot = "/var/lib/containers/storage"\nrunroot = "/run/containers/storage"\n'
    )
    return {
        "docker/daemon.json": json.dumps(docker, indent=2),
        "containers/containers.conf": podman,
        "containers/storage.conf": storage,
    }


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine of one host."""

    cell: Cell
    program: str  # "docker", "podman"
    cgroup: str

    def start(self) -> None:
        """Start the engine where it needs starting, and wait until it answers."""
        if self.program == "docker" and not self.answers():
            self.cell.shell(f"rm -f /run/docker.pid {SOCKET}")
            self.cell.start("dockerd", log="/var/log/dockerd.log")
        wait_until(self.answers, f"the engine of {self.cell.name}")

    def answers(self) -> bool:
        """Whether the engine answers within two seconds."""
        if self.program == "docker" and not self.cell.answers("test", "-S", SOCKET):
            return False
        return self.cell.answers("timeout", "2", self.program, "version")

    def __call__(self, *arguments: str) -> str:
        """Output of one command of the engine, run as root."""
        return self.cell.run(self.program, *arguments)

    def load(self, labels: dict[str, dict[str, str]]) -> None:
        """Give the engine images, by reference, with their labels."""
        self.cell.run(self.program, "load", stdin=images.archive(labels))

    def fill(self, services: Iterable[Service]) -> None:
        """Bring every service of the blueprint to its state."""
        wanted = [service for service in services if service.fate is not Fate.MISSING]
        self.load({service.image: images.labels_of(service.image) for service in wanted})
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self.make, wanted))

    def make(self, service: Service) -> None:
        """Create the container anew and bring it to its state."""
        create = self._create(service)
        if service.recreated:
            self(*create)
            self("rm", "--force", service.container_name)
        self(*create)
        if service.fate is not Fate.CREATED:
            self("start", service.container_name)
        if service.fate is Fate.KILLED:
            self("kill", service.container_name)
        elif service.fate is Fate.PAUSED:
            self("pause", service.container_name)
        if service.check and self.program == "podman":  # no systemd here to run it on time
            self("healthcheck", "run", service.container_name)

    def containers(self) -> list[dict[str, Any]]:
        """Every container, as `inspect` shows it; two looks when one vanishes in between."""
        names = self("ps", "--all", "--quiet", "--no-trunc").split()
        if not names:
            return []
        found: list[dict[str, Any]] = json.loads(self("container", "inspect", *names))
        return found

    def rows(self) -> list[dict[str, str]]:
        """What `ps -a` says: name, state, status, image and id of every container, by name."""
        if self.program == "podman":
            listed = json.loads(self("ps", "--all", "--format", "json"))
            rows = [
                [each["Names"][0], each["State"], each["Status"], each["Image"], each["Id"]]
                for each in listed
            ]
        else:
            form = "{{.Names}}\t{{.State}}\t{{.Status}}\t{{.Image}}\t{{.ID}}"
            lines = self("ps", "--all", "--no-trunc", "--format", form).splitlines()
            rows = [line.split("\t") for line in lines]
        return [dict(zip(ROW, row, strict=True)) for row in sorted(rows)]

    def settle(self, services: Iterable[Service]) -> None:
        """Wait until every container is in the state that the blueprint gives it."""
        wanted = [service for service in services if service.fate is not Fate.MISSING]
        wait_until(lambda: self._settled(wanted), f"the containers of {self.cell.name}")

    def _settled(self, wanted: list[Service]) -> bool:
        seen = {each["Name"].lstrip("/"): each["State"] for each in self._inspected()}
        return all(_is_as_wanted(each, seen.get(each.container_name, {})) for each in wanted)

    def _inspected(self) -> list[dict[str, Any]]:
        try:
            return self.containers()
        except ProgramError:  # one was removed between the list and the look
            return self.containers()

    def _create(self, service: Service) -> list[str]:
        labels = {
            "com.docker.compose.project": PROJECT,
            "com.docker.compose.service": service.name,
            "com.docker.compose.container-number": "1",
            "com.docker.compose.oneoff": "False",
        }
        options = ["--name", service.container_name, "--network", "host"]
        if service.declared or service.fate is not Fate.RUNNING:
            options += [f"--label={name}={text}" for name, text in labels.items()]
        if service.fate is Fate.RESTARTING:
            options += ["--restart", "always"]
        if service.check is not None:
            options += ["--health-cmd", "/bin/true" if service.check else "/bin/false"]
            options += ["--health-interval", f"{HEALTH_CHECK_INTERVAL_SEC}s"]
            options += ["--health-retries", "1"]
        if self.program == "podman":
            options += ["--cgroup-parent", f"/{self.cgroup}/{self.cell.name}"]
        return ["create", *options, service.image, *_program(service)]


def _program(service: Service) -> tuple[str, ...]:
    """What runs in the container."""
    if service.fate is Fate.FINISHED:
        return ("true",)
    if service.fate is Fate.RESTARTING:
        return ("false",)
    if service.port is None or service.fate is not Fate.RUNNING:
        return FOR_EVER
    if service.app:
        inner = str(service.port + INNER_PORT)
        return ("nc", "-ll", "-p", str(service.port), "-e", "/bin/nc", "127.0.0.1", inner)
    at = "127.0.0.1:" if service.health_reason == "localhost_bound" else ""
    return ("httpd", "-f", "-p", f"{at}{service.port}", "-h", "/www")


def _is_as_wanted(service: Service, state: dict[str, Any]) -> bool:
    health = (state.get("Health") or state.get("Healthcheck") or {}).get("Status")
    verdict = {True: "healthy", False: "unhealthy", None: None}[service.check]
    if service.fate is Fate.RESTARTING:  # it flickers: what counts is that it has begun
        return state.get("Status") in ("restarting", "running")
    return state.get("Status") == STATE_OF[service.fate] and verdict in (None, health)
