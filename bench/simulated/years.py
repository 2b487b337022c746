"""Realistic years of a home stack, made from a seed: the truth that a history is held against.

Two hosts, 41 services of which 17 have a health URL, two mounts of one pool, and an app that
imports. What happens to each is a line: the looks from which on it was something else. From those
a snapshot can be made as of any look, and so can what a history of all of them must hold.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

from simulated import gauges
from simulated.containers import container, endpoint, stray
from simulated.gauges import DAY, Gauge
from simulated.lines import Line, changed, combined
from simulated.looks import BEGIN_TS, Looks
from simulated.machines import Machine, machine, mount, volume

from recorder.model import (
    Declared,
    Endpoint,
    Host,
    HostState,
    ImportCount,
    ImportedTitle,
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

HOSTS = {"download-stack": 209, "streaming-stack": 210}
SERVICES = {
    "download-stack": [
        "radarr",
        "sonarr",
        "lidarr",
        "readarr",
        "prowlarr",
        "bazarr",
        "sabnzbd",
        "qbittorrent",
        "slskd",
        "recyclarr",
        "unpackerr",
        "autobrr",
        "flaresolverr",
        "tdarr",
        "notifiarr",
        "gluetun",
        "watchtower-d",
        "node-exporter-d",
        "autoheal-d",
        "promtail-d",
    ],
    "streaming-stack": [
        "jellyfin",
        "jellyseerr",
        "jellystat",
        "audiobookshelf",
        "navidrome",
        "kavita",
        "komga",
        "calibre-web",
        "tautulli",
        "wizarr",
        "homepage",
        "uptime",
        "caddy",
        "postgres",
        "redis",
        "watchtower-s",
        "node-exporter-s",
        "autoheal-s",
    ],
}
STRAYS = {"download-stack": ["trial-indexer"], "streaming-stack": ["trial-player", "shell"]}
PROBED = SERVICES["download-stack"][:9] + SERVICES["streaming-stack"][:8]
CHECKED = SERVICES["download-stack"][4:10] + SERVICES["streaming-stack"][:6]
MANAGEMENT = ("radarr", "sonarr", "lidarr", "readarr", "prowlarr", "bazarr")
TOTAL_BYTES = 12 << 40
GROWN_BYTES = 20 << 40
IMPORTS_A_DAY = 5
SITE = "home"


@dataclass(frozen=True)
class Past:
    """Everything a thing ever was, from the look that first saw it so. None: it was not there."""

    kind: Kind
    host: str
    name: str  # an endpoint's: its service's
    line: Line[Thing | None]


class Years:
    """A simulated past; the same for the same seed, length and pace of what happens."""

    def __init__(
        self, minutes: int, seed: int = 1, pace: float = 1.0, looks: Looks | None = None
    ) -> None:
        self._seed, self._pace = seed, pace
        self.looks = looks or Looks(self._rng("looks"), minutes, pace)
        self.minutes = minutes
        machines = {
            name: machine(self._rng(name), name, number, minutes, pace)
            for name, number in HOSTS.items()
        }
        self.booted_ts = {name: home.booted_ts for name, home in machines.items()}
        services = {
            name: self._container(name, machines[host], host)
            for host, names in SERVICES.items()
            for name in names
        }
        hosts = {name: home.host for name, home in machines.items()}
        self.total_bytes = Line([0, minutes * 2 // 5], [TOTAL_BYTES, GROWN_BYTES])
        pasts = [Past(Kind.HOST, name, name, hosts[name]) for name in HOSTS]
        for host in HOSTS:
            pasts += [Past(Kind.SERVICE, host, name, services[name]) for name in SERVICES[host]]
            pasts += [
                Past(Kind.SERVICE, host, name, self._stray(name, machines[host], host))
                for name in STRAYS[host]
            ]
        for host, names in SERVICES.items():
            for name in (name for name in names if name in PROBED):
                line = self._endpoint(name, services[name], host, hosts[host])
                pasts.append(Past(Kind.ENDPOINT, host, name, line))
        mounts = {
            host: mount(self._rng(f"mount of {host}"), host, hosts[host], minutes, pace)
            for host in HOSTS
        }
        pasts += [Past(Kind.MOUNT, host, "/mnt/media", line) for host, line in mounts.items()]
        first = next(iter(HOSTS))
        pasts.append(Past(Kind.VOLUME, first, "tank", volume(mounts[first])))
        app = combined(_asked, services["radarr"])
        pasts.append(Past(Kind.IMPORT, "", "radarr", app))
        self.pasts = [replace(past, line=_known(seen(past.line, self.looks))) for past in pasts]
        self.imported = self._imported()
        self._import_minutes = [minute for minute, _ in self.imported]
        self.gauges = {
            (past.kind, past.host, past.name, metric): gauge
            for past, metric, gauge in self._gauges()
        }

    def _rng(self, name: str) -> Random:
        return Random(f"{self._seed} {name}")  # noqa: S311 - repeatable, that is its use

    def _container(self, name: str, home: Machine, host: str) -> Line[Service]:
        category = "management" if name in MANAGEMENT else "media"
        declared = Service(name, host, name, Declared.ACTIVE, ServiceState.MISSING, category)
        rng, checked = self._rng(name), name in CHECKED
        return container(rng, declared, home, self.minutes, self._pace, checked=checked)

    def _stray(self, name: str, home: Machine, host: str) -> Line:
        declared = Service(name, host, name, Declared.UNDECLARED, ServiceState.MISSING)
        return stray(self._rng(name), declared, home, self.minutes, self._pace)

    def _endpoint(
        self, name: str, service: Line[Service], host: str, home: Line[Host]
    ) -> Line[Endpoint]:
        url = f"http://192.0.2.{HOSTS[host]}:{8000 + PROBED.index(name)}/ping"
        rng = self._rng(f"endpoint {name}")
        return endpoint(rng, url, service, home, self.minutes, self._pace)

    def _imported(self) -> list[tuple[int, ImportedTitle]]:
        rng, minute, number, made = self._rng("imports"), 0.0, 0, []
        while (minute := minute + rng.expovariate(IMPORTS_A_DAY / DAY)) < self.minutes:
            number += rng.randrange(1, 9)
            at = datetime.fromtimestamp(BEGIN_TS, UTC) + timedelta(minutes=int(minute))
            title = f"A.Film.{rng.randrange(1950, 2026)}.{rng.getrandbits(48):x}.1080p.WEB-DL"
            made.append((int(minute), ImportedTitle(at, title, number)))
        return made

    def _gauges(self) -> Iterator[tuple[Past, str, Gauge]]:
        hours = -(-self.minutes // gauges.HOUR)
        free = gauges.free_spaces(self._rng("free"), hours, TOTAL_BYTES)
        for past in self.pasts:
            if past.kind in (Kind.SERVICE, Kind.IMPORT):
                continue  # theirs change rarely
            rng, line = self._rng(f"numbers of {past.kind} {past.name} {past.host}"), past.line
            shown = combined(_shown, line)
            if past.kind is Kind.HOST:
                yield past, "load_1min_hundredths", Gauge(*gauges.loads(rng, hours), shown)
                yield past, "memory_available_bytes", Gauge(*gauges.memories(rng, hours), shown)
            if past.kind in (Kind.MOUNT, Kind.VOLUME):
                grown = combined(_added, shown, self.total_bytes)
                yield past, "free_bytes", Gauge(*free, grown)
            if past.kind in (Kind.MOUNT, Kind.ENDPOINT):
                usual_ms = rng.randrange(2, 60)
                late = combined(_late, line)
                yield past, "latency_ms", Gauge(*gauges.latencies(rng, hours, usual_ms), late)

    def imports(self, minute: int) -> list[ImportedTitle]:
        """What was imported that day, up to a minute, oldest first."""
        since = bisect_left(self._import_minutes, minute - minute % DAY)
        until = bisect_right(self._import_minutes, minute)
        return [title for _, title in self.imported[since:until]]

    def number(self, past: Past, metric: str, minute: int) -> int | None:
        """One of a thing's numbers that change every minute."""
        return self.gauges[past.kind, past.host, past.name, metric].at(minute)

    def snapshot(self, minute: int, *, known: bool = False) -> Snapshot:
        """What the look of a minute saw; with `known`, what is then known of what it could not."""
        ts = self.looks.ts(minute)
        found: dict[Kind, list] = {kind: [] for kind in Kind}
        endpoints = {}
        for past in self.pasts:
            thing = past.line.at(minute)
            if thing is None or (not known and is_hidden_stray(thing)):
                continue
            thing = self._with_numbers(past, thing, minute, ts)
            if past.kind is Kind.ENDPOINT:
                endpoints[past.name] = thing
            else:
                found[past.kind].append(thing)
        return Snapshot(
            datetime.fromtimestamp(ts, UTC),
            self.looks.duration_ms(minute),
            Trigger.PERSON if self.looks.by_person(minute) else Trigger.SCHEDULE,
            SITE,
            tuple(found[Kind.HOST]),
            tuple(replace(one, endpoint=endpoints.get(one.name)) for one in found[Kind.SERVICE]),
            tuple(found[Kind.MOUNT]),
            tuple(found[Kind.VOLUME]),
            tuple(found[Kind.IMPORT]),
        )

    def _with_numbers(self, past: Past, thing: Thing, minute: int, ts: int) -> Thing:
        match thing:
            case Host(state=HostState.UP):
                load = self.number(past, "load_1min_hundredths", minute)
                return replace(
                    thing,
                    uptime_sec=ts - self.booted_ts[past.host].at(minute),
                    load_1min=load / 100,
                    memory_available_bytes=self.number(past, "memory_available_bytes", minute),
                    last_seen=datetime.fromtimestamp(ts, UTC),
                )
            case Host():
                return replace(thing, last_seen=self._last_up(past, minute))
            case Endpoint():
                return replace(thing, latency_ms=self.number(past, "latency_ms", minute))
            case Mount() | Volume():
                free = self.number(past, "free_bytes", minute)
                total = None if free is None else self.total_bytes.at(minute)
                thing = replace(thing, free_bytes=free, total_bytes=total)
                if isinstance(thing, Mount):
                    latency = self.number(past, "latency_ms", minute)
                    return replace(thing, latency_ms=latency)
            case ImportCount(state=ImportState.OK):
                titles = tuple(reversed(self.imports(minute)))
                return replace(thing, count=len(titles), titles=titles)
        return thing

    def _last_up(self, past: Past, minute: int) -> datetime | None:
        index = bisect_right(past.line.starts, minute) - 1
        while index > 0 and past.line.values[index].state is not HostState.UP:
            index -= 1
        before = self.looks.at_or_before(past.line.starts[index + 1] - 1)
        return datetime.fromtimestamp(self.looks.ts(before), UTC)


def seen(line: Line, looks: Looks) -> Line:
    """A line as the looks saw it: what came and went between two of them never was."""
    at_looks = (
        (looks.at_or_after(start), v) for start, v in zip(line.starts, line.values, strict=True)
    )
    return changed((minute, value) for minute, value in at_looks if minute < looks.minutes)


def _known(line: Line) -> Line[Thing | None]:
    """A line in which a stray container nobody could see is what it was, as unknown."""
    last: Service | None = None
    changes = []
    for minute, value in zip(line.starts, line.values, strict=True):
        if not isinstance(value, Reason):
            last = value
        changes.append((minute, _unseen(last, value) if isinstance(value, Reason) else value))
    return changed(changes)


def _unseen(last: Service | None, reason: Reason) -> Service | None:
    if last is None:
        return None
    unseen = Service(last.name, last.host, last.container, last.declared, ServiceState.UNKNOWN)
    labels = {"project": last.project, "compose_service": last.compose_service}
    return replace(unseen, category=last.category, reason=reason, **labels)


def is_hidden_stray(thing: Thing) -> bool:
    return (
        isinstance(thing, Service)
        and thing.declared is Declared.UNDECLARED
        and thing.state is ServiceState.UNKNOWN
    )


def _asked(service: Service) -> ImportCount:
    well = ImportCount("radarr", "movie", ImportState.OK)
    if service.state is ServiceState.RUNNING:
        return well
    return replace(
        well, state=ImportState.UNKNOWN, reason=Reason.UNREACHABLE, detail="no answer in 10 s"
    )


def _shown(thing: Thing) -> int | None:
    """Whether a thing's numbers are there: 0 is added to them, or there are none."""
    well = (HostState.UP, MountState.OK, MountState.SLOW, MountState.WRONG_MODE, VolumeState.OK)
    return 0 if thing.state in well else None


def _added(shown: int | None, total_bytes: int) -> int | None:
    return None if shown is None else total_bytes - TOTAL_BYTES


def _late(thing: Thing) -> int | None:
    if isinstance(thing, Endpoint):
        return None if thing.http_status is None else 0
    if isinstance(thing, Mount) and thing.state is MountState.SLOW:
        return gauges.SLOW_MS
    return _shown(thing)
