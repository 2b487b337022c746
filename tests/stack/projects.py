"""A compose project on a host of the lab, made by docker-compose, and bindings that name it."""

import json
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from realhosts import Lab
from realhosts.blueprint import HEALTH_CHECK_INTERVAL_SEC
from realhosts.cells import Cell

from stack.ops import Ops, bound

HOST = "download-stack"
FOLDER = "/home/ubuntu/stacks/it's media"  # a name that must be quoted
IMAGE = "lab/tinker:0.1"
FOR_EVER = ["sleep", "2147483647"]
CHECKED = {
    "test": ["CMD", "true"],
    "interval": f"{HEALTH_CHECK_INTERVAL_SEC}s",
    "retries": 1,
}


def container(command: list[str] | None = None, **more: object) -> dict[str, Any]:
    """A service of a compose file."""
    return {"image": IMAGE, "network_mode": "host", "command": command or FOR_EVER, **more}


@dataclass(frozen=True, slots=True)
class Project:
    """A project that is up, and the program with bindings that name it."""

    cell: Cell
    ops: Ops

    def write(self, services: Mapping[str, object], name: str = "docker-compose.yml") -> None:
        """Write its compose file."""
        self.text(json.dumps({"version": "3.7", "services": services}), name)

    def text(self, text: str, name: str = "docker-compose.yml") -> None:
        """Write a file of its folder."""
        folder = shlex.quote(FOLDER)
        self.cell.run("sh", "-c", f"mkdir -p {folder}; cat >{folder}/{name}", stdin=text)

    def compose(self, *arguments: str) -> str:
        """Run compose in its folder, as root."""
        return self.cell.run(
            "sh", "-c", f'cd "{FOLDER}"; exec docker-compose "$@"', "sh", *arguments
        )

    def started(self) -> dict[str, str]:
        """When each of its containers last started, by the compose service."""
        return self._each("{{.State.StartedAt}}")

    def containers(self) -> dict[str, str]:
        """The id of each of its containers, by the compose service."""
        return self._each("{{.Id}}")

    def _each(self, what: str) -> dict[str, str]:
        form = '{{index .Config.Labels "com.docker.compose.service"}} ' + what
        ids = self.compose("ps", "--all", "--quiet").split()
        listed = self.cell.run("docker", "inspect", "--format", form, *ids) if ids else ""
        return dict(sorted(line.split(" ") for line in listed.splitlines()))


@contextmanager
def project(
    lab: Lab,
    name: str,
    services: Mapping[str, object],
    declared: Mapping[str, Mapping[str, object]],
    **host: object,
) -> Iterator[Project]:
    """A project with those services, all up; `declared` is what the bindings say of them."""
    entry = {"addresses": ["192.0.2.209"], "compose_path": FOLDER, "connect_timeout_sec": 2}
    bindings = {
        "version": 1,
        "defaults": {"ssh_user": "ubuntu", "compose_command": "docker-compose"},
        "hosts": {HOST: {**entry, **host}},
        "services": {key: {"vm": HOST, **value} for key, value in declared.items()},
    }
    made = Project(lab.hosts[HOST].cell, Ops(lab, bound(lab, name, bindings)))
    made.write(services)
    made.compose("up", "-d")
    try:
        yield made
    finally:
        made.write(services)
        made.compose("down", "--timeout", "0")
        made.cell.shell(f"rm -rf {shlex.quote(FOLDER)}")
