"""Things and transitions made up for the tests of the history."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from recorder.model import (
    Declared,
    Endpoint,
    EndpointState,
    Engine,
    Event,
    Health,
    Host,
    HostState,
    Kind,
    Mount,
    MountState,
    Reason,
    Service,
    ServiceState,
    Snapshot,
    Thing,
    Transition,
    Trigger,
    Volume,
    VolumeState,
)

NOON = datetime(2026, 2, 16, 12, tzinfo=UTC)
URL = "http://192.0.2.209:7878/ping"

UP = Host("alpha", HostState.UP, engine=Engine("docker", readable=True), boot_id="one")
DOWN = Host("alpha", HostState.DOWN, reason=Reason.TIMEOUT, detail="timed out after 5 s")
ANOTHER_BOOT = replace(UP, boot_id="two")
UNREADABLE = replace(UP, engine=Engine("docker", readable=False, reason=Reason.ENGINE_DOWN))
NO_ENGINE = replace(UP, engine=Engine(None, readable=False, reason=Reason.NO_ENGINE))

RUNNING = Service(
    "radarr",
    "alpha",
    "radarr",
    Declared.ACTIVE,
    ServiceState.RUNNING,
    health=Health.NONE,
    restart_count=0,
    created_at=NOON - timedelta(days=9),
    started_at=NOON - timedelta(days=9),
    image="lscr.io/linuxserver/radarr:latest",
    image_id="sha256:aaaaaaaaaaaaaaaa",
    image_version="5.2.0",
)
KILLED = replace(RUNNING, state=ServiceState.EXITED, exit_code=137)
STARTED = replace(RUNNING, started_at=NOON)
MISSING = Service("radarr", "alpha", "radarr", Declared.ACTIVE, ServiceState.MISSING)
UNSEEN = replace(MISSING, state=ServiceState.UNKNOWN, reason=Reason.HOST_DOWN)
UPDATED = replace(
    STARTED, created_at=NOON, image_id="sha256:bbbbbbbbbbbbbbbb", image_version="5.10.0"
)

ANSWERS = Endpoint(EndpointState.OK, URL, 200)
REFUSES = Endpoint(EndpointState.FAILED, URL, reason=Reason.REFUSED)

MOUNTED = Mount("alpha", "/mnt/media", MountState.OK, source="pve:/media", mode="rw")
HUNG = replace(MOUNTED, state=MountState.HUNG, detail="no answer within 3 s")
VOLUME = Volume("media", "alpha", "/mnt/media", VolumeState.OK)
NO_SPACE_TOLD = replace(VOLUME, state=VolumeState.UNKNOWN, reason=Reason.PATH_HUNG)


def at(minutes: float) -> datetime:
    """Minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def of(minutes: float, was: Thing | None, now: Thing | None, name: str = "radarr") -> Transition:
    """A transition on the host alpha; an endpoint is that of the service `name`."""
    there = now or was
    match there:
        case Host():
            return Transition(at(minutes), Kind.HOST, there.name, there.name, was, now)
        case Service():
            return Transition(at(minutes), Kind.SERVICE, there.host, there.name, was, now)
        case Endpoint():
            return Transition(at(minutes), Kind.ENDPOINT, "alpha", name, was, now)
        case Mount():
            return Transition(at(minutes), Kind.MOUNT, there.host, there.path, was, now)
        case Volume():
            return Transition(at(minutes), Kind.VOLUME, there.host, there.name, was, now)
    raise TypeError(there)


def named(it: Service, name: str) -> Service:
    return replace(it, name=name, container=name)


def event(  # noqa: PLR0917 - as an Event is written
    minutes: float,
    kind: Kind,
    change: tuple[str | None, str | None],
    detail: str | None = None,
    severity: str = "info",
    consequences: tuple[Event, ...] = (),
    *,
    name: str | None = None,
) -> Event:
    """An event of the one thing of its kind that stands above."""
    usual = {Kind.HOST: "alpha", Kind.MOUNT: "/mnt/media", Kind.VOLUME: "media"}
    called = name or usual.get(kind, "radarr")
    return Event(at(minutes), kind, "alpha", called, *change, detail, severity, consequences)


def snapshot(minutes: float = 0, **parts: object) -> Snapshot:
    empty = Snapshot(at(minutes), 100, Trigger.SCHEDULE, "home")
    return replace(empty, **parts)  # type: ignore[arg-type]
