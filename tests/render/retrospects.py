"""A week made up for the screens of --history, recorded look by look; and shorter, emptier ones."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

from recorder.capabilities.looking_back import retrospect
from recorder.history.retrospect import Retrospect
from recorder.history.window import Window
from recorder.model import (
    Declared,
    Endpoint,
    EndpointState,
    Health,
    Host,
    HostState,
    ImportedTitle,
    MountState,
    Reason,
    Service,
    ServiceState,
    Snapshot,
    Trigger,
    VolumeState,
)
from recorder.store.engine import History, opened
from recorder.store.recollection import everything
from recorder.store.record import record
from recorder.store.retention import tidy

from .examples import HEALTHY, NOW, TZ, running, with_service

GIGA = 1 << 30
STEP = timedelta(minutes=30)
FIRST = NOW - timedelta(days=7, hours=1)
BEFORE = 30  # days, of which a look each
Change = Callable[[Snapshot], Snapshot]


def ago(days: float, hours: float = 0) -> datetime:
    return NOW - timedelta(days=days, hours=hours)


def changed(name: str, **more: object) -> Change:
    return lambda it: with_service(it, name, **more)


def answering(name: str, **more: object) -> Change:
    def change(it: Snapshot) -> Snapshot:
        services = tuple(
            replace(one, endpoint=replace(one.endpoint, **more))  # type: ignore[arg-type]
            if one.name == name and one.endpoint
            else one
            for one in it.services
        )
        return replace(it, services=services)

    return change


def away(name: str) -> Change:
    """A host that is down, and what is on it unseen."""
    down = Host(name, HostState.DOWN, 210, reason=Reason.TIMEOUT, detail="timed out after 5 s")

    def unseen(it: Service) -> Service:
        endpoint = it.endpoint and Endpoint(
            EndpointState.UNKNOWN, it.endpoint.url, reason=Reason.HOST_DOWN
        )
        bare = Service(it.name, it.host, it.container, it.declared, ServiceState.UNKNOWN)
        return replace(bare, category=it.category, reason=Reason.HOST_DOWN, endpoint=endpoint)

    def change(it: Snapshot) -> Snapshot:
        return replace(
            it,
            hosts=tuple(down if host.name == name else host for host in it.hosts),
            services=tuple(unseen(one) if one.host == name else one for one in it.services),
            mounts=tuple(
                replace(one, state=MountState.UNKNOWN, reason=Reason.HOST_DOWN)
                if one.host == name
                else one
                for one in it.mounts
            ),
        )

    return change


def rebooted(it: Snapshot) -> Snapshot:
    """A streaming-stack that booted on Friday, with all its containers."""
    at = ago(3, 2)
    return replace(
        it,
        hosts=tuple(
            replace(host, boot_id="2d3f0a6e-0003") if host.number == 210 else host
            for host in it.hosts
        ),
        services=tuple(
            replace(one, started_at=at) if one.host == "streaming-stack" else one
            for one in it.services
        ),
    )


def hung(it: Snapshot) -> Snapshot:
    mount = replace(
        it.mounts[0],
        state=MountState.HUNG,
        detail="no answer in 3 s",
        free_bytes=None,
        total_bytes=None,
        latency_ms=None,
    )
    volume = replace(
        it.volumes[0],
        state=VolumeState.UNKNOWN,
        reason=Reason.PATH_HUNG,
        free_bytes=None,
        total_bytes=None,
    )
    return replace(it, mounts=(mount, *it.mounts[1:]), volumes=(volume,))


def with_stray(it: Snapshot) -> Snapshot:
    """A container no binding names."""
    bare = {"declared": Declared.UNDECLARED, "image": "trial:1", "started_at": ago(2, 3)}
    return replace(
        it, services=(*it.services, running("trial-player", "streaming-stack", None, **bare))
    )


KILLED = {"exit_code": 137, "oom_killed": True, "state": ServiceState.EXITED}
REFUSED = {"state": EndpointState.FAILED, "http_status": None, "reason": Reason.REFUSED}
BAD_GATEWAY = {"state": EndpointState.FAILED, "http_status": 502, "reason": Reason.HTTP_STATUS}
OLDER = {"image_id": "sha256:1", "image_version": "2.9.6", "created_at": ago(50)}
NEWER = {"image_id": "sha256:2", "image_version": "2.10.1", "created_at": ago(5)}

# What happened when; each change is applied to what was well.
WEEK: tuple[tuple[datetime, datetime, Change], ...] = (
    (ago(40), NOW, changed("sonarr", **OLDER)),
    (ago(5), NOW, changed("sonarr", **NEWER, started_at=ago(5))),
    (ago(4, 6), ago(4, 2), changed("slskd", health=Health.UNHEALTHY)),
    (ago(3, 5), ago(3, 2), away("streaming-stack")),
    (ago(3, 2), NOW, rebooted),
    (ago(2, 3), ago(1, 1), with_stray),
    (ago(1, 20), ago(1, 18), hung),
    (ago(0, 16), NOW, changed("lidarr", **KILLED)),
    (ago(0, 16), NOW, answering("lidarr", **REFUSED)),
    (ago(2, 10), ago(2, 9), changed("lidarr", **KILLED)),
    (ago(2, 10), ago(2, 9), answering("lidarr", **REFUSED)),
    (ago(2, 9), NOW, changed("lidarr", started_at=ago(2, 9))),
    *(
        (ago(day, hour), ago(day, hour - 1), answering("prowlarr", **BAD_GATEWAY))
        for day, hour in ((6, 3), (5, 9), (3, 12), (3, 6), (1, 4), (0, 7))
    ),
)
UNSEEN = (ago(5, 15), ago(5, 8))  # nobody looked


def look(at: datetime) -> Snapshot:
    """What a look of that week saw."""
    number = int((at - FIRST) / STEP)
    it = replace(HEALTHY, taken_at=at, trigger=Trigger.SCHEDULE, imports=_imports(at))
    free = HEALTHY.volumes[0].free_bytes or 0
    free += int((NOW - at) / timedelta(days=1) * 205 * GIGA)
    it = replace(
        it,
        mounts=tuple(replace(one, free_bytes=free) for one in it.mounts),
        volumes=tuple(replace(one, free_bytes=free) for one in it.volumes),
    )
    for place, service in enumerate(it.services):
        if service.endpoint:
            ms = (service.endpoint.latency_ms or 0) + (7 * number + 5 * place) % 11
            slow = 300 if (number + place) % 37 == 0 else 0
            it = answering(service.name, latency_ms=ms + slow)(it)
    for begin, end, change in WEEK:
        if begin <= at < end or (end == NOW and begin <= at):
            it = change(it)
    return it


def _imports(at: datetime) -> tuple:
    apps = []
    for place, app in enumerate(HEALTHY.imports):
        local = at.astimezone(TZ)
        midnight = local.replace(hour=0, minute=0)
        brought = (local.toordinal() * (3 + place)) % (5 + 4 * place)
        done = [midnight + timedelta(hours=2 + n) for n in range(brought)]
        titles = tuple(
            ImportedTitle(when, f"{app.noun} {when:%d %H}", int(when.timestamp()))
            for when in reversed(done)
            if when <= at
        )
        apps.append(replace(app, count=len(titles), titles=titles))
    return tuple(apps)


def looks() -> Iterator[Snapshot]:
    for day in range(BEFORE, 7, -1):
        yield look(ago(day))
    at = FIRST
    while at <= NOW:
        if not UNSEEN[0] <= at < UNSEEN[1]:
            yield look(at)
        at += STEP


@contextmanager
def recorded(snapshots: Iterator[Snapshot]) -> Iterator[History]:
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder, "history.db")) as engine:
        for snapshot in snapshots:
            record(engine, snapshot)
        tidy(engine)
        yield engine


@cache
def _week() -> dict[str, Retrospect]:
    """What is told of that week, all asked of one history."""
    end = NOW + timedelta(minutes=3)
    windows = {
        "week": Window(end - timedelta(days=7), end),
        "month": Window(end - timedelta(days=30), end),
        "day": Window(end - timedelta(days=1), end),
        "gap": Window(UNSEEN[0] + STEP, UNSEEN[1] - STEP),
        "early": Window(ago(60), ago(50)),
    }
    with recorded(looks()) as engine:
        told = {name: retrospect(engine, of, TZ) for name, of in windows.items()}
        ever = everything(engine)
        lidarr = [it for it in ever if it.name in {"lidarr", "download-stack"}]
        streaming = [it for it in ever if it.host == "streaming-stack"]
        told["lidarr"] = retrospect(engine, windows["week"], TZ, lidarr)
        told["streaming"] = retrospect(engine, windows["week"], TZ, streaming)
    return told


def told(name: str) -> Retrospect:
    return _week()[name]


@cache
def minutes() -> Retrospect:
    """The first ten minutes of a history."""
    some = (replace(look(NOW), taken_at=NOW + timedelta(minutes=m)) for m in range(0, 11, 5))
    end = NOW + timedelta(minutes=10)
    with recorded(some) as engine:
        return retrospect(engine, Window(end - timedelta(days=1), end), TZ)


@cache
def newest() -> Retrospect:
    """An hour in which the newest look is the first to see a service killed, a mount hung.

    Another was down for a while in the middle of it.
    """
    begin = NOW - timedelta(hours=1)
    well = replace(HEALTHY, trigger=Trigger.SCHEDULE)
    broken = hung(answering("radarr", **REFUSED)(changed("radarr", **KILLED)(well)))
    broken = changed("slskd", health=Health.UNHEALTHY)(broken)
    ended = changed("lidarr", **KILLED)(well)
    some = [
        replace(ended if 20 <= m < 40 else well, taken_at=begin + timedelta(minutes=m))
        for m in range(0, 60, 5)
    ]
    with recorded(iter([*some, replace(broken, taken_at=NOW)])) as engine:
        return retrospect(engine, Window(begin, NOW + timedelta(minutes=2)), TZ)


@cache
def alone() -> Retrospect:
    """A history of one look, which saw a service killed."""
    with recorded(iter([replace(changed("radarr", **KILLED)(HEALTHY), taken_at=NOW)])) as engine:
        return retrospect(engine, Window(NOW, NOW + timedelta(minutes=2)), TZ)


week = partial(told, "week")
