"""What one look saw: a Snapshot and the things it is made of.

Values only, frozen, whole in themselves: a snapshot can be shown without the binding it was taken
with. Times are aware UTC, sizes bytes, durations in the unit their name carries. `None` means "not
known", and then a reason stands beside it or beside the thing it hangs on.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from recorder.frozen import frozen
from recorder.model.states import (
    Condition,
    Declared,
    EndpointState,
    Health,
    HostState,
    ImportState,
    MountState,
    Reason,
    ServiceState,
    Trigger,
    VolumeState,
)


@frozen
class Engine:
    """The container engine of a host, as far as this user may read it."""

    kind: str | None  # "docker", "podman"; None where there is none
    readable: bool
    reason: Reason | None = None  # no_engine, permission_denied, engine_down
    detail: str | None = None  # the engine's own words
    hint: str | None = None  # what to type next


@frozen
class Host:
    """A VM, or this machine."""

    name: str
    state: HostState
    number: int | None = None  # the hypervisor's id of the VM
    role: str | None = None
    reason: Reason | None = None
    detail: str | None = None  # "timed out after 5 s"
    hint: str | None = None  # what to type next
    address: str | None = None  # the one that answered, else the first tried
    engine: Engine | None = None  # None: not asked
    boot_id: str | None = None
    uptime_sec: int | None = None
    clock_offset_sec: int | None = None  # its clock minus ours
    load_1min: float | None = None
    memory_total_bytes: int | None = None
    memory_available_bytes: int | None = None
    last_seen: datetime | None = None


@frozen
class Endpoint:
    """The answer of a service's health URL."""

    state: EndpointState
    url: str
    http_status: int | None = None
    latency_ms: int | None = None
    reason: Reason | None = None
    detail: str | None = None


@frozen
class Service:
    """A line of the binding and the container that serves it, or a container no line names."""

    name: str
    host: str
    container: str
    declared: Declared
    state: ServiceState
    category: str | None = None
    reason: Reason | None = None
    health: Health | None = None
    exit_code: int | None = None
    oom_killed: bool | None = None
    restart_count: int | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    image: str | None = None  # the reference it was made from: "lscr.io/linuxserver/radarr:5.2"
    image_id: str | None = None  # sha256 of what it really runs
    image_version: str | None = None  # the image's own version label
    project: str | None = None  # compose project
    compose_service: str | None = None
    error: str | None = None  # the engine's own words on why it did not start
    endpoint: Endpoint | None = None  # None: the binding names no health URL

    @property
    def condition(self) -> Condition:
        """The column of the counts this service falls in."""
        if self.state is ServiceState.UNKNOWN:
            return Condition.UNKNOWN
        if self.state is ServiceState.MISSING:
            return Condition.ERROR if self.declared is Declared.ACTIVE else Condition.EXITED
        if self.state in (ServiceState.RESTARTING, ServiceState.DEAD):
            return Condition.ERROR
        if self.state is not ServiceState.RUNNING:
            return Condition.EXITED
        failed = self.endpoint is not None and self.endpoint.state is EndpointState.FAILED
        return Condition.ERROR if failed or self.health is Health.UNHEALTHY else Condition.RUNNING


@frozen
class Mount:
    """A network mount on a host."""

    host: str
    path: str
    state: MountState
    source: str | None = None  # what is mounted there; the declared source where nothing is
    declared_source: str | None = None
    declared_mode: str | None = None  # "rw", "ro"
    mode: str | None = None
    fs_type: str | None = None
    reason: Reason | None = None
    detail: str | None = None
    note: str | None = None  # true and harmless: declared ro, mounted rw
    free_bytes: int | None = None
    total_bytes: int | None = None
    latency_ms: int | None = None


@frozen
class Volume:
    """A storage pool whose space is watched, asked at one path of one host."""

    name: str
    host: str
    path: str
    state: VolumeState
    reason: Reason | None = None
    detail: str | None = None
    free_bytes: int | None = None
    total_bytes: int | None = None

    @property
    def used_percent(self) -> float | None:
        """Share in use, 0 to 100, as `df` counts it for an unprivileged user."""
        if self.free_bytes is None or not self.total_bytes:
            return None
        return 100 * (self.total_bytes - self.free_bytes) / self.total_bytes


@frozen
class ImportedTitle:
    """One import, as the app's history names it."""

    at: datetime
    title: str
    event_id: int


@frozen
class ImportCount:
    """What one app imported in one day."""

    app: str  # the binding's name of it: "radarr", "radarr-4k"
    noun: str  # what it counts: "movie", "episode", "track"
    state: ImportState
    count: int | None = None
    reason: Reason | None = None
    detail: str | None = None
    hint: str | None = None
    titles: tuple[ImportedTitle, ...] = ()  # newest first
    earlier: tuple[ImportedTitle, ...] = ()  # those before the day that were told with it
    told_since: datetime | None = None  # from here on the app told every one


@frozen
class Gap:
    """An open entry of the operational gaps register that concerns media."""

    id: str
    severity: str
    title: str
    status: str


@frozen
class Snapshot:
    """What one run saw of all of it. Everything stands in the binding's order."""

    taken_at: datetime
    duration_ms: int
    trigger: Trigger
    site: str
    hosts: tuple[Host, ...] = ()
    services: tuple[Service, ...] = ()
    mounts: tuple[Mount, ...] = ()
    volumes: tuple[Volume, ...] = ()
    imports: tuple[ImportCount, ...] = ()

    def on(self, host: str) -> tuple[Service, ...]:
        """The services of one host."""
        return tuple(service for service in self.services if service.host == host)

    def by_host(self) -> dict[str, tuple[Service, ...]]:
        """The services of each host, though it have none."""
        homes: dict[str, list[Service]] = {host.name: [] for host in self.hosts}
        for service in self.services:
            homes.setdefault(service.host, []).append(service)
        return {host: tuple(services) for host, services in homes.items()}

    def of_hosts(self, names: Collection[str]) -> "Snapshot":
        """Only these hosts and what is on them."""
        return replace(
            self,
            hosts=tuple(host for host in self.hosts if host.name in names),
            services=tuple(service for service in self.services if service.host in names),
            mounts=tuple(mount for mount in self.mounts if mount.host in names),
            volumes=tuple(volume for volume in self.volumes if volume.host in names),
        )

    def of_services(self, names: Collection[str]) -> "Snapshot":
        """Only these services, by their own or their container's name, their hosts and imports."""
        services = tuple(s for s in self.services if s.name in names or s.container in names)
        homes = {service.host for service in services}
        return replace(
            self,
            hosts=tuple(host for host in self.hosts if host.name in homes),
            services=services,
            mounts=(),
            volumes=(),
        )


@frozen
class Counts:
    """How many services stand in each condition; `total` is their sum."""

    total: int
    running: int
    exited: int
    error: int
    unknown: int


def count(services: tuple[Service, ...]) -> Counts:
    """Count services by condition; each falls in exactly one."""
    conditions = [service.condition for service in services]
    return Counts(
        total=len(conditions),
        running=conditions.count(Condition.RUNNING),
        exited=conditions.count(Condition.EXITED),
        error=conditions.count(Condition.ERROR),
        unknown=conditions.count(Condition.UNKNOWN),
    )
