"""The simplest possible history: every look in a list, and all that must follow from that list.

Knows the rules of what is recorded, and nothing of how: no table, no row, no query.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from endurance.looked import why_dark
from endurance.player import Taken, bare

from recorder.model import (
    Endpoint,
    Host,
    HostState,
    ImportCount,
    Kind,
    Mount,
    Reason,
    Service,
    ServiceState,
    Snapshot,
    Thing,
    Volume,
)

Place = tuple[Kind, str, str]
Sample = tuple[int, Place, str, int]
Change = tuple[int, Place, Thing | None, Thing | None]  # when, what, from what, to what
LATE_SEC = 155  # of a look a minute, two and a half of them
SELDOM_SEC, DAY_SEC = 300, 86400
LOOPS_A_DAY, CALM_SEC = 24, 300
NO_NUMBERS = {
    Host: {"load_1min": None, "memory_available_bytes": None, "uptime_sec": None},
    Service: {"endpoint": None},
    Endpoint: {"latency_ms": None},
    Mount: {"free_bytes": None, "total_bytes": None, "latency_ms": None},
    Volume: {"free_bytes": None, "total_bytes": None},
    ImportCount: {"count": None, "titles": (), "earlier": (), "told_since": None},
}
# What may become another value without the thing's having become another.
CARRIED = {
    Host: {"detail": None, "memory_total_bytes": None},
    Service: {"restart_count": None, "error": None},
    Endpoint: {"detail": None},
    Mount: {"detail": None, "note": None},
    Volume: {"detail": None},
    ImportCount: {"detail": None},
}


@dataclass(frozen=True)
class Held:
    """A span: from its first look to its last; None: it still is. No thing: it is no more."""

    begin: int
    end: int | None
    thing: Thing | None


@dataclass
class Story:
    """One thing's spans, and how often its engine restarted it."""

    spans: list[Held] = field(default_factory=list)
    restarts: int = 0
    restarted_ts: int | None = None

    @property
    def now(self) -> Thing | None:
        return self.spans[-1].thing if self.spans else None


class Memory:
    """What a history of these looks must tell."""

    def __init__(self, looks: Sequence[Taken]) -> None:
        self.looks = looks
        self.stories: dict[Place, Story] = {}
        self.moments: list[dict[Place, Thing]] = []
        for number, look in enumerate(looks):
            self._see(look, looks[number - 1].ts if number else look.ts)
            there = {place: story.now for place, story in self.stories.items()}
            self.moments.append({place: now for place, now in there.items() if now is not None})

    def _see(self, look: Taken, last_ts: int) -> None:
        things = {place: without_numbers(it) for place, it in things_of(look.snapshot)}
        dark = {host.name: why_dark(host) for host in look.snapshot.hosts}
        for place, story in self.stories.items():
            if story.now is None or place in things:
                continue
            reason = dark.get(place[1]) if isinstance(story.now, Service) else None
            if isinstance(story.now, Service) and reason is not None:
                things[place] = unseen(story.now, reason)
            else:
                self._change(story, look.ts, last_ts, None)
        for place, thing in things.items():
            story = self.stories.setdefault(place, Story())
            now = steadied(story, thing, look.ts) if isinstance(thing, Service) else thing
            if story.now is None or core(story.now) != core(now):
                self._change(story, look.ts, last_ts, now)
            count = thing.restart_count if isinstance(thing, Service) else None
            if count is not None and count != story.restarts:
                story.restarts, story.restarted_ts = count, look.ts

    @staticmethod
    def _change(story: Story, ts: int, last_ts: int, now: Thing | None) -> None:
        if story.now is not None:
            story.spans[-1] = replace(story.spans[-1], end=last_ts)
        story.spans.append(Held(ts, ts if now is None else None, now))

    def spans(self) -> set[tuple[Place, Held]]:
        """Every span of every thing."""
        return {(place, held) for place, story in self.stories.items() for held in story.spans}

    def transitions(self) -> set[Change]:
        """Every change that was seen."""
        return {
            (at, place, was and core(was), now and core(now))
            for place, story in self.stories.items()
            for at, was, now in self._told(story)
        }

    def _told(self, story: Story) -> Iterator[tuple[int, Thing | None, Thing | None]]:
        known: Thing | None = None
        for held in story.spans:
            now = held.thing
            if now is not None and now.state == "unknown":
                continue
            same = now is None if known is None else now is not None and core(now) == core(known)
            if not same and held.begin != self.looks[0].ts:
                yield held.begin, known, now
            known = now

    def coverage(self) -> list[tuple[int, int, int]]:
        """The stretches in which looks were taken: first, last, how many."""
        stretches: list[tuple[int, int, int]] = []
        for look in self.looks:
            if stretches and look.ts - stretches[-1][1] <= LATE_SEC:
                first, _, looks = stretches.pop()
                stretches.append((first, look.ts, looks + 1))
            else:
                stretches.append((look.ts, look.ts, 1))
        return stretches

    def samples(self) -> set[Sample]:
        """Every number that is kept of every look."""
        newest: dict[tuple[Place, str], tuple[int, int]] = {}
        kept = set()
        for number, look in enumerate(self.looks):
            ts = look.ts
            before = self.looks[number - 1].ts if number else -SELDOM_SEC
            seldom = ts // SELDOM_SEC != before // SELDOM_SEC
            for place, metric, value, rule in readings(look.snapshot):
                last_ts, last = newest.get(
                    (place, metric), (0, None if metric != "restart_count" else 0)
                )
                if rule == "seldom" and not seldom:
                    continue
                new_day = metric == "total_bytes" and last_ts // DAY_SEC != ts // DAY_SEC
                if rule == "sparse" and value == last and not new_day:
                    continue
                newest[place, metric] = ts, value
                kept.add((ts, place, metric, value))
        return kept

    def titles(self) -> set[tuple[int, int, str]]:
        """Every import that was told of: when, its number, its title."""
        return {
            (int(title.at.timestamp()), title.event_id, title.title)
            for look in self.looks
            for app in look.snapshot.imports
            for title in (*app.titles, *app.earlier)
        }


def things_of(snapshot: Snapshot) -> Iterator[tuple[Place, Thing]]:
    """Everything a snapshot holds, as the history tells it apart."""
    for host in bare(snapshot).hosts:
        # A host that is down is told with the boot it was last known by.
        down = host.state is HostState.DOWN
        yield (Kind.HOST, host.name, host.name), replace(host, boot_id=None) if down else host
    for service in snapshot.services:
        yield (Kind.SERVICE, service.host, service.name), replace(service, endpoint=None)
        if service.endpoint:
            yield (Kind.ENDPOINT, service.host, service.name), service.endpoint
    for mount in snapshot.mounts:
        yield (Kind.MOUNT, mount.host, mount.path), mount
    for volume in snapshot.volumes:
        yield (Kind.VOLUME, volume.host, volume.name), volume
    for app in snapshot.imports:
        yield (Kind.IMPORT, "", app.app), app


def without_numbers(thing: Thing) -> Thing:
    """A thing without what is another number each time."""
    bare_host = {"last_seen": None} if isinstance(thing, Host) else {}
    return replace(thing, **NO_NUMBERS[type(thing)], **bare_host)


def core(thing: Thing) -> Thing:
    """What makes it another when it is another."""
    return replace(without_numbers(thing), **CARRIED[type(thing)])


def unseen(service: Service, reason: Reason) -> Service:
    """A container whose host can't list what runs: it is known to have been there."""
    now = Service(
        service.name, service.host, service.container, service.declared, ServiceState.UNKNOWN
    )
    labels = {"project": service.project, "compose_service": service.compose_service}
    return replace(now, reason=reason, category=service.category, **labels)


def steadied(story: Story, now: Service, ts: int) -> Service:
    """As seen; or, of one that its engine restarts all day, restarting until it is left alone."""
    was = story.now
    looping = (ServiceState.RUNNING, ServiceState.EXITED, ServiceState.RESTARTING)
    if not isinstance(was, Service) or now.state not in looping or was.created_at != now.created_at:
        return now
    as_it_was = replace(
        now,
        state=ServiceState.RESTARTING,
        health=was.health,
        exit_code=was.exit_code,
        oom_killed=was.oom_killed,
        started_at=was.started_at,
        finished_at=was.finished_at,
    )
    restarting = was.state is ServiceState.RESTARTING
    if restarting and now.state is ServiceState.RESTARTING:
        return as_it_was
    grown = now.restart_count is not None and now.restart_count > story.restarts
    lately = story.restarted_ts is not None and ts - story.restarted_ts <= CALM_SEC
    often = sum(held.begin > ts - DAY_SEC for held in story.spans) >= LOOPS_A_DAY
    if not (grown or lately) or not often:
        return now
    return as_it_was if restarting else replace(now, state=ServiceState.RESTARTING)


def readings(snapshot: Snapshot) -> Iterator[tuple[Place, str, int, str]]:
    """The numbers of a look, and how often each is kept."""
    found: list[tuple[Place, str, float | None, str]] = []
    for place, it in things_of(snapshot):
        match it:
            case Host():
                load = None if it.load_1min is None else round(it.load_1min * 100)
                found.append((place, "load_1min_hundredths", load, "seldom"))
                available = it.memory_available_bytes
                found.append((place, "memory_available_bytes", available, "seldom"))
            case Service():
                found.append((place, "restart_count", it.restart_count, "sparse"))
            case Endpoint():
                found.append((place, "latency_ms", it.latency_ms, "each"))
            case Mount() | Volume():
                found.append((place, "free_bytes", it.free_bytes, "each"))
                found.append((place, "total_bytes", it.total_bytes, "sparse"))
                if isinstance(it, Mount):
                    found.append((place, "latency_ms", it.latency_ms, "seldom"))
            case ImportCount():
                found.append((place, "import_count", it.count, "sparse"))
    yield from (
        (place, metric, value, rule) for place, metric, value, rule in found if value is not None
    )


def time_of(ts: int) -> datetime:
    return datetime.fromtimestamp(ts, UTC)
