"""What should be: the Stack, one frozen value made from the binding files.

Everything a look needs stands here already resolved: addresses in the order they are tried, the
health URL's parts, each default filled in. Nothing downstream reads YAML.
"""

from dataclasses import field
from pathlib import Path

from recorder.frozen import frozen
from recorder.model import Declared

COMPOSE_COMMAND = "docker compose"
CONNECT_TIMEOUT_SEC = 5.0
HEALTH_TIMEOUT_SEC = 10.0
HEALTH_RETRIES = 2


@frozen
class MountBinding:
    """A network mount that should be there. `source` and `mode` are checked where given."""

    path: str
    source: str | None = None
    mode: str = "rw"  # "rw", "ro"


@frozen
class HostBinding:
    """A VM and the ways to it."""

    name: str
    addresses: tuple[str, ...]  # tried in this order; the name itself where none is given
    local: bool = False  # connect: local, no SSH
    number: int | None = None
    role: str | None = None
    ssh_user: str | None = None  # None: as ~/.ssh/config says, else the user's own name
    ssh_port: int | None = None  # None: as ~/.ssh/config says, else 22
    connect_timeout_sec: float = CONNECT_TIMEOUT_SEC
    compose_path: str | None = None
    compose_command: str = COMPOSE_COMMAND
    mounts: tuple[MountBinding, ...] = ()
    discover: bool = False  # show its network mounts and main disks without being told of them


@frozen
class HealthBinding:
    """A service's health URL. Where the service listens on localhost only, `via_ssh` is set."""

    port: int
    path: str = "/"  # with its query, beginning with a slash
    scheme: str = "http"  # "http", "https"
    timeout_sec: float = HEALTH_TIMEOUT_SEC
    verify_tls: bool = True
    via_ssh: bool = False
    host: str | None = None  # asked there; None: at the addresses of the service's host
    retries: int = HEALTH_RETRIES  # how often a gate asks again before it says that it fails


@frozen
class ServiceBinding:
    """One service: a container that should (or, when parked or stopped, should not) run."""

    name: str
    host: str
    container: str
    declared: Declared = Declared.ACTIVE
    category: str | None = None
    port: int | None = None
    health: HealthBinding | None = None  # None: no endpoint to ask, `health_reason` says why
    health_reason: str | None = None
    dependencies: tuple[str, ...] = ()
    config: tuple[str, ...] = ()  # folders on the host; none: its container's mount at /config


@frozen
class VolumeBinding:
    """A storage pool, asked for its space at one path of one host."""

    name: str
    host: str
    path: str


@frozen
class KeyBinding:
    """Where an API key is read from; never the key itself. One of the two is set."""

    env: str | None = None
    file: Path | None = None


@frozen
class ImportBinding:
    """An app whose imports of the day are counted."""

    name: str  # the binding's name: "radarr", "radarr-4k"
    app: str  # the kind of app, for its API: "radarr", "sonarr", "lidarr"
    service: str
    api_key: KeyBinding
    url_base: str = ""  # the app's own "URL Base" setting: "/radarr"


@frozen
class Overlap:
    """A Home Assistant add-on that may duplicate a service."""

    addon: str
    service: str
    recommendation: str  # "decommission", "investigate"
    reason: str | None = None


@frozen
class Addon:
    """A Home Assistant add-on that is installed."""

    slug: str  # may carry a repository prefix: "a0d7b954_overseerr"
    name: str
    state: str  # as Home Assistant says it: "started", "stopped", "unknown", "error"


@frozen
class Stack:
    """All that should be."""

    site: str = "home"
    hosts: tuple[HostBinding, ...] = ()
    services: tuple[ServiceBinding, ...] = ()
    volumes: tuple[VolumeBinding, ...] = ()
    imports: tuple[ImportBinding, ...] = ()
    ports: dict[str, dict[int, str]] = field(default_factory=dict)  # host → port → service
    overlaps: tuple[Overlap, ...] = ()
    addons: tuple[Addon, ...] | None = None  # None: nobody told which are installed
    folder: Path | None = None  # where it was read; None: no bindings, this machine

    def host(self, name: str) -> HostBinding:
        """The host of that name; KeyError when there is none."""
        return {host.name: host for host in self.hosts}[name]

    def service(self, name: str) -> ServiceBinding:
        """The service of that name; KeyError when there is none."""
        return {service.name: service for service in self.services}[name]

    def by_host(self) -> dict[str, list[ServiceBinding]]:
        """The services of each host that has any, in the binding's order."""
        homes: dict[str, list[ServiceBinding]] = {}
        for service in self.services:
            homes.setdefault(service.host, []).append(service)
        return homes

    def volumes_by_host(self) -> dict[str, list[VolumeBinding]]:
        """The volumes asked on each host that has any, in the binding's order."""
        homes: dict[str, list[VolumeBinding]] = {}
        for volume in self.volumes:
            homes.setdefault(volume.host, []).append(volume)
        return homes

    def apps(self) -> dict[str, ServiceBinding]:
        """The service behind each app whose imports are counted, by the app's binding."""
        services = {service.name: service for service in self.services}
        return {binding.name: services[binding.service] for binding in self.imports}
