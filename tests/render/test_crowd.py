"""A screen of many hosts: what is wrong is told, what is well is counted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from recorder.model import (
    Event,
    Host,
    HostState,
    Kind,
    Mount,
    MountState,
    Reason,
    Service,
    ServiceState,
    Snapshot,
    Volume,
    VolumeState,
)
from recorder.render.crowd import MOST_HOSTS, MOST_LINES
from recorder.render.event_words import lines
from recorder.render.status import dashboard

from .examples import DOCKER, HEALTHY, NOW, TERA, TZ, running
from .screens import drawn

HOSTS = 40


def _host(number: int, **more: object) -> Host:
    it = Host(f"vm-{number:02}", HostState.UP, address=f"192.0.2.{number}", engine=DOCKER)
    return replace(it, uptime_sec=7200, **more)  # type: ignore[arg-type]


def _fleet(count: int = HOSTS, down: frozenset[int] = frozenset(), **services: object) -> Snapshot:
    """A service and a mount a host; `down` are away; `services` is what ails vm-07's."""
    away = {"state": HostState.DOWN, "reason": Reason.TIMEOUT, "detail": "timed out after 5 s"}
    numbers = range(count)
    return replace(
        HEALTHY,
        hosts=tuple(_host(number, **(away if number in down else {})) for number in numbers),
        services=tuple(
            _unseen(number)
            if number in down
            else running(f"app-{number:02}", f"vm-{number:02}", "apps", **services)
            if number == 7
            else running(f"app-{number:02}", f"vm-{number:02}", "apps")
            for number in numbers
        ),
        mounts=tuple(
            Mount(f"vm-{number:02}", "/mnt/media", MountState.UNKNOWN, reason=Reason.HOST_DOWN)
            if number in down
            else Mount(f"vm-{number:02}", "/mnt/media", MountState.OK, free_bytes=TERA)
            for number in numbers
        ),
        volumes=tuple(_volume(number) for number in numbers if number not in down),
        imports=(),
    )


def _volume(number: int) -> Volume:
    it = Volume(f"pool-{number}", f"vm-{number:02}", "/", VolumeState.OK)
    return replace(it, free_bytes=TERA, total_bytes=2 * TERA)


def _unseen(number: int) -> Service:
    it = running(f"app-{number:02}", f"vm-{number:02}", "apps", state=ServiceState.UNKNOWN)
    return replace(it, reason=Reason.HOST_DOWN, health=None, started_at=None)


def _shown(snapshot: Snapshot, *, everything: bool = False) -> list[str]:
    text = drawn(dashboard(snapshot, tz=TZ, everything=everything))
    return [line.strip("│ ").rstrip() for line in text.splitlines()]


def test_a_crowd_that_is_well_is_counted() -> None:
    """Forty hosts are a handful of lines, none of them a host's."""
    shown = _shown(_fleet())
    assert [line for line in shown if "vm-" in line] == []
    assert "✓ all 40 hosts up   each: --all, one: --host NAME" in shown
    assert "40 hosts up:  40 total | 40 running | 0 exited | 0 error" in shown
    assert "✓ 40 OK" in shown
    assert "40 volumes, the fullest 50% used: pool-0" in shown
    assert shown[-1] == "✓ ALL WELL"


def test_what_is_wrong_in_a_crowd_is_told() -> None:
    """Its host by name, what ails it, and nothing of the hosts that are well."""
    shown = _shown(_fleet(state=ServiceState.EXITED, exit_code=137))
    assert "vm-07:    1 total | 0 running | 1 exited | 0 error" in shown
    assert "✗ app-07  exited (137)" in shown
    assert "apps: 40 (app-07 ✗)" in shown
    assert {name for line in shown for name in line.split() if name.startswith("vm-")} == {"vm-07:"}


def test_hosts_that_went_alike_share_a_line() -> None:
    """A switch that died is one cause; each host it took is named."""
    shown = _shown(_fleet(down=frozenset(range(10, 20))))
    assert shown[2:4] == [
        "10 hosts   ✗ DOWN  timed out after 5 s: vm-10, vm-11, vm-12, vm-13, vm-14,",
        "vm-15, vm-16, vm-17, vm-18, vm-19",
    ]
    assert "10 hosts down:  10 total | 0 running | 0 exited | 0 error | 10 unknown" in shown
    assert "✓ 30 OK | ? 10 unknown" in shown


def test_two_hosts_that_went_have_a_line_each() -> None:
    """Few enough to be read one by one."""
    shown = _shown(_fleet(down=frozenset({3, 4})))
    assert [line for line in shown if "✗ DOWN" in line] == [
        "vm-03   ✗ DOWN  timed out after 5 s",
        "vm-04   ✗ DOWN  timed out after 5 s",
    ]


def test_a_box_of_a_crowd_ends() -> None:
    """However much is wrong: the rest is counted, and how to see it is said."""
    fleet = _fleet(3 * MOST_LINES)
    down = [
        replace(it, state=HostState.DOWN, reason=Reason.REFUSED, detail=f"refused by {it.name}")
        for it in fleet.hosts
    ]
    shown = _shown(replace(fleet, hosts=tuple(down)))
    assert len([line for line in shown if "✗ DOWN" in line]) == MOST_LINES
    assert f"and {2 * MOST_LINES} hosts more: --all" in shown


def test_all_shows_each_host() -> None:
    """`everything`: forty hosts, forty lines in each box."""
    shown = _shown(_fleet(), everything=True)
    assert len([line for line in shown if "✓ UP" in line]) == HOSTS
    assert len([line for line in shown if "1 total" in line]) == HOSTS


@pytest.mark.parametrize("count", [1, MOST_HOSTS])
def test_few_hosts_are_each_shown(count: int) -> None:
    """A home's stack looks as it always did."""
    assert _shown(_fleet(count)) == _shown(_fleet(count), everything=True)


def _gone(number: int, **more: object) -> Event:
    lost = Event(NOW, Kind.SERVICE, f"vm-{number}", "app", "running", "no longer seen")
    it = Event(NOW, Kind.HOST, f"vm-{number}", f"vm-{number}", "up", "down", "timed out", "bad")
    return replace(it, consequences=(lost,), **more)  # type: ignore[arg-type]


def test_hosts_that_went_together_are_one_change() -> None:
    """Fifty hosts gone at once are a line, with what they took; another time is another line."""
    later = _gone(99, at=NOW + timedelta(minutes=1))
    told = lines([later, *(_gone(number) for number in range(50))], lambda at: f"{at:%H:%M}")
    assert [(line.text, line.under) for line in told] == [
        ("vm-99 down: timed out", "app no longer seen"),
        (
            "50 hosts down: timed out",
            "vm-0, vm-1, vm-2, vm-3, vm-4, vm-5, and 44 more; 50 services no longer seen",
        ),
    ]
