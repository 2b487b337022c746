"""What changed, in lines for a person and for cron."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from recorder.history.told import SEEN_AGAIN, UNSEEN
from recorder.model import Changes, Event, GateChange, GateState, Kind
from recorder.render.changes import box, lines
from recorder.render.units import moment, signed

from .examples import HEALTHY, HOSTILE_TEXTS, NOW, TZ
from .pasts import PAST, SINCE, full_of
from .screens import drawn

BAD = Event(NOW, Kind.SERVICE, "alpha", "radarr", "running", "exited (137)", severity="bad")
WELL = Event(NOW, Kind.SERVICE, "alpha", "radarr", "exited (137)", "running", severity="good")
LATER, LATEST = timedelta(minutes=5), timedelta(minutes=9)
FAILS = Event(NOW, Kind.ENDPOINT, "alpha", "radarr", "ok", "failed (502)", severity="bad")
HOST_WENT = Event(NOW, Kind.HOST, "alpha", "alpha", "up", "down", "timed out", "bad")


def hidden(kind: Kind, name: str, now: str = UNSEEN) -> Event:
    return Event(NOW, kind, "alpha", name, None, now)


ROWS = {
    "bad": (BAD, "✗ radarr on alpha exited (137), was running"),
    "with its cause": (
        replace(BAD, detail="out of memory"),
        "✗ radarr on alpha exited (137), out of memory, was running",
    ),
    "well again": (WELL, "✓ radarr on alpha running again, was exited (137)"),
    "first start": (
        replace(WELL, was="created"),
        "✓ radarr on alpha running, was created",
    ),
    "healed": (
        replace(BAD, consequences=(replace(WELL, at=NOW + LATER),)),
        "! radarr on alpha exited (137), running again 14:07",
    ),
    "worse": (
        replace(BAD, consequences=(replace(BAD, at=NOW + LATER, now="missing"),)),
        "✗ radarr on alpha exited (137), then missing 14:07",
    ),
    "twice": (
        replace(
            BAD,
            consequences=(replace(WELL, at=NOW + LATER), replace(BAD, at=NOW + LATEST)),
        ),
        "✗ radarr on alpha exited (137) twice, last 14:11",
    ),
    "restarted": (
        replace(BAD, now="restarted 3 times", detail="running again", severity="info"),
        "↻ radarr on alpha restarted 3 times, running again",
    ),
    "updated": (
        replace(BAD, now="updated", detail="1 → 2", severity="info"),
        "⬆ radarr on alpha updated 1 → 2",
    ),
    "rolled back": (
        replace(BAD, now="rolled back", detail="2 → 1", severity="info"),
        "⬇ radarr on alpha rolled back 2 → 1",
    ),
    "new": (
        replace(BAD, was=None, now="running", severity="info", detail="undeclared"),
        "· radarr on alpha new, running, undeclared",
    ),
    "gone": (replace(BAD, now=None, severity="info"), "· radarr on alpha gone"),
    "an endpoint": (FAILS, "✗ radarr on alpha endpoint failed (502)"),
    "an endpoint of what is down goes without saying": (
        replace(BAD, consequences=(FAILS,)),
        "✗ radarr on alpha exited (137), was running",
    ),
    "an endpoint that stays away is said": (
        replace(BAD, consequences=(FAILS, replace(WELL, at=NOW + LATER))),
        "! radarr on alpha exited (137), running again 14:07 (endpoint failed (502))",
    ),
    "a mount": (
        Event(NOW, Kind.MOUNT, "alpha", "/mnt/media", "ok", "hung", "no answer", "bad"),
        "✗ alpha:/mnt/media hung: no answer",
    ),
    "a host": (HOST_WENT, "✗ alpha down: timed out"),
    "a host and what it hides": (
        replace(
            HOST_WENT,
            consequences=(
                hidden(Kind.SERVICE, "a"),
                hidden(Kind.SERVICE, "b"),
                hidden(Kind.MOUNT, "/mnt"),
                FAILS,
            ),
        ),
        "✗ alpha down: timed out (2 services, 1 mount no longer seen)",
    ),
    "a host that is back, and what is not": (
        Event(
            NOW,
            Kind.HOST,
            "alpha",
            "alpha",
            "down",
            "up",
            "rebooted",
            "good",
            (
                hidden(Kind.SERVICE, "a", SEEN_AGAIN),
                replace(BAD, name="b"),
                replace(BAD, name="c"),
                FAILS,
            ),
        ),
        (
            "! alpha up again, rebooted"
            " (b, c exited (137); radarr endpoint failed (502); 1 service seen again)"
        ),
    ),
}


@pytest.mark.parametrize(("event", "line"), ROWS.values(), ids=ROWS)
def test_a_change_is_one_line(event: Event, line: str) -> None:
    """A mail or a log gets day, time, mark and what happened."""
    assert lines(Changes(SINCE, 2, (event,)), tz=TZ) == [f"2026-02-16 14:02 {line}"]


def test_nothing_changed_is_no_line() -> None:
    """Silence is what cron hears when nothing changed."""
    assert lines(Changes(SINCE, 2), tz=TZ) == []


def test_lines_in_ascii() -> None:
    """Where only ASCII can be shown, marks and arrows are ASCII too."""
    assert PAST.changes
    told = lines(PAST.changes, tz=TZ, ascii_only=True)
    assert all(line.isascii() for line in told)
    assert told[-1] == "2026-02-08 14:02 ^ lidarr on download-stack updated 2.9.6 -> 2.10.1"


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_a_line_is_one_line(text: str) -> None:
    """No text from a host breaks a line or reaches a terminal as an escape."""
    changes = full_of(text).changes
    assert changes
    assert all(line.isprintable() for line in lines(changes, tz=TZ))


def test_many_alike_are_one_line() -> None:
    """Three things of a host that changed alike at once are told together, two are not."""
    alike = [replace(BAD, name=name) for name in "abcdefgh"]
    assert len(lines(Changes(SINCE, 2, tuple(alike[:2])), tz=TZ)) == 2
    assert lines(Changes(SINCE, 2, tuple(alike)), tz=TZ) == [
        (
            "2026-02-16 14:02 ✗ 8 services of alpha exited (137), was running"
            " (a, b, c, d, e, f, and 2 more)"
        )
    ]


def test_a_name_on_two_hosts_is_told_with_its_host() -> None:
    """On the screen the host of a service is named where its name alone would not do."""
    there = replace(HEALTHY.services[0], host="streaming-stack")
    both = replace(HEALTHY, services=(*HEALTHY.services, there))
    changes = Changes(SINCE, 2, (replace(BAD, host="streaming-stack"),))
    assert "✗ radarr exited (137)" in drawn(box(changes, HEALTHY, TZ))
    assert "✗ radarr on streaming-stack exited (137)" in drawn(box(changes, both, TZ))


@pytest.mark.parametrize(
    ("since", "asked", "title"),
    [
        (SINCE, False, "CHANGES since you looked at 12:00 (2h 2m, 24 snapshots)"),
        (SINCE, True, "CHANGES since 12:00 (2h 2m, 24 snapshots)"),
        (NOW - timedelta(days=2), False, "CHANGES since you looked Sat 14:02 (2d, 24 snapshots)"),
        (None, False, "CHANGES"),
    ],
)
def test_the_title_says_since_when(since: datetime | None, title: str, *, asked: bool) -> None:
    """Since a person looked, or since the time asked for; nothing where nothing was recorded."""
    top = drawn(box(Changes(since, 24), HEALTHY, TZ, asked=asked)).splitlines()[0]
    assert top.strip("┌─┐ ") == title


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2026, 2, 16, 12, 55, tzinfo=UTC), "13:55"),
        (datetime(2026, 2, 15, 22, 59, tzinfo=UTC), "Sun 23:59"),
        (datetime(2026, 2, 10, 8, 0, tzinfo=UTC), "Tue 09:00"),
        (datetime(2026, 2, 9, 8, 0, tzinfo=UTC), "9 Feb 09:00"),
        (datetime(2025, 12, 31, 8, 0, tzinfo=UTC), "31 Dec 2025 09:00"),
        (datetime(2026, 2, 17, 8, 0, tzinfo=UTC), "17 Feb 09:00"),
    ],
)
def test_a_moment_is_as_short_as_is_clear(at: datetime, shown: str) -> None:
    """The time alone for today; a weekday's name stands for the last one of that name."""
    assert moment(at, NOW, TZ) == shown


def test_a_change_of_size_has_a_sign() -> None:
    """More and less are told apart at the first character."""
    assert (signed(1024), signed(-1024)) == ("+1K", "\u22121K")


def test_a_gate_that_fails_is_a_change_among_the_others() -> None:
    """In its place by time, with what it newly found; that it passes again is told too."""
    fails = GateChange(NOW, "D107", "mounts", None, GateState.FAIL, ("a: /x hung", "b", "c"))
    unknown = replace(fails, at=NOW - timedelta(minutes=9), now=GateState.UNKNOWN, findings=("b",))
    again = replace(fails, at=NOW - timedelta(minutes=10), now=GateState.WARN, findings=())
    changes = Changes(SINCE, 2, (BAD,), (fails, unknown, again))
    assert [line[17:] for line in lines(changes, tz=TZ)] == [
        "✗ gate D107 mounts fails (a: /x hung; b; and 1 more: ops verify D107)",
        *(line[17:] for line in lines(Changes(SINCE, 2, (BAD,)), tz=TZ)),
        "? gate D107 mounts can't be judged (b)",
        "✓ gate D107 mounts passes again",
    ]
    shown = drawn(box(changes, HEALTHY, TZ))
    assert "✗ gate D107 mounts fails" in shown
    assert "nothing changed" not in drawn(box(Changes(SINCE, 2, (), (again,)), HEALTHY, TZ))
