"""States rebuilt from a history file, held against the simulated truth.

Numbers are compared too while their samples are kept; older ones are averages. A restarting
container's start times are not: the store keeps those its loop began with, and tells it is
restarting until it was left alone for a while.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from simulated.years import Past, Years

from recorder.model import (
    Endpoint,
    Host,
    HostState,
    ImportCount,
    Kind,
    Mount,
    Service,
    ServiceState,
    Snapshot,
    Thing,
    Volume,
)
from recorder.store.as_of import as_of
from recorder.store.changes import past_spans
from recorder.store.connection import History
from recorder.store.loops import CALM_SEC, LOOPING
from recorder.store.numbers import EACH_SEC, is_seldom

CALM_MINUTES = CALM_SEC // 60 + 2
RAW_DAYS = 29  # within them every number still stands as it was
NUMBERS = {
    Host: ("load_1min", "memory_available_bytes"),
    Service: ("restart_count",),
    Endpoint: ("latency_ms",),
    Mount: ("free_bytes", "total_bytes", "latency_ms"),
    Volume: ("free_bytes", "total_bytes"),
    ImportCount: ("count",),
}
SELDOM = {
    Kind.HOST: {
        "load_1min": "load_1min_hundredths",
        "memory_available_bytes": "memory_available_bytes",
    },
    Kind.MOUNT: {"latency_ms": "latency_ms"},
}
Name = tuple[Kind, str, str]


@dataclass
class Checked:
    """How many states were compared, and which were not as they should be."""

    times: int = 0
    states: int = 0
    held: int = 0  # told as restarting, as the rule for crash loops has it
    wrong: list[tuple[datetime, Thing | None, Thing | None]] = field(default_factory=list)

    def compare(
        self, at: datetime, truth: Thing | None, told: Thing | None, *, looping: bool
    ) -> None:
        self.states += 1
        if told == truth:
            return
        if looping and _same_loop(truth, told):
            self.held += 1
            return
        self.wrong.append((at, truth, told))


def check_moments(engine: History, years: Years, minutes: Iterable[int]) -> Checked:
    """Ask the store for the stack as of each of these minutes, gaps included."""
    checked, newest = Checked(), years.looks.at_or_before(years.minutes - 1)
    pasts = {(past.kind, past.host, past.name): past for past in years.pasts}
    for minute in minutes:
        look = years.looks.at_or_before(minute)
        asked = datetime.fromtimestamp(years.looks.ts(minute), UTC)
        raw = newest - look < RAW_DAYS * 1440
        truth = _things(years.snapshot(look, known=True), raw=raw)
        if raw:
            truth = {
                name: _as_sampled(years, pasts[name], thing, look) for name, thing in truth.items()
            }
        told = _things(as_of(engine, asked).snapshot, raw=raw)
        checked.times += 1
        for name in truth.keys() | told.keys():
            looping = name[0] is Kind.SERVICE and _is_looping(pasts[name], look)
            checked.compare(asked, truth.get(name), told.get(name), looping=looping)
    return checked


def check_transitions(engine: History, years: Years) -> Checked:
    """Read every span there is, and ask them for each thing at each change it ever had."""
    spans = defaultdict(list)
    for span in past_spans(engine, datetime.fromtimestamp(0, UTC)):
        spans[span.kind, span.host, span.name].append(span)
    checked = Checked()
    for past in years.pasts:
        found = spans.pop((past.kind, past.host, past.name), [])
        begins = [span.begin.timestamp() for span in found]
        for minute, truth in zip(past.line.starts, past.line.values, strict=True):
            ts = years.looks.ts(minute)
            index = bisect_right(begins, ts) - 1
            told = found[index].thing if index >= 0 else None
            at = datetime.fromtimestamp(ts, UTC)
            looping = past.kind is Kind.SERVICE and _is_looping(past, minute)
            checked.times += 1
            checked.compare(at, _span_part(truth), _span_part(told), looping=looping)
    checked.wrong += [(one.begin, None, one.thing) for left in spans.values() for one in left]
    return checked


def _things(snapshot: Snapshot, *, raw: bool) -> dict[Name, Thing]:
    """A snapshot's things by name; without numbers, unless those are still as they were."""
    found: dict[Name, Thing] = {}
    for host in snapshot.hosts:
        since = host.last_seen if host.state is HostState.DOWN else None
        up = None if host.uptime_sec is None else timedelta(seconds=host.uptime_sec)
        booted = None if up is None else int((snapshot.taken_at - up).timestamp())
        found[Kind.HOST, host.name, host.name] = replace(host, last_seen=since, uptime_sec=booted)
    for service in snapshot.services:
        name = (service.host, service.name)
        found[Kind.SERVICE, *name] = replace(service, endpoint=None)
        if service.endpoint:
            found[Kind.ENDPOINT, *name] = service.endpoint
    found |= {(Kind.MOUNT, mount.host, mount.path): mount for mount in snapshot.mounts}
    found |= {(Kind.VOLUME, volume.host, volume.name): volume for volume in snapshot.volumes}
    found |= {(Kind.IMPORT, "", one.app): replace(one, titles=()) for one in snapshot.imports}
    return found if raw else {name: _without_numbers(thing) for name, thing in found.items()}


def _as_sampled(years: Years, past: Past, thing: Thing, look: int) -> Thing:
    """A thing with what is sampled every few minutes as it was then, if it was the same then."""
    values = {}
    for name, metric in SELDOM.get(past.kind, {}).items():
        if getattr(thing, name) is None or not is_seldom(past.kind, metric):
            continue
        sampled = years.looks.at_or_after(look - look % (EACH_SEC // 60))
        gauge = years.gauges[past.kind, past.host, past.name, metric]
        starts = past.line.starts
        same = bisect_right(starts, sampled) == bisect_right(starts, look)
        value = gauge.at(sampled) if same else None
        values[name] = value / 100 if name == "load_1min" and same else value
    return replace(thing, **values)


def _without_numbers(thing: Thing | None) -> Thing | None:
    return thing and replace(thing, **dict.fromkeys(NUMBERS[type(thing)]))


def _span_part(thing: Thing | None) -> Thing | None:
    """What a span alone tells of a thing."""
    bare = _without_numbers(thing)
    if isinstance(bare, Host):
        return replace(
            bare, uptime_sec=None, boot_id=bare.boot_id if bare.state is HostState.UP else None
        )
    return bare


def _is_looping(past: Past, minute: int) -> bool:
    """Whether a container was restarted by its engine a moment ago."""
    counts = {
        thing.restart_count
        for _, thing in past.line.within(max(0, minute - CALM_MINUTES), minute + 1)
        if isinstance(thing, Service)
    }
    return len(counts) > 1


def _same_loop(truth: Thing | None, told: Thing | None) -> bool:
    if not isinstance(truth, Service) or not isinstance(told, Service):
        return False
    if told.state is not ServiceState.RESTARTING or truth.state not in LOOPING:
        return False
    fields: Sequence[str] = ("state", "health", "exit_code", "oom_killed")
    by_chance = {name: getattr(told, name) for name in (*fields, "started_at", "finished_at")}
    return replace(truth, **by_chance) == told
