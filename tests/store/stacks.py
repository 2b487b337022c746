"""A small stack for the store's tests, and what the store promises to keep of a snapshot."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from recorder.model import (
    Declared,
    Endpoint,
    EndpointState,
    Engine,
    Health,
    Host,
    HostState,
    ImportCount,
    ImportState,
    Mount,
    MountState,
    Reason,
    Service,
    ServiceState,
    Snapshot,
    Trigger,
    Volume,
    VolumeState,
)

NOON = datetime(2026, 2, 16, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DOCKER = Engine("docker", readable=True)
NO_ENGINE = Engine("docker", readable=False, reason=Reason.ENGINE_DOWN)
IMAGE = ("lscr.io/linuxserver/radarr:5.2", "sha256:" + "a" * 64, "5.2")
GIGA = 1 << 30


def after(minutes: float) -> datetime:
    return NOON + minutes * MINUTE


def up(name: str = "vm", **more: object) -> Host:
    host = Host(
        name,
        HostState.UP,
        number=209,
        role="media",
        address="192.0.2.209",
        engine=DOCKER,
        boot_id="boot-1",
        load_1min=0.25,
        memory_total_bytes=8 * GIGA,
        memory_available_bytes=5 * GIGA,
    )
    return replace(host, **more)  # type: ignore[arg-type]


def down(name: str = "vm") -> Host:
    return Host(
        name,
        HostState.DOWN,
        number=209,
        role="media",
        address="192.0.2.209",
        reason=Reason.TIMEOUT,
        detail="timed out after 5 s",
    )


def service(name: str = "radarr", host: str = "vm", **more: object) -> Service:
    it = Service(
        name,
        host,
        name,
        Declared.ACTIVE,
        ServiceState.RUNNING,
        category="management",
        health=Health.NONE,
        oom_killed=False,
        restart_count=0,
        created_at=NOON - timedelta(days=3),
        started_at=NOON - timedelta(days=2),
        image=IMAGE[0],
        image_id=IMAGE[1],
        image_version=IMAGE[2],
        project="stack",
        compose_service=name,
        endpoint=Endpoint(EndpointState.OK, "http://192.0.2.209:7878/ping", 200, 12),
    )
    return replace(it, **more)  # type: ignore[arg-type]


def container(name: str = "helper", host: str = "vm", **more: object) -> Service:
    """A container no binding names."""
    bare = {"declared": Declared.UNDECLARED, "category": None, "endpoint": None}
    return service(name, host, **{**bare, **more})


def unseen(it: Service, reason: Reason = Reason.HOST_DOWN) -> Service:
    """A declared service nobody could ask about."""
    return Service(
        it.name,
        it.host,
        it.container,
        it.declared,
        ServiceState.UNKNOWN,
        category=it.category,
        reason=reason,
        endpoint=it.endpoint,
    )


def mount(host: str = "vm", **more: object) -> Mount:
    it = Mount(
        host,
        "/mnt/media",
        MountState.OK,
        source="pve:/media",
        declared_source="pve:/media",
        declared_mode="rw",
        mode="rw",
        fs_type="nfs4",
        free_bytes=40 * GIGA,
        total_bytes=100 * GIGA,
        latency_ms=2,
    )
    return replace(it, **more)  # type: ignore[arg-type]


def volume(host: str = "vm", **more: object) -> Volume:
    it = Volume("pve:/media", host, "/mnt/media", VolumeState.OK, None, None, 40 * GIGA, 100 * GIGA)
    return replace(it, **more)  # type: ignore[arg-type]


def look(minutes: float = 0, **parts: object) -> Snapshot:
    """A snapshot of a healthy stack, but for `parts`."""
    it = Snapshot(
        taken_at=after(minutes),
        duration_ms=600,
        trigger=Trigger.SCHEDULE,
        site="home",
        hosts=(up(),),
        services=(service(),),
        mounts=(mount(),),
        volumes=(volume(),),
        imports=(ImportCount("radarr", "movie", ImportState.OK, 2),),
    )
    return replace(it, **parts)  # type: ignore[arg-type]


def blind(minutes: float = 0, reason: Reason = Reason.ENGINE_DOWN) -> Snapshot:
    """The same stack while its host's container engine does not answer."""
    host = up(engine=Engine("docker", readable=False, reason=reason))
    return look(minutes, hosts=(host,), services=(unseen(service(), reason),))


def dark(minutes: float = 0, **parts: object) -> Snapshot:
    """The same stack while its host does not answer."""
    unknown = {"state": MountState.UNKNOWN, "reason": Reason.HOST_DOWN}
    space = {"free_bytes": None, "total_bytes": None}
    nothing = {"mode": None, "fs_type": None, "latency_ms": None, **space}
    away = Endpoint(EndpointState.UNKNOWN, "http://192.0.2.209:7878/ping", reason=Reason.HOST_DOWN)
    return replace(
        look(minutes),
        hosts=(down(),),
        services=(unseen(service(endpoint=away)),),
        mounts=(mount(**unknown, **nothing),),
        volumes=(volume(state=VolumeState.UNKNOWN, reason=Reason.HOST_DOWN, **space),),
        **parts,  # type: ignore[arg-type]
    )


def kept(snapshot: Snapshot) -> Snapshot:
    """A snapshot without what is not given back, or not of each look."""
    return replace(
        snapshot,
        hosts=tuple(
            replace(
                host,
                hint=None,
                clock_offset_sec=None,
                last_seen=None,
                load_1min=None,
                memory_available_bytes=None,
            )
            for host in snapshot.hosts
        ),
        mounts=tuple(replace(one, latency_ms=None) for one in snapshot.mounts),
        imports=tuple(
            replace(one, hint=None, titles=(), earlier=(), told_since=None)
            for one in snapshot.imports
        ),
    )
