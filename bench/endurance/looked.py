"""What a look at a minute must see, by the script: a Snapshot, made without asking anybody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from endurance.script import RENAMED, App, Deed, Script, Way
from simulated.years import PROBED

from recorder.model import (
    Endpoint,
    EndpointState,
    Engine,
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

FIRST_PORT = 8000
APP = "radarr"
NO_WAY_IN = {
    Way.REFUSED: (Reason.REFUSED, "connection refused"),
    Way.KEY_CHANGED: (Reason.HOST_KEY_CHANGED, "its host key changed"),
    Way.NO_LOGIN: (Reason.AUTH_FAILED, "no key of ours is accepted"),
}
LOST_ANSWERS = {
    Way.BROKEN_OFF: (Reason.PROBE_FAILED, "its answer broke off"),
    Way.NO_SHELL: (
        Reason.NO_SHELL,
        "no shell to ask: This account is currently not available.",
    ),
    Way.ENDLESS: (Reason.PROBE_FAILED, "it sent more than an answer can hold"),
}
NO_ENGINE = {
    Way.ENGINE_SILENT: Engine(None, readable=False, reason=Reason.ENGINE_DOWN),
    Way.ENGINE_DENIED: Engine("docker", readable=False, reason=Reason.PERMISSION_DENIED),
    Way.LIST_CUT: Engine("docker", readable=False, reason=Reason.ENGINE_DOWN),
}
APP_SAYS = {
    App.WRONG_KEY: (Reason.AUTH_FAILED, "answered 401: the API key is wrong"),
    App.BROKEN: (Reason.UNREACHABLE, "answered 500"),
    App.ANOTHER: (Reason.UNREACHABLE, "what answers there is not radarr's API"),
}
HUNG_MS, STALE_MS = 3000, 10


def port_of(service: str) -> int:
    return FIRST_PORT + PROBED.index(service)


def expected(script: Script, minute: int, trigger: Trigger = Trigger.SCHEDULE) -> Snapshot:
    """The look of a minute, but for how long it took and how fast endpoints answered."""
    truth = script.years.snapshot(minute)
    hosts = {host.name: _host(script, minute, host) for host in truth.hosts}
    services = tuple(_services(script, minute, truth, hosts))
    answers = {service.name: service.endpoint for service in services}
    return replace(
        truth,
        taken_at=datetime.fromtimestamp(script.clock_sec(minute), UTC),
        duration_ms=0,
        trigger=trigger,
        hosts=tuple(hosts.values()),
        services=services,
        mounts=tuple(_mount(mount, hosts[mount.host]) for mount in truth.mounts),
        volumes=tuple(_volume(volume, hosts[volume.host]) for volume in truth.volumes),
        imports=(imported(script, minute, answers[APP]),),
    )


def _host(script: Script, minute: int, host: Host) -> Host:
    way = script.ways[host.name].at(minute)
    host = replace(host, last_seen=None)
    if host.state is HostState.DOWN or way is Way.WELL:
        return host
    lost = NO_WAY_IN.get(way) or LOST_ANSWERS.get(way)
    if lost is None:
        readable = host.engine is not None and host.engine.readable
        return (
            replace(host, engine=NO_ENGINE[way]) if readable or way is Way.ENGINE_SILENT else host
        )
    bare = Host(host.name, HostState.DOWN, host.number, host.role, address=host.address)
    return replace(bare, reason=lost[0], detail=lost[1])


def _services(
    script: Script, minute: int, truth: Snapshot, hosts: dict[str, Host]
) -> Iterator[Service]:
    """In the order in which they are seen: those of the binding, then others by name."""
    for host in hosts.values():
        here = truth.on(host.name)
        declared = [it for it in here if it.category is not None]
        strays = sorted((it for it in here if it.category is None), key=lambda it: it.name)
        for service in (*declared, *strays):
            seen = _service(script, minute, service, host)
            if seen is not None:
                yield seen


def _service(script: Script, minute: int, service: Service, host: Host) -> Service | None:
    reason = why_dark(host)
    endpoint = service.endpoint and _endpoint(service, host, script.ways[host.name].at(minute))
    if reason is None:
        present = service.state is not ServiceState.MISSING
        name = script.name.at(minute) if service.name == RENAMED and present else service.container
        return replace(service, container=name, endpoint=endpoint)
    if service.category is None:
        return None  # whoever can't list what runs does not know of it
    bare = Service(service.name, service.host, service.name, service.declared, service.state)
    bare = replace(bare, state=ServiceState.UNKNOWN, reason=reason, category=service.category)
    return replace(bare, endpoint=endpoint)


def why_dark(host: Host) -> Reason | None:
    """Why nobody can tell what runs on a host."""
    if host.state is HostState.DOWN:
        return Reason.HOST_DOWN
    return None if host.engine is None or host.engine.readable else host.engine.reason


def _endpoint(service: Service, host: Host, way: Way) -> Endpoint:
    """It is asked through SSH: whoever can't log in can't ask."""
    url = f"http://127.0.0.1:{port_of(service.name)}/ping"
    unknown = Endpoint(EndpointState.UNKNOWN, url, reason=Reason.HOST_DOWN)
    away = host.state is HostState.DOWN and way not in LOST_ANSWERS
    if away or service.endpoint is None or service.endpoint.reason is Reason.HOST_DOWN:
        return unknown
    seen = replace(service.endpoint, url=url, latency_ms=None)
    status = seen.reason is Reason.HTTP_STATUS
    return replace(seen, detail=f"answered {seen.http_status}") if status else seen


def _mount(mount: Mount, host: Host) -> Mount:
    if host.state is HostState.DOWN:
        source = mount.declared_source
        bare = Mount(mount.host, mount.path, MountState.UNKNOWN, source=source)
        bare = replace(bare, declared_source=source, declared_mode=mount.declared_mode)
        return replace(bare, reason=Reason.HOST_DOWN)
    latency = {MountState.HUNG: HUNG_MS, MountState.STALE: STALE_MS}.get(mount.state)
    if latency is None and mount.latency_ms is not None:
        latency = mount.latency_ms // 10 * 10  # hosts tell hundredths of a second
    return replace(mount, latency_ms=latency)


def _volume(volume: Volume, host: Host) -> Volume:
    if host.state is not HostState.DOWN:
        return volume
    bare = Volume(volume.name, volume.host, volume.path, VolumeState.UNKNOWN)
    return replace(bare, reason=Reason.HOST_DOWN)


def imported(script: Script, minute: int, answer: Endpoint | None) -> ImportCount:
    """What the app says it imported on the day that the recorder's clock says it is."""
    unknown = ImportCount(APP, "movie", ImportState.UNKNOWN)
    if answer is None or answer.reason is Reason.HOST_DOWN:
        return replace(unknown, reason=Reason.HOST_DOWN)
    if answer.reason is Reason.REFUSED:
        return replace(unknown, reason=Reason.UNREACHABLE, detail="connection refused")
    app = script.app.at(minute)
    if app is not App.WELL:
        return replace(unknown, reason=APP_SAYS[app][0], detail=APP_SAYS[app][1])
    now = datetime.fromtimestamp(script.clock_sec(minute), UTC)
    today = now.replace(hour=0, minute=0, second=0)
    since, until = today - timedelta(days=1), today + timedelta(days=1)
    told = [
        title
        for at, title in reversed(script.years.imported)
        if at <= minute and since <= title.at < until
    ]
    told.sort(key=lambda title: (title.at, title.event_id), reverse=True)
    titles = tuple(title for title in told if title.at >= today)
    well = replace(unknown, state=ImportState.OK, count=len(titles), titles=titles)
    return replace(well, earlier=tuple(told[len(titles) :]), told_since=since)


def is_recorded(deed: Deed) -> bool | None:
    """Whether a look must be recorded; None: it may be."""
    if deed in (Deed.KILLED, Deed.FULL):
        return None
    return deed not in (Deed.NONE, Deed.READ_ONLY, Deed.FAR_BEHIND, Deed.TOO_EARLY)
