"""Space day by day, from what is rolled up and what is not yet."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from recorder.model import Daily, Kind, MountState, Snapshot, SpaceDays, VolumeState
from recorder.store.connection import History
from recorder.store.daily import DAYS, space_by_day
from recorder.store.engine import opened
from recorder.store.record import record
from recorder.store.retention import tidy
from store.stacks import GIGA, NOON, after, look, mount, up, volume

DAY = 24 * 60
FIRST = date(2026, 2, 16)
TOTAL = 1000 * GIGA


def space(free: int) -> dict[str, int]:
    return {"free_bytes": free * GIGA, "total_bytes": TOTAL}


def filling(minute: int, free: int) -> Snapshot:
    return look(minute, volumes=(volume(**space(free)),), mounts=(mount(**space(free)),))


def days(*free: int) -> tuple[Daily, ...]:
    return tuple(Daily(FIRST + timedelta(days=n), it * GIGA, TOTAL) for n, it in enumerate(free))


def test_each_day_is_as_its_last_look_saw_it(engine: History) -> None:
    """Rolled up or not: the newest of each day, and today's until the time asked for."""
    for minute, free in ((0, 90), (60, 89), (DAY, 80), (DAY + 60, 79), (2 * DAY, 70)):
        record(engine, filling(minute, free))
    unrolled = space_by_day(engine, after(2 * DAY), 90)
    tidy(engine)
    assert unrolled == space_by_day(engine, after(2 * DAY), 90)
    assert unrolled == (SpaceDays(Kind.VOLUME, "vm", "pve:/media", "pve:/media", days(89, 79, 70)),)
    (two,) = space_by_day(engine, after(2 * DAY), 2)
    (before,) = space_by_day(engine, after(DAY + 30), 90)
    assert (two.days, before.days[-1]) == (days(89, 79, 70)[1:], days(89, 80)[-1])


def test_a_mount_says_what_is_mounted_there(engine: History) -> None:
    """Volume and mount of one source can be told to be one, also while they can't be seen."""
    record(engine, filling(0, 90))
    hung = replace(volume(), state=VolumeState.UNKNOWN, free_bytes=None, total_bytes=None)
    record(engine, look(5, volumes=(hung,), mounts=(mount(**space(88)),)))
    found = space_by_day(engine, after(5), 90, kinds=(Kind.VOLUME, Kind.MOUNT))
    assert found == (
        SpaceDays(Kind.VOLUME, "vm", "pve:/media", "pve:/media", days(90)),
        SpaceDays(Kind.MOUNT, "vm", "/mnt/media", "pve:/media", days(88)),
    )


def test_a_server_by_another_name_is_the_same_source(engine: History) -> None:
    """What is mounted as declared goes by that name; what is mounted wrong, by its own."""
    mounts = (
        mount(source="192.0.2.2:/media"),
        mount("vm2", source="other:/wrong", state=MountState.WRONG_SOURCE),
    )
    record(engine, look(0, hosts=(up(), up("vm2")), volumes=(), mounts=mounts))
    found = space_by_day(engine, NOON, 90, kinds=(Kind.MOUNT,))
    assert [it.source for it in found] == ["pve:/media", "other:/wrong"]


def test_the_days_are_asked_for_by_index(path: Path) -> None:
    """However long the history is: no table of numbers is read from end to end."""
    with opened(path) as engine, engine.reading() as db:
        names = ("volume", "mount", "rolled", "since", "latest", "today", "until")
        plan = db.rows(f"EXPLAIN QUERY PLAN {DAYS}", dict.fromkeys(names, 0))
        steps = [row.detail for row in plan]
    assert [step for step in steps if re.search(r"SEARCH (day|whole|sample) ", step)] != []
    numbers = r"SCAN (day|whole|sample|mount_span|volume_span|free|total)\b"
    assert [step for step in steps if re.search(numbers, step)] == []


def test_a_days_total_is_its_own(engine: History) -> None:
    """A disk that was added later does not make the days before it larger."""
    record(engine, filling(0, 90))
    larger = volume(free_bytes=90 * GIGA, total_bytes=2 * TOTAL)
    for minute in (DAY, 2 * DAY):
        record(engine, look(minute, volumes=(larger,)))
        tidy(engine)
    (found,) = space_by_day(engine, after(2 * DAY), 90)
    assert [it.total_bytes for it in found.days] == [TOTAL, 2 * TOTAL, 2 * TOTAL]


def test_what_is_watched_no_more_has_no_days(engine: History) -> None:
    """A retired volume, and one whose space was never seen, are not there."""
    record(engine, filling(0, 90))
    record(engine, look(5, hosts=(up(),), volumes=(), mounts=()))
    assert space_by_day(engine, after(5), 90) == ()
    assert space_by_day(engine, NOON - timedelta(days=9), 90) == ()
