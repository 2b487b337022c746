"""Looking back against the simplest possible memory: every look, whole, and what came of each."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, zip_longest

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recorder.errors import NoHistoryError
from recorder.history.restarts import Starts
from recorder.history.retrospect import look_back
from recorder.model import (
    Condition,
    Declared,
    Health,
    Kind,
    Reason,
    Service,
    ServiceState,
    Snapshot,
    Thing,
)
from recorder.store.connection import History
from recorder.store.engine import opened
from recorder.store.read import covered
from recorder.store.recollection import containers, everything, first_look, recollect
from recorder.store.record import record
from recorder.store.site import Location
from store.stacks import MINUTE, NOON, after, container, down, look, mount, service, unseen, up
from store.test_truth import Memory, snapshots, things_of

STATES = (Kind.HOST, Kind.SERVICE, Kind.ENDPOINT, Kind.MOUNT)
Place = tuple[Kind, str, str]
Outage = tuple[datetime, datetime, int] | tuple[datetime, datetime, int, bool]


def how(thing: Thing) -> str:
    """The words of docs/history.md, by what a look saw."""
    if thing.state == "unknown":
        return "unknown"
    if isinstance(thing, Service) and thing.state is not ServiceState.RUNNING:
        unwanted = thing.declared is not Declared.ACTIVE
        return "idle" if unwanted and thing.condition is Condition.EXITED else "down"
    engine = getattr(thing, "engine", None)
    blind = engine is not None and not engine.readable and engine.reason is not Reason.NO_ENGINE
    if thing.state in {"up", "running", "ok", "slow"}:
        unhealthy = getattr(thing, "health", None) is Health.UNHEALTHY
        return "ailing" if blind or unhealthy or thing.state == "slow" else "well"
    return "down"


def counted(
    looks: tuple[Snapshot, ...], begin: datetime, end: datetime, engine: History
) -> dict[Place, Counter[str]]:
    """Seconds by state, look by look; a look before a gap holds for no time."""
    counts: dict[Place, Counter[str]] = {}
    stretches = covered(engine)
    for snapshot, following in pairwise(looks):
        at, until = snapshot.taken_at, following.taken_at
        if not any(it.begin <= at < until <= it.end for it in stretches):
            until = at
        seconds = int((min(until, end) - max(at, begin)).total_seconds())
        for place, thing in things_of(snapshot):
            if place[0] in STATES:
                counts.setdefault(place, Counter())[how(thing)] += max(0, seconds)
    return {place: +count for place, count in counts.items() if +count}


def outages(
    looks: tuple[Snapshot, ...], begin: datetime, end: datetime, engine: History
) -> dict[Place, list[Outage]]:
    """When each began and was last seen, its seconds, and whether the last look still saw it.

    By every look that is in the window, or whose state reaches into it.
    """
    found: dict[Place, list[Outage]] = {}
    going: dict[Place, bool] = {}
    stretches = covered(engine)
    for snapshot, following in zip_longest(looks, looks[1:]):
        at = until = snapshot.taken_at
        if following and any(it.begin <= at < following.taken_at <= it.end for it in stretches):
            until = following.taken_at
        first, last = max(at, begin), min(until, end)
        things = dict(things_of(snapshot)) if at < end else {}
        if at < end:
            going = {place: on and place in things for place, on in going.items()}
        if not (first < last or begin <= at < end):
            continue
        for place, thing in things.items():
            stood = how(thing)
            if place[0] not in STATES or stood == "unknown":
                continue
            if stood == "down":
                told = found.setdefault(place, [])
                outage = told.pop() if going.get(place) else (first, first, 0)
                told.append((outage[0], last, outage[2] + int((last - first).total_seconds())))
            going[place] = stood == "down"
    return {
        place: [(*it, going[place] and it is told[-1]) for it in told]
        for place, told in found.items()
    }


def test_every_second_is_counted_as_it_was_seen(anew: Callable[[], Location], share: float) -> None:
    """Of any stack in any window: hosts that come and go, gaps, and what nobody could see.

    And every outage from the look that first saw it on, though it was the last of all.
    """

    @settings(
        max_examples=int(30 * share),
        deadline=None,
        suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow],
    )
    @given(
        st.lists(st.tuples(st.integers(1, 900), snapshots()), min_size=1, max_size=8),
        st.integers(-100, 3000),
        st.integers(1, 3000),
    )
    def holds(taken: list[tuple[int, Snapshot]], begin_sec: int, length: int) -> None:
        at, looks = NOON, []
        for seconds, snapshot in taken:
            at += timedelta(seconds=seconds)
            looks.append(replace(snapshot, taken_at=at))
        begin = NOON + timedelta(seconds=begin_sec)
        is_counted(anew(), looks, begin, begin + timedelta(seconds=length))

    holds()


def is_counted(place: Location, looks: list[Snapshot], begin: datetime, end: datetime) -> None:
    with opened(place) as engine:
        for snapshot in looks:
            record(engine, snapshot)
        found = look_back(recollect(engine, begin, end), UTC)
        kept = Memory.of(looks).looks
        expected = counted(kept, begin, end, engine)
        broken = outages(kept, begin, end, engine)
    first, last = looks[0].taken_at, looks[-1].taken_at
    early = max(timedelta(0), min(end, first) - begin)
    fresh = (end - last).total_seconds() <= found.recollection.late_sec
    since = max(timedelta(0), end - max(begin, last)) if fresh and end > last else timedelta(0)
    unseen = sum(it.seconds for it in found.gaps) + (early + since).total_seconds()
    assert found.tally.unobserved_sec == unseen
    told = {}
    for it in found.accounts:
        tally = it.tally
        assert tally.seconds == (end - begin).total_seconds()
        count = +Counter(
            well=tally.well_sec,
            ailing=tally.ailing_sec,
            idle=tally.idle_sec,
            down=tally.down_sec,
            unknown=tally.unknown_sec,
        )
        if count:
            told[it.kind, it.host, it.name] = count
    assert told == expected
    assert {
        (it.kind, it.host, it.name): [
            (one.begin, one.end, one.seconds, one.lasting) for one in it.outages
        ]
        for it in found.accounts
        if it.outages
    } == broken


def test_a_host_counts_from_its_first_look_to_its_last(place: Location) -> None:
    """One that was bound in the middle of a window, and one that was taken out."""
    with opened(place) as engine:
        for minute in range(0, 60, 5):
            there = [
                name
                for name, (first, last) in {
                    "vm": (0, 60),
                    "new": (20, 60),
                    "old": (0, 40),
                }.items()
                if first <= minute < last
            ]
            parts = [
                tuple(up(name) for name in there),
                tuple(service("radarr", name) for name in there),
                tuple(mount(name) for name in there),
            ]
            taken = look(minute, hosts=parts[0], services=parts[1], mounts=parts[2], volumes=())
            record(engine, taken)
        found = look_back(recollect(engine, after(-10), after(60)), UTC)
    minutes = {
        (it.kind, it.host): (it.tally.well_sec / 60, it.tally.absent_sec / 60, it.tally.available)
        for it in found.accounts
    }
    assert minutes == {
        (kind, host): (well, 55 - well, 1.0)
        for kind in STATES
        for host, well in (("vm", 55), ("new", 35), ("old", 40))
    }
    came = {it.host: (it.new_at, it.gone_at) for it in found.of(Kind.HOST)}
    assert came == {"vm": (None, None), "new": (after(20), None), "old": (None, after(40))}


def test_what_was_known_before_a_window_tells_what_became_of_it(place: Location) -> None:
    """A host that was down when it began: that its containers were started anew is not lost."""
    started = service(started_at=after(9))
    with opened(place) as engine:
        record(engine, look(0))
        record(
            engine, look(5, hosts=(down(),), services=(unseen(service()),), mounts=(), volumes=())
        )
        record(engine, look(10, services=(started,)))
        found = look_back(recollect(engine, after(7), after(12)), UTC)
    (radarr,) = found.of(Kind.SERVICE)
    assert (radarr.starts, radarr.tally.unknown_sec) == (Starts(restarts=1, own=0), 180)


def test_only_what_is_named_is_read(place: Location) -> None:
    """A service by its own name or its container's, also once it is gone."""
    with opened(place) as engine:
        record(engine, look(services=(service(), container("web-1", container="web"))))
        record(engine, look(5))
        named = {it.name: it.id for it in everything(engine) if it.kind is Kind.SERVICE}
        assert containers(engine, "web") == {named["web-1"]}
        found = recollect(engine, NOON - MINUTE, after(9), {named["web-1"]})
        assert first_look(engine) == NOON
    assert [(it.kind, it.name, len(it.spans)) for it in found.things] == [
        (Kind.SERVICE, "web-1", 2)
    ]
    assert (found.latencies, found.imported, found.space_ends) == ((), (), ())


def test_nothing_is_recollected_where_nothing_is_recorded(place: Location) -> None:
    """It says so, as every other question does."""
    with opened(place) as engine, pytest.raises(NoHistoryError):
        recollect(engine, NOON, after(1))
