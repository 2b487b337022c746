"""The store against the simplest possible memory: a list of every snapshot, whole."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recorder.model import (
    Endpoint,
    EndpointState,
    Health,
    Host,
    HostState,
    ImportCount,
    ImportState,
    Kind,
    Mount,
    MountState,
    Reason,
    Service,
    ServiceState,
    Snapshot,
    Thing,
    Trigger,
    Volume,
    VolumeState,
)
from recorder.store.as_of import as_of
from recorder.store.changes import transitions
from recorder.store.connection import History
from recorder.store.engine import opened
from recorder.store.examination import faults_of_history
from recorder.store.record import record
from recorder.store.site import Location
from store.stacks import (
    DOCKER,
    GIGA,
    NO_ENGINE,
    NOON,
    container,
    down,
    kept,
    mount,
    service,
    unseen,
    up,
    volume,
)

HOSTS = ("vm", "nas")
URL = "http://192.0.2.209:7878/ping"
Place = tuple[Kind, str, str]


@st.composite
def endpoints(draw: st.DrawFn) -> Endpoint:
    state = draw(st.sampled_from(EndpointState))
    latency = draw(st.none() | st.integers(0, 9000))
    if state is EndpointState.OK:
        return Endpoint(state, URL, draw(st.sampled_from((200, 204))), latency)
    if state is EndpointState.FAILED:
        return Endpoint(state, URL, 502, latency, Reason.HTTP_STATUS, "answered 502")
    return Endpoint(state, URL, reason=Reason.HOST_DOWN)


@st.composite
def seen(draw: st.DrawFn, bare: Service) -> Service:
    """A container as its engine might describe it."""
    state = draw(st.sampled_from([s for s in ServiceState if s is not ServiceState.UNKNOWN]))
    if state is ServiceState.MISSING:
        return Service(
            bare.name, bare.host, bare.container, bare.declared, state, category=bare.category
        )
    # While it restarts, its times and exit code are as when that began.
    restarting = state is ServiceState.RESTARTING
    started = NOON - timedelta(hours=1 if restarting else draw(st.integers(1, 3)))
    digest = draw(st.sampled_from("ab"))
    return replace(
        bare,
        state=state,
        health=Health.NONE if restarting else draw(st.sampled_from(Health)),
        exit_code=1 if restarting else draw(st.none() | st.integers(0, 2)),
        started_at=started,
        image_id=digest,
        restart_count=7,
    )


@st.composite
def host_parts(draw: st.DrawFn, name: str) -> Snapshot:
    """What one host adds to a snapshot."""
    declared = [service(one, name, endpoint=None) for one in ("radarr", "sonarr")]
    wild = [container(one, name) for one in ("helper", "web")]
    answered = [draw(st.none() | endpoints()) for _ in declared]
    fate = draw(st.sampled_from(("up", "up", "up", "down", "not asked", "no engine")))
    base = {"taken_at": NOON, "duration_ms": 1, "trigger": Trigger.SCHEDULE, "site": "home"}
    if fate in ("down", "not asked"):
        is_down = fate == "down"
        reason = Reason.HOST_DOWN if is_down else Reason.NOT_ASKED
        asked = Host(name, HostState.UNKNOWN, number=209, role="media", reason=reason)
        dark_mount = Mount(
            name,
            "/mnt/media",
            MountState.UNKNOWN,
            source="pve:/media",
            declared_source="pve:/media",
            declared_mode="rw",
            reason=reason,
        )
        return Snapshot(
            **base,
            hosts=(down(name) if is_down else asked,),
            services=_with([unseen(one, reason) for one in declared], answered),
            mounts=(dark_mount,),
            volumes=(
                Volume(f"{name}:/media", name, "/mnt/media", VolumeState.UNKNOWN, reason=reason),
            ),
        )
    engine = NO_ENGINE if fate == "no engine" else DOCKER
    host = up(
        name,
        engine=engine,
        boot_id=draw(st.sampled_from(("boot-1", "boot-2"))),
    )
    if engine is NO_ENGINE:
        services = _with([unseen(one, Reason.ENGINE_DOWN) for one in declared], answered)
    else:
        shown = [draw(seen(one)) for one in declared]
        present = [one for one in wild if draw(st.booleans())]
        running = [draw(seen(one).filter(lambda it: it.state != "missing")) for one in present]
        services = (*_with(shown, answered), *running)
    space = {
        "free_bytes": draw(st.integers(0, 99)) * GIGA,
        "total_bytes": draw(st.sampled_from((100, 100, 101))) * GIGA,
    }
    mounts = (mount(name, state=MountState.HUNG, detail="no answer in 3 s"), mount(name, **space))
    hung = replace(mounts[0], free_bytes=None, total_bytes=None, latency_ms=None)
    return Snapshot(
        **base,
        hosts=(host,),
        services=services,
        mounts=(draw(st.sampled_from((hung, mounts[1]))),),
        volumes=(volume(name, name=f"{name}:/media", **space),),
    )


def _with(services: list[Service], answers: list[Endpoint | None]) -> tuple[Service, ...]:
    return tuple(
        replace(one, endpoint=answer) for one, answer in zip(services, answers, strict=True)
    )


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """A look at a stack of one or two hosts."""
    names = HOSTS[: draw(st.sampled_from((2, 2, 2, 1)))]
    parts = [draw(host_parts(name)) for name in names]
    count = draw(st.none() | st.integers(0, 5))
    reason = Reason.NO_KEY if count is None else None
    state = ImportState.UNKNOWN if count is None else ImportState.OK
    return replace(
        parts[0],
        hosts=sum((part.hosts for part in parts), ()),
        services=sum((part.services for part in parts), ()),
        mounts=sum((part.mounts for part in parts), ()),
        volumes=sum((part.volumes for part in parts), ()),
        imports=(ImportCount("radarr", "movie", state, count, reason),),
    )


@dataclass(frozen=True)
class Memory:
    """Every snapshot, whole, and what was unknown in it besides what it lists."""

    looks: tuple[Snapshot, ...]

    @classmethod
    def of(cls, taken: list[Snapshot]) -> "Memory":
        looks: list[Snapshot] = []
        for snapshot in taken:
            before = looks[-1].services if looks else ()
            looks.append(replace(snapshot, services=_filled(snapshot, before)))
        return cls(tuple(looks))

    def transitions(self) -> list[tuple[datetime, Place, Thing | None, Thing | None]]:
        known: dict[Place, Thing] = {}
        told = []
        for number, snapshot in enumerate(self.looks):
            things = dict(things_of(snapshot))
            for place in {**known, **things}:
                now, was = things.get(place), known.get(place)
                if now is not None and now.state == "unknown":
                    continue
                if now != was and number:
                    told.append((snapshot.taken_at, place, was, now))
                known.pop(place, None)
                if now is not None:
                    known[place] = now
        return told


def _filled(snapshot: Snapshot, before: tuple[Service, ...]) -> tuple[Service, ...]:
    """A snapshot's services, with those that were there and can't be seen now."""
    reasons = {}
    for host in snapshot.hosts:
        if host.state is not HostState.UP:
            is_down = host.state is HostState.DOWN
            reasons[host.name] = Reason.HOST_DOWN if is_down else Reason.NOT_ASKED
        elif host.engine and not host.engine.readable:
            reasons[host.name] = Reason.ENGINE_DOWN
    listed = {(one.host, one.name) for one in snapshot.services}
    lost = [
        replace(
            unseen(one, reasons[one.host]), project=one.project, compose_service=one.compose_service
        )
        for one in before
        if one.host in reasons and (one.host, one.name) not in listed
    ]
    return (*snapshot.services, *lost)


def things_of(snapshot: Snapshot) -> Iterator[tuple[Place, Thing]]:
    """What a span keeps of each thing."""
    for host in snapshot.hosts:
        bare = replace(host, load_1min=None, memory_available_bytes=None)
        yield (Kind.HOST, host.name, host.name), bare
    for one in snapshot.services:
        yield (Kind.SERVICE, one.host, one.name), replace(one, endpoint=None)
        if one.endpoint:
            endpoint = replace(one.endpoint, latency_ms=None)
            yield (Kind.ENDPOINT, one.host, one.name), endpoint
    for it in snapshot.mounts:
        bare_mount = replace(it, free_bytes=None, total_bytes=None, latency_ms=None)
        yield (Kind.MOUNT, it.host, it.path), bare_mount
    for pool in snapshot.volumes:
        yield (Kind.VOLUME, pool.host, pool.name), replace(pool, free_bytes=None, total_bytes=None)
    for app in snapshot.imports:
        yield (Kind.IMPORT, "", app.app), replace(app, count=None)


def _in_order(snapshot: Snapshot) -> Snapshot:
    """Without the order, which is the newest look's."""
    return replace(
        kept(snapshot),
        hosts=tuple(sorted(kept(snapshot).hosts, key=lambda it: it.name)),
        services=tuple(sorted(snapshot.services, key=lambda it: (it.host, it.name))),
        mounts=tuple(sorted(kept(snapshot).mounts, key=lambda it: (it.host, it.path))),
        volumes=tuple(sorted(snapshot.volumes, key=lambda it: it.name)),
    )


def _told(engine: History) -> list[tuple[datetime, Place, Thing | None, Thing | None]]:
    return [
        (one.at, (one.kind, one.host, one.name), one.was, one.now) for one in transitions(engine)
    ]


def _without_boot(thing: Thing | None) -> Thing | None:
    """A host that is down tells of the boot it was last known by; the memory does not."""
    if isinstance(thing, Host) and thing.state is HostState.DOWN:
        return replace(thing, boot_id=None)
    return thing


def test_every_moment_is_given_back_as_it_was(anew: Callable[[], Location], share: float) -> None:
    """States and numbers rebuilt at any time are those of the last look before; none invented."""

    @settings(
        max_examples=int(60 * share),
        deadline=None,
        suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow],
    )
    @given(st.lists(st.tuples(st.integers(1, 600), snapshots()), min_size=1, max_size=8))
    def holds(taken: list[tuple[int, Snapshot]]) -> None:
        at, looks = NOON, []
        for seconds, snapshot in taken:
            at += timedelta(seconds=seconds)
            looks.append(replace(snapshot, taken_at=at))
        is_given_back(anew(), looks)

    holds()


def is_given_back(place: Location, looks: list[Snapshot]) -> None:
    memory = Memory.of(looks)
    with opened(place) as engine:
        for snapshot in looks:
            record(engine, snapshot)
        for snapshot in memory.looks:
            for moment in (snapshot.taken_at, snapshot.taken_at + timedelta(seconds=0.5)):
                shown = as_of(engine, moment).snapshot
                assert _in_order(shown) == _in_order(snapshot)
        told = sorted(
            (
                (at, place, _without_boot(was), _without_boot(now))
                for at, place, was, now in _told(engine)
            ),
            key=lambda one: one[:2],
        )
        assert told == sorted(memory.transitions(), key=lambda one: one[:2])
    assert faults_of_history(place) == ()
