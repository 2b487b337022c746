"""Snapshots made up for tests: a healthy stack, the one of three in the morning, and stranger ones.

Addresses are of the ranges set aside for documentation.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from recorder.model import (
    Declared,
    Endpoint,
    EndpointState,
    Engine,
    Gap,
    Health,
    Host,
    HostState,
    ImportCount,
    ImportedTitle,
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

NOW = datetime(2026, 2, 16, 13, 2, tzinfo=UTC)
TZ = timezone(timedelta(hours=1))
TERA = 1024**4

DOCKER = Engine("docker", readable=True)


def running(name: str, host: str, category: str | None, **more: object) -> Service:
    """A service that runs and is well, but for what `more` says."""
    it = Service(
        name=name,
        host=host,
        container=name,
        declared=Declared.ACTIVE,
        state=ServiceState.RUNNING,
        category=category,
        health=Health.NONE,
        restart_count=0,
        started_at=NOW - timedelta(days=3, hours=2),
        image=f"lscr.io/linuxserver/{name}:latest",
        project=host,
        compose_service=name,
    )
    return replace(it, **more)  # type: ignore[arg-type]


def answered(port: int, latency_ms: int = 12) -> Endpoint:
    return Endpoint(EndpointState.OK, f"http://192.0.2.209:{port}/ping", 200, latency_ms)


def _download() -> tuple[Service, ...]:
    def at(name: str, category: str, **more: object) -> Service:
        return running(name, "download-stack", category, **more)

    return (
        at("radarr", "management", endpoint=answered(7878)),
        at("sonarr", "management", endpoint=answered(8989, 9)),
        at("lidarr", "management", endpoint=answered(8686, 31)),
        at("prowlarr", "management", endpoint=answered(9696, 7)),
        at("sabnzbd", "download", endpoint=answered(8080, 22)),
        at("slskd", "download", endpoint=answered(5030, 8), health=Health.HEALTHY),
        at("tdarr", "transcode", declared=Declared.PARKED, state=ServiceState.EXITED, exit_code=0),
        at("watchtower-download", "infrastructure", container="watchtower"),
        at("node-exporter-download", "infrastructure", container="node-exporter"),
    )


def _streaming() -> tuple[Service, ...]:
    def at(name: str, category: str, **more: object) -> Service:
        return running(name, "streaming-stack", category, **more)

    return (
        at("jellyfin", "playback", endpoint=answered(8096, 40), health=Health.HEALTHY),
        at("jellyseerr", "requests", endpoint=answered(5055, 14)),
        at("bazarr", "management", endpoint=answered(6767, 11)),
        at("watchtower-streaming", "infrastructure", container="watchtower"),
        at("node-exporter-streaming", "infrastructure", container="node-exporter"),
    )


GAPS = (
    Gap("GAP-OP-12", "high", "No alert when the media pool fills up", "open"),
    Gap("GAP-OP-7", "low", "Tdarr is parked until a GPU is passed through", "accepted"),
)

HEALTHY = Snapshot(
    taken_at=NOW,
    duration_ms=612,
    trigger=Trigger.PERSON,
    site="home",
    hosts=(
        Host(
            "download-stack",
            HostState.UP,
            number=209,
            role="media-download",
            address="192.0.2.209",
            engine=DOCKER,
            boot_id="2d3f0a6e-0001",
            uptime_sec=12 * 86400 + 4 * 3600,
            clock_offset_sec=0,
            last_seen=NOW,
        ),
        Host(
            "streaming-stack",
            HostState.UP,
            number=210,
            address="192.0.2.210",
            engine=DOCKER,
            boot_id="2d3f0a6e-0002",
            uptime_sec=5 * 3600 + 12 * 60,
            clock_offset_sec=0,
            last_seen=NOW,
        ),
    ),
    services=(*_download(), *_streaming()),
    mounts=(
        Mount(
            "download-stack",
            "/mnt/media",
            MountState.OK,
            source="pve:/media",
            declared_source="pve:/media",
            declared_mode="rw",
            mode="rw",
            fs_type="nfs4",
            free_bytes=int(8.4 * TERA),
            total_bytes=int(12.3 * TERA),
            latency_ms=2,
        ),
        Mount(
            "streaming-stack",
            "/mnt/media",
            MountState.OK,
            source="pve:/media",
            declared_source="pve:/media",
            declared_mode="ro",
            mode="ro",
            fs_type="nfs4",
            free_bytes=int(8.4 * TERA),
            total_bytes=int(12.3 * TERA),
            latency_ms=3,
        ),
    ),
    volumes=(
        Volume(
            "pve:/media",
            "download-stack",
            "/mnt/media",
            VolumeState.OK,
            free_bytes=int(8.4 * TERA),
            total_bytes=int(12.3 * TERA),
        ),
    ),
    imports=(
        ImportCount(
            "radarr",
            "movie",
            ImportState.OK,
            2,
            titles=(
                ImportedTitle(NOW - timedelta(minutes=21), "Le Fabuleux Destin (2001)", 12),
                ImportedTitle(NOW - timedelta(hours=5), "Metropolis (1927)", 11),
            ),
        ),
        ImportCount("sonarr", "episode", ImportState.OK, 12),
        ImportCount("lidarr", "track", ImportState.OK, 11),
    ),
)


def with_service(snapshot: Snapshot, name: str, **changes: object) -> Snapshot:
    """The snapshot with one service changed."""
    services = tuple(
        replace(it, **changes) if it.name == name else it  # type: ignore[arg-type]
        for it in snapshot.services
    )
    return replace(snapshot, services=services)


def _at_night() -> Snapshot:
    night = replace(HEALTHY, duration_ms=5130)
    night = with_service(
        night,
        "radarr",
        state=ServiceState.EXITED,
        exit_code=137,
        oom_killed=True,
        finished_at=NOW - timedelta(hours=2, minutes=10),
        endpoint=Endpoint(
            EndpointState.FAILED, "http://192.0.2.209:7878/ping", reason=Reason.REFUSED
        ),
    )
    night = with_service(
        night,
        "slskd",
        endpoint=Endpoint(
            EndpointState.FAILED, "http://192.0.2.209:5030/", 502, 8, Reason.HTTP_STATUS
        ),
    )
    night = with_service(
        night,
        "lidarr",
        state=ServiceState.RESTARTING,
        exit_code=1,
        restart_count=41,
        endpoint=Endpoint(
            EndpointState.FAILED,
            "http://192.0.2.209:8686/ping",
            reason=Reason.TIMEOUT,
            detail="timed out after 10 s",
        ),
    )
    night = with_service(night, "sabnzbd", health=Health.UNHEALTHY)
    night = with_service(night, "prowlarr", state=ServiceState.MISSING, health=None)
    night = with_service(night, "tdarr", state=ServiceState.RUNNING, exit_code=None)
    services = tuple(_unseen(it) if it.host == "streaming-stack" else it for it in night.services)
    download, streaming = night.hosts
    media, mirror = night.mounts
    return replace(
        night,
        hosts=(
            download,
            replace(
                streaming,
                state=HostState.DOWN,
                reason=Reason.TIMEOUT,
                detail="timed out after 5 s",
                engine=None,
                boot_id=None,
                uptime_sec=None,
                clock_offset_sec=None,
                last_seen=None,
            ),
            Host(
                "books",
                HostState.DOWN,
                number=213,
                reason=Reason.HOST_KEY_CHANGED,
                address="192.0.2.213",
                detail="host key changed, now SHA256:v9vgJLvF400don/JAhs0qNrY1THzwbN8vZHNRL0t7jI",
                hint=("if you expected that: ssh-keygen -R 192.0.2.213; ssh ubuntu@192.0.2.213"),
            ),
            Host(
                "nas",
                HostState.UP,
                address="192.0.2.5",
                uptime_sec=203 * 86400,
                clock_offset_sec=-187,
                engine=Engine(
                    "docker",
                    readable=False,
                    reason=Reason.PERMISSION_DENIED,
                    detail="permission denied while connecting to unix:///var/run/docker.sock",
                    hint="on nas: sudo usermod -aG docker $USER",
                ),
            ),
        ),
        services=(
            *services,
            running("foo", "download-stack", None, declared=Declared.UNDECLARED),
            running("bar", "download-stack", None, declared=Declared.UNDECLARED),
            Service(
                "kavita",
                "nas",
                "kavita",
                Declared.ACTIVE,
                ServiceState.UNKNOWN,
                category="books",
                reason=Reason.PERMISSION_DENIED,
            ),
        ),
        mounts=(
            replace(
                media,
                state=MountState.HUNG,
                detail="no answer in 3 s",
                free_bytes=None,
                total_bytes=None,
                latency_ms=None,
            ),
            replace(
                media,
                path="/mnt/backup",
                source="pve:/backup",
                declared_source="pve:/backup",
                state=MountState.WRONG_MODE,
                mode="ro",
                free_bytes=int(0.9 * TERA),
                total_bytes=2 * TERA,
            ),
            replace(
                mirror,
                state=MountState.UNKNOWN,
                reason=Reason.HOST_DOWN,
                mode=None,
                free_bytes=None,
                total_bytes=None,
                latency_ms=None,
            ),
        ),
        volumes=(
            replace(
                night.volumes[0],
                state=VolumeState.UNKNOWN,
                reason=Reason.PATH_HUNG,
                free_bytes=None,
                total_bytes=None,
            ),
            Volume(
                "pve:/backup",
                "download-stack",
                "/mnt/backup",
                VolumeState.OK,
                free_bytes=int(0.04 * TERA),
                total_bytes=2 * TERA,
            ),
        ),
        imports=(
            night.imports[1],
            ImportCount(
                "radarr",
                "movie",
                ImportState.UNKNOWN,
                reason=Reason.UNREACHABLE,
                detail="connection refused",
            ),
            ImportCount(
                "lidarr",
                "track",
                ImportState.UNKNOWN,
                reason=Reason.NO_KEY,
                detail="$LIDARR_API_KEY is not set",
                hint="export LIDARR_API_KEY=…",
            ),
        ),
    )


def _unseen(service: Service) -> Service:
    answer = service.endpoint
    return Service(
        service.name,
        service.host,
        service.container,
        service.declared,
        ServiceState.UNKNOWN,
        category=service.category,
        reason=Reason.HOST_DOWN,
        endpoint=answer and Endpoint(EndpointState.UNKNOWN, answer.url, reason=Reason.HOST_DOWN),
    )


NIGHT = _at_night()

HOSTILE_TEXTS = (
    "\x1b[2J\x1b[31mred",
    "[red]markup[/red] :boom:",
    "two\nlines\r\n",
    "\u202egnp.exe",
    "n" * 200,
    "日本語のタイトル" * 9,
    "👩‍👩‍👧‍👦❤️👍🏽🇩🇪",
    "z\u0300\u0301\u0302\u0303\u0304algo",
    "\u0301 alone",
    "\ud800 half",
    "back\\slash",
    "tab\tbell\x07",
)


def _hostile() -> Snapshot:
    bad = HOSTILE_TEXTS
    host = bad[0]
    return Snapshot(
        NOW,
        42,
        Trigger.PERSON,
        bad[2],
        hosts=(
            Host(host, HostState.UP, address=bad[3], engine=DOCKER, uptime_sec=61),
            Host(bad[4], HostState.DOWN, reason=Reason.PROBE_FAILED, detail=bad[5], hint=bad[1]),
        ),
        services=tuple(
            running(text, host, bad[1], state=ServiceState.EXITED, exit_code=1, error=text)
            for text in bad
        ),
        mounts=(Mount(host, bad[2], MountState.WRONG_SOURCE, bad[6], bad[7], note=bad[0]),),
        volumes=(Volume(bad[5], host, "/", VolumeState.UNKNOWN, Reason.PATH_MISSING, bad[0]),),
        imports=(
            ImportCount(
                bad[0],
                bad[2],
                ImportState.OK,
                3,
                titles=tuple(ImportedTitle(NOW, text, number) for number, text in enumerate(bad)),
            ),
            ImportCount(bad[6], "x", ImportState.UNKNOWN, reason=Reason.BAD_ANSWER, detail=bad[0]),
        ),
    )


HOSTILE = _hostile()
HOSTILE_GAPS = tuple(Gap(text, text, text, text) for text in HOSTILE_TEXTS)


def _unbound(name: str, project: str | None, **more: object) -> Service:
    told = {"declared": Declared.UNDECLARED, "project": project, "image": f"{name}:1"}
    return running(name, "this-machine", None, **(told | more))


THIS_MACHINE = Snapshot(
    NOW,
    180,
    Trigger.PERSON,
    "home",
    hosts=(Host("this-machine", HostState.UP, engine=DOCKER, uptime_sec=200_000),),
    services=(
        _unbound("radarr", "arr"),
        _unbound("sonarr", "arr", health=Health.UNHEALTHY),
        _unbound("postgres", None),
        _unbound("one-off", None, state=ServiceState.EXITED, exit_code=0),
    ),
    mounts=(
        Mount(
            "this-machine",
            "/mnt/music",
            MountState.OK,
            "//nas/music",
            mode="rw",
            fs_type="cifs",
            free_bytes=TERA,
            total_bytes=2 * TERA,
        ),
    ),
    volumes=(
        Volume("/", "this-machine", "/", VolumeState.OK, free_bytes=41 * 1024**3, total_bytes=TERA),
    ),
)

NO_ENGINE = Snapshot(
    NOW,
    90,
    Trigger.PERSON,
    "home",
    hosts=(
        Host(
            "this-machine",
            HostState.UP,
            engine=Engine(None, readable=False, reason=Reason.NO_ENGINE),
            uptime_sec=90,
        ),
    ),
)

EMPTY = Snapshot(NOW, 3, Trigger.PERSON, "home")
