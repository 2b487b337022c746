"""A history on disk, held against the memory of every look in it."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from random import Random

from endurance.memory import Change, Held, Memory, Place, core, things_of, time_of, without_numbers

from recorder.model import Host, HostState, Kind, Mount, Service, Thing
from recorder.store.as_of import as_of
from recorder.store.backup import check
from recorder.store.changes import past_spans, transitions
from recorder.store.connection import History, connect
from recorder.store.engine import opened
from recorder.store.extract import Content, Wanted, extract
from recorder.store.values import Moment

MOST_TOLD = 5
TOLD = (Kind.HOST, Kind.SERVICE, Kind.ENDPOINT, Kind.MOUNT)
BEGINNING = time_of(0)


@dataclass(frozen=True)
class Compared:
    """How much was compared, and what was not as it must be."""

    counts: dict[str, int]
    wrong: tuple[str, ...]


def compared(path: Path, memory: Memory, moments: int, rng: Random) -> Compared:
    """Everything a history holds; and as many random moments, rebuilt from it."""
    counts: dict[str, int] = {}
    wrong = list(check(path))
    pairs = [
        ("looks", [(it.ts, it.snapshot.trigger.value) for it in memory.looks], _looks(path)),
        ("stretches", memory.coverage(), _coverage(path)),
        ("samples", memory.samples(), set(_samples(path))),
        ("imports", memory.titles(), _titles(path)),
    ]
    with opened(path, writing=False) as engine:
        pairs.append(("spans", memory.spans(), set(_spans(engine))))
        told = set(_transitions(engine))
        pairs.append(("changes", memory.transitions(), told))
        for _ in range(moments):
            ts = rng.randint(memory.looks[0].ts, memory.looks[-1].ts)
            wrong += _moment(memory, ts, as_of(engine, time_of(ts)))
    counts["moments"] = moments
    for name, expected, actual in pairs:
        counts[name] = len(expected)
        wrong += _differences(name, expected, actual)
    wrong += _news(memory, memory.transitions())
    return Compared(counts, tuple(wrong))


def _differences(name: str, expected: Iterable, actual: Iterable) -> Iterator[str]:
    missed = [one for one in expected if one not in actual]
    invented = [one for one in actual if one not in expected]
    for what, found in (("missed", missed), ("invented", invented)):
        found.sort(key=str)
        yield from (f"{name}: {what}: {one}" for one in found[:MOST_TOLD])
        if len(found) > MOST_TOLD:
            yield f"{name}: {what}: {len(found)} in all"


def _news(memory: Memory, changes: set[Change]) -> Iterator[str]:
    """A look tells of changes only when there are some, and always when a state is another.

    That a container is no longer starting is a change of which nobody is told.
    """
    some = {at for at, *_ in changes}
    must = {
        at for at, (kind, *_), was, now in changes if kind in TOLD and _state(was) != _state(now)
    }
    for look in memory.looks[1:]:
        if look.changed is not None and not (look.ts in must) <= look.changed <= (look.ts in some):
            yield f"changes: the look of {time_of(look.ts)} told of some: {look.changed}"


def _state(thing: Thing | None) -> str | None:
    return None if thing is None else str(thing.state)


def _rows(path: Path, query: str) -> list[tuple]:
    with contextlib.closing(connect(path)) as db:
        return db.execute(query).fetchall()


def _looks(path: Path) -> list[tuple]:
    return _rows(path, "SELECT ts, trigger FROM snapshot ORDER BY ts")


def _coverage(path: Path) -> list[tuple]:
    return _rows(path, "SELECT first_ts, last_ts, snapshots FROM coverage ORDER BY first_ts")


def _titles(path: Path) -> set[tuple]:
    return set(_rows(path, "SELECT ts, event_id, title FROM import_event"))


def _samples(path: Path) -> Iterator[tuple[int, Place, str, int]]:
    for at, kind, host, name, metric, value in extract(path, Wanted(Content.SAMPLES)).rows:
        ts = int(datetime.fromisoformat(str(at)).timestamp())
        yield ts, (Kind(str(kind)), str(host or ""), str(name)), str(metric), int(value or 0)


def _spans(engine: History) -> Iterator[tuple[Place, Held]]:
    for span in past_spans(engine, BEGINNING):
        end = None if span.end is None else int(span.end.timestamp())
        thing = span.thing and _told(span.thing)
        yield (span.kind, span.host, span.name), Held(int(span.begin.timestamp()), end, thing)


def _transitions(engine: History) -> Iterator[tuple]:
    for one in transitions(engine):
        was, now = (thing and core(_told(thing)) for thing in (one.was, one.now))
        yield int(one.at.timestamp()), (one.kind, one.host, one.name), was, now


def _told(thing: Thing) -> Thing:
    """A thing as the history tells it, without the boot a host that is down was last known by."""
    if isinstance(thing, Host) and thing.state is HostState.DOWN:
        thing = replace(thing, boot_id=None)
    return without_numbers(thing)


def _moment(memory: Memory, ts: int, moment: Moment) -> Iterator[str]:
    """What is told of a moment, which must be what the last look before it saw."""
    number = max(index for index, look in enumerate(memory.looks) if look.ts <= ts)
    look = memory.looks[number]
    numbers = dict(things_of(look.snapshot))
    expected = {
        place: _with_numbers(thing, numbers.get(place))
        for place, thing in memory.moments[number].items()
    }
    actual = {place: _rarely(thing) for place, thing in things_of(moment.snapshot)}
    yield from _differences(f"as of {time_of(ts)}", expected.items(), actual.items())
    if moment.snapshot.taken_at != time_of(look.ts):
        yield f"as of {time_of(ts)}: it is of {moment.snapshot.taken_at}"
    gap = next(
        ((a[1], b[0]) for a, b in _pairs(memory) if a[1] < ts < b[0]),
        None,
    )
    found = moment.gap and (
        moment.gap.begin.timestamp(),
        moment.gap.end and moment.gap.end.timestamp(),
    )
    if gap != found:
        yield f"as of {time_of(ts)}: the gap {gap} is told as {found}"


def _pairs(memory: Memory) -> Iterator[tuple]:
    yield from pairwise(memory.coverage())


def _rarely(thing: Thing) -> Thing:
    """A thing without what is kept every five minutes only."""
    if isinstance(thing, Host):
        return without_numbers(thing)
    return replace(thing, latency_ms=None) if isinstance(thing, Mount) else thing


def _with_numbers(held: Thing, seen: Thing | None) -> Thing:
    """A thing as its span has it, with the numbers that the look saw."""
    if seen is None or held.state == "unknown" or isinstance(held, Host):
        return held
    if isinstance(held, Service):
        return replace(held, restart_count=seen.restart_count)
    numbers = ("latency_ms", "free_bytes", "total_bytes", "count")
    found = {name: getattr(seen, name) for name in numbers if hasattr(seen, name)}
    return _rarely(replace(held, **found))
