"""What a plan of the lab is made of: hosts, accounts, mounts, services and their fates."""

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of a container during `up`."""

    RUNNING = "running"
    FINISHED = "finished"  # ended by itself with 0
    KILLED = "killed"  # exited with 137
    CREATED = "created"
    PAUSED = "paused"
    RESTARTING = "restarting"  # fails and is started again, for ever
    MISSING = "missing"  # declared, and no such container


STATE_OF = {  # as `docker ps` names it
    Fate.RUNNING: "running",
    Fate.FINISHED: "exited",
    Fate.KILLED: "exited",
    Fate.CREATED: "created",
    Fate.PAUSED: "paused",
    Fate.RESTARTING: "restarting",
}


@dataclass(frozen=True, slots=True)
class Service:
    """A line of the stack: how it is declared, and what really becomes of it."""

    name: str  # in the bindings, and the compose service label
    image: str
    category: str = "infrastructure"
    port: int | None = None
    health: str | None = None  # path of the endpoint; None: nobody is asked
    fate: Fate = Fate.RUNNING
    declared: str | None = "active"  # None: no binding names it
    container: str = ""  # its name where that is not the service's
    health_reason: str | None = None  # where `health` is None, or localhost_bound
    check: bool | None = None  # the verdict of its own health check; None: it has none
    app: str | None = None  # an *arr look-alike answers on its port
    recreated: bool = False  # made twice during `up`, so its id is a second one
    dependencies: tuple[str, ...] = ()

    @property
    def container_name(self) -> str:
        """The name the engine knows it by."""
        return self.container or self.name


@dataclass(frozen=True, slots=True)
class Mount:
    """A path of a host that the bindings name, and what is really there."""

    path: str
    kind: str  # "sshfs", "ext4", "none"
    source: str | None = None
    mode: str = "rw"
    declared_mode: str = "rw"


@dataclass(frozen=True, slots=True)
class Host:
    """A machine of the stack."""

    name: str
    number: int
    address: str
    role: str
    engine: str | None = "docker"  # "docker", "podman", None
    first_address: str | None = None  # tried before `address`
    behind: str | None = None  # the host one must jump through
    ssh_user: str | None = None  # where it is not the usual one
    services: tuple[Service, ...] = ()
    mounts: tuple[Mount, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """A user that exists on every host, and only there."""

    name: str
    uid: int
    login_shell: str = "/bin/bash"
    in_docker_group: bool = False
    sudo: bool = False  # may run docker and podman as root without a password
    admin: bool = False  # may run anything as root without a password
    authorized: bool = True  # the control machine's key opens it
