"""A past made up for the example snapshots: what changed before the night, and what was known."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from recorder.history.delta import fold
from recorder.history.forecast import forecast
from recorder.model import (
    Changes,
    Daily,
    Endpoint,
    EndpointState,
    Event,
    GateChange,
    GateState,
    Host,
    Kind,
    Mount,
    MountState,
    Reason,
    Service,
    ServiceState,
    Thing,
    Transition,
)
from recorder.render.past import Outlook, Past, Reading

from .examples import HEALTHY, NIGHT, NOW, TERA

SINCE = NOW - timedelta(hours=2, minutes=2)
GIGA = TERA // 1024
MINUTE = timedelta(minutes=1)


def service(name: str) -> Service:
    """One of the healthy stack."""
    return replace(next(it for it in HEALTHY.services if it.name == name), endpoint=None)


def became(at: datetime, was: Thing, now: Thing, name: str = "") -> Transition:
    """A transition of a host, a service, a mount; of an endpoint when it is named."""
    if isinstance(now, Host):
        return Transition(at, Kind.HOST, now.name, now.name, was, now)
    if isinstance(now, Service):
        return Transition(at, Kind.SERVICE, now.host, now.name, was, now)
    if isinstance(now, Mount):
        return Transition(at, Kind.MOUNT, now.host, now.path, was, now)
    return Transition(at, Kind.ENDPOINT, "download-stack", name, was, now)


def _transitions() -> tuple[Transition, ...]:
    radarr, sonarr, lidarr = service("radarr"), service("sonarr"), service("lidarr")
    sabnzbd, slskd, prowlarr = service("sabnzbd"), service("slskd"), service("prowlarr")
    killed = replace(radarr, state=ServiceState.EXITED, exit_code=137, oom_killed=True)
    ended = replace(prowlarr, state=ServiceState.EXITED, exit_code=1)
    missing = replace(prowlarr, state=ServiceState.MISSING)
    old = replace(lidarr, image_id="sha256:1", image_version="2.9.6")
    new = replace(lidarr, image_id="sha256:2", image_version="2.10.1", created_at=NOW)
    answer = Endpoint(EndpointState.OK, "http://192.0.2.209:5030/", 200)
    bad = replace(answer, state=EndpointState.FAILED, http_status=502, reason=Reason.HTTP_STATUS)
    mount = HEALTHY.mounts[0]
    at = NOW
    return (
        became(at - 7 * MINUTE, HEALTHY.hosts[1], NIGHT.hosts[1]),
        became(at - 42 * MINUTE, radarr, killed),
        became(at - 42 * MINUTE, answer, replace(bad, reason=Reason.REFUSED), "radarr"),
        became(at - 57 * MINUTE, sonarr, replace(sonarr, restart_count=2, started_at=NOW)),
        became(at - 60 * MINUTE, mount, replace(mount, state=MountState.HUNG)),
        became(at - 70 * MINUTE, prowlarr, ended),
        became(at - 65 * MINUTE, ended, prowlarr),
        became(at - 64 * MINUTE, prowlarr, missing),
        became(at - 80 * MINUTE, slskd, replace(slskd, started_at=NOW)),
        became(at - 79 * MINUTE, answer, bad, "slskd"),
        became(at - timedelta(hours=14), sabnzbd, replace(sabnzbd, state=ServiceState.PAUSED)),
        became(at - timedelta(hours=13), replace(sabnzbd, state=ServiceState.PAUSED), sabnzbd),
        became(at - timedelta(days=8), old, new),
    )


def outlook(free_tera: float, *bytes_a_day: int, total_tera: float = 12.3) -> Outlook:
    """A volume that loses so much in turns, for ninety days, and has so much left today."""
    left, total, days = int(free_tera * TERA), int(total_tera * TERA), []
    for ago in range(90):
        days.insert(0, Daily(date(2026, 2, 16) - timedelta(days=ago), left, total))
        left += bytes_a_day[ago % len(bytes_a_day)]
    return Outlook(tuple(days[-30:]), forecast(days))


EVENTS = fold(_transitions(), NIGHT)
GATE = GateChange(
    NOW - 60 * MINUTE,
    "D107",
    "mounts",
    GateState.PASS,
    GateState.FAIL,
    ("download-stack: /mnt/media hung: no answer in 3 s",),
)
LAST_SEEN = NOW - 7 * MINUTE
NIGHT_SEEN = replace(
    NIGHT,
    hosts=tuple(
        replace(it, last_seen=LAST_SEEN) if it.name == "streaming-stack" else it
        for it in NIGHT.hosts
    ),
)
PAST = Past(
    changes=Changes(SINCE, 24, EVENTS, (GATE,)),
    free_then={("download-stack", "pve:/backup"): int(0.08 * TERA)},
    last_free={("download-stack", "pve:/media"): Reading(NOW - 60 * MINUTE, int(8.4 * TERA))},
    last_known={"streaming-stack": replace(HEALTHY, taken_at=LAST_SEEN)},
    outlooks={("download-stack", "pve:/backup"): outlook(0.04, 0, 0, 41 * GIGA, total_tera=2)},
)
LONG_AGO = replace(
    PAST,
    asked=True,
    changes=Changes(NOW - timedelta(days=400), 90_000, EVENTS),
)
FILLING = outlook(8.4, 90 * GIGA, 310 * GIGA, 150 * GIGA, 260 * GIGA, 215 * GIGA)
MEDIA = ("download-stack", "pve:/media")
CALM = Past(Changes(SINCE, 24), free_then={MEDIA: int(8.44 * TERA)}, outlooks={MEDIA: FILLING})
FIRST = Past(Changes(None, 1))


def _at_once() -> tuple[Event, ...]:
    """A host that rebooted with all on it, an engine that started anew, thirty troubles."""
    host = HEALTHY.hosts[1]
    reboot = became(NOW - MINUTE, host, replace(host, boot_id="2d3f0a6e-0003"))
    restarted = [
        became(
            NOW - (MINUTE if it.host == host.name else 9 * MINUTE),
            replace(it, endpoint=None),
            replace(it, endpoint=None, started_at=NOW),
        )
        for it in HEALTHY.services
        if it.state is ServiceState.RUNNING
    ]
    many = [
        became(NOW - number * MINUTE, it, replace(it, state=ServiceState.EXITED, exit_code=number))
        for number in range(30, 55)
        for it in (replace(service("radarr"), name=f"radarr-{number}"),)
    ]
    return fold([reboot, *restarted, *many], HEALTHY)


AT_ONCE = Past(Changes(SINCE, 24, _at_once()))


def full_of(text: str) -> Past:
    """A past with the text wherever one can stand, in the stack that is full of it."""
    below = Event(NOW, Kind.SERVICE, text, f"{text}3", text, text, text, "bad")
    events = tuple(
        Event(NOW, kind, text, text, text, text, text, severity, (below,))
        for kind in Kind
        for severity in ("bad", "good", "info")
    )
    return Past(
        Changes(
            SINCE, 2, events, (GateChange(NOW, text, text, None, GateState.FAIL, (text, text)),)
        ),
        last_free={(text, text): Reading(NOW, TERA)},
        last_known={text: HEALTHY},
        outlooks={(text, text): FILLING},
    )
