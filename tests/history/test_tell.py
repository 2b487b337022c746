"""One transition in words, for every kind of thing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from recorder.history.delta import fold
from recorder.history.reasons import REASONS
from recorder.model import (
    Declared,
    Event,
    Health,
    HostState,
    ImportCount,
    ImportState,
    Kind,
    MountState,
    Reason,
    ServiceState,
    Thing,
    Transition,
)

from .made import (
    ANOTHER_BOOT,
    ANSWERS,
    DOWN,
    HUNG,
    KILLED,
    MISSING,
    MOUNTED,
    NO_ENGINE,
    NO_SPACE_TOLD,
    NOON,
    REFUSES,
    RUNNING,
    STARTED,
    UNREADABLE,
    UNSEEN,
    UP,
    UPDATED,
    VOLUME,
    event,
    of,
)

HOST, SERVICE, ENDPOINT, MOUNT, VOLUME_KIND = (
    Kind.HOST,
    Kind.SERVICE,
    Kind.ENDPOINT,
    Kind.MOUNT,
    Kind.VOLUME,
)
HEALTHY = replace(RUNNING, health=Health.HEALTHY)
UNHEALTHY = replace(RUNNING, health=Health.UNHEALTHY)
LOOPING = replace(RUNNING, state=ServiceState.RESTARTING, exit_code=1, restart_count=5)
PARKED = replace(KILLED, declared=Declared.PARKED, exit_code=0)
FOUND = replace(RUNNING, declared=Declared.UNDECLARED)
BAD_STATUS = replace(REFUSES, reason=Reason.HTTP_STATUS, http_status=502)

ROWS: dict[str, tuple[Thing | None, Thing | None, Event]] = {
    "a host goes": (UP, DOWN, event(0, HOST, ("up", "down"), "timed out after 5 s", "bad")),
    "a host comes back": (DOWN, UP, event(0, HOST, ("down", "up"), None, "good")),
    "a host comes back, booted anew": (
        replace(DOWN, boot_id="one"),
        ANOTHER_BOOT,
        event(0, HOST, ("down", "up"), "rebooted", "good"),
    ),
    "a host reboots between two looks": (UP, ANOTHER_BOOT, event(0, HOST, ("up", "rebooted"))),
    "a host is down for another reason": (
        DOWN,
        replace(DOWN, reason=Reason.REFUSED, detail=None),
        event(0, HOST, ("down", "down"), "connection refused", "bad"),
    ),
    "an engine stops": (
        UP,
        UNREADABLE,
        event(0, HOST, ("up", "engine unreadable"), "the container engine is down", "bad"),
    ),
    "an engine is back": (
        UNREADABLE,
        UP,
        event(0, HOST, ("engine unreadable", "engine readable"), None, "good"),
    ),
    "an engine is removed": (
        UP,
        NO_ENGINE,
        event(0, HOST, ("up", "without its container engine"), None, "bad"),
    ),
    "an engine is installed": (NO_ENGINE, UP, event(0, HOST, ("up", "engine readable"))),
    "a host without an engine comes back": (
        DOWN,
        NO_ENGINE,
        event(0, HOST, ("down", "up"), None, "good"),
    ),
    "a host comes back without its engine": (
        DOWN,
        UNREADABLE,
        event(0, HOST, ("down", "engine unreadable"), "the container engine is down", "bad"),
    ),
    "a host is new": (None, UP, event(0, HOST, (None, "up"))),
    "a host is gone": (UP, None, event(0, HOST, ("up", None))),
    "a service is killed": (
        RUNNING,
        KILLED,
        event(0, SERVICE, ("running", "exited (137)"), None, "bad"),
    ),
    "a service runs out of memory": (
        RUNNING,
        replace(KILLED, oom_killed=True),
        event(0, SERVICE, ("running", "exited (137)"), "out of memory", "bad"),
    ),
    "a process in a service runs out of memory": (
        RUNNING,
        replace(RUNNING, oom_killed=True),
        event(0, SERVICE, ("running", "out of memory"), "still running", "bad"),
    ),
    "a service cannot start": (
        RUNNING,
        replace(KILLED, exit_code=128, error="no such device"),
        event(0, SERVICE, ("running", "exited (128)"), "no such device", "bad"),
    ),
    "a service gives up after some restarts": (
        RUNNING,
        replace(KILLED, exit_code=1, restart_count=3),
        event(0, SERVICE, ("running", "exited (1)"), "after 3 restarts", "bad"),
    ),
    "a service runs again": (
        KILLED,
        STARTED,
        event(0, SERVICE, ("exited (137)", "running"), None, "good"),
    ),
    "a service is paused": (
        RUNNING,
        replace(RUNNING, state=ServiceState.PAUSED),
        event(0, SERVICE, ("running", "paused"), None, "bad"),
    ),
    "a service is removed": (
        RUNNING,
        MISSING,
        event(0, SERVICE, ("running", "missing"), None, "bad"),
    ),
    "a service is restarted by a person": (
        RUNNING,
        STARTED,
        event(0, SERVICE, ("running", "restarted"), "running again"),
    ),
    "a service is restarted in the second it had started": (
        STARTED,
        replace(STARTED, finished_at=NOON),
        event(0, SERVICE, ("running", "restarted"), "running again"),
    ),
    "a service that was restarted before is so again, in a second": (
        replace(STARTED, finished_at=NOON - timedelta(days=1)),
        replace(STARTED, finished_at=NOON),
        event(0, SERVICE, ("running", "restarted"), "running again"),
    ),
    "a service is restarted by its engine": (
        RUNNING,
        replace(STARTED, restart_count=2),
        event(0, SERVICE, ("running", "restarted twice"), "running again"),
    ),
    "a restart by a person sets the engine's count back": (
        replace(RUNNING, restart_count=7),
        replace(STARTED, restart_count=2),
        event(0, SERVICE, ("running", "restarted 3 times"), "running again"),
    ),
    "a service loops": (
        RUNNING,
        LOOPING,
        event(0, SERVICE, ("running", "restarting (1)"), "after 5 restarts", "bad"),
    ),
    "a service is made anew": (
        RUNNING,
        replace(STARTED, created_at=NOON),
        event(0, SERVICE, ("running", "recreated")),
    ),
    "a service is updated": (
        RUNNING,
        UPDATED,
        event(0, SERVICE, ("running", "updated"), "5.2.0 → 5.10.0"),
    ),
    "a service is rolled back": (
        replace(UPDATED, created_at=RUNNING.created_at),
        replace(RUNNING, created_at=NOON),
        event(0, SERVICE, ("running", "rolled back"), "5.10.0 → 5.2.0"),
    ),
    "an update without versions names tags": (
        replace(RUNNING, image="reg:5000/radarr:5.2", image_version=None),
        replace(UPDATED, image="reg:5000/radarr:5.3", image_version=None),
        event(0, SERVICE, ("running", "updated"), "5.2 → 5.3"),
    ),
    "an update of a tag names ids": (
        replace(RUNNING, image_version=None),
        replace(UPDATED, image_version=None),
        event(0, SERVICE, ("running", "updated"), "aaaaaaaaaaaa → bbbbbbbbbbbb"),
    ),
    "an update that ends badly": (
        RUNNING,
        replace(UPDATED, state=ServiceState.EXITED, exit_code=1),
        event(
            0,
            SERVICE,
            ("running", "exited (1)"),
            "updated 5.2.0 → 5.10.0",
            "bad",
        ),
    ),
    "a service is unhealthy": (
        HEALTHY,
        UNHEALTHY,
        event(0, SERVICE, ("running", "unhealthy"), None, "bad"),
    ),
    "a service is healthy again": (
        UNHEALTHY,
        HEALTHY,
        event(0, SERVICE, ("unhealthy", "healthy"), None, "good"),
    ),
    "a parked service starts": (
        PARKED,
        replace(STARTED, declared=Declared.PARKED),
        event(0, SERVICE, ("exited (0)", "running"), "though parked"),
    ),
    "a parked service is stopped": (
        replace(RUNNING, declared=Declared.PARKED),
        PARKED,
        event(0, SERVICE, ("running", "exited (0)")),
    ),
    "an undeclared container is new": (
        None,
        FOUND,
        event(0, SERVICE, (None, "running"), "undeclared"),
    ),
    "an undeclared container is gone": (
        FOUND,
        None,
        event(0, SERVICE, ("running", None), "undeclared"),
    ),
    "a newly declared service is missing": (
        None,
        MISSING,
        event(0, SERVICE, (None, "missing"), None, "bad"),
    ),
    "an endpoint fails": (
        ANSWERS,
        REFUSES,
        event(0, ENDPOINT, ("ok", "failed"), "connection refused", "bad"),
    ),
    "an endpoint fails with a status": (
        ANSWERS,
        BAD_STATUS,
        event(0, ENDPOINT, ("ok", "failed (502)"), None, "bad"),
    ),
    "an endpoint answers again": (
        BAD_STATUS,
        ANSWERS,
        event(0, ENDPOINT, ("failed (502)", "ok"), None, "good"),
    ),
    "a mount hangs": (
        MOUNTED,
        HUNG,
        event(0, MOUNT, ("ok", "hung"), "no answer within 3 s", "bad"),
    ),
    "a mount is back": (HUNG, MOUNTED, event(0, MOUNT, ("hung", "ok"), None, "good")),
    "a mount is slow": (
        MOUNTED,
        replace(MOUNTED, state=MountState.SLOW),
        event(0, MOUNT, ("ok", "slow")),
    ),
    "a mount is not there": (
        MOUNTED,
        replace(MOUNTED, state=MountState.MISSING, source=None),
        event(0, MOUNT, ("ok", "not mounted"), None, "bad"),
    ),
    "a mount is another": (
        MOUNTED,
        replace(MOUNTED, state=MountState.WRONG_SOURCE, source="pve:/old"),
        event(0, MOUNT, ("ok", "wrong source"), "pve:/media → pve:/old", "bad"),
    ),
    "a volume is new": (None, VOLUME, event(0, VOLUME_KIND, (None, "ok"))),
}


@pytest.mark.parametrize(("was", "now", "told"), ROWS.values(), ids=ROWS)
def test_a_transition_is_told(was: Thing | None, now: Thing | None, told: Event) -> None:
    """What a person reads of one change: states in a word or two, and why."""
    assert fold([of(0, was, now)]) == (told,)


SILENT: dict[str, tuple[Thing, Thing]] = {
    "unknown": (RUNNING, UNSEEN),
    "known again": (UNSEEN, RUNNING),
    "a host not asked": (UP, replace(UP, state=HostState.UNKNOWN)),
    "a volume's space": (VOLUME, NO_SPACE_TOLD),
    "a health check that begins": (replace(RUNNING, health=Health.STARTING), HEALTHY),
    "another address": (UP, replace(UP, address="198.51.100.9")),
    "a host is silent still, in the network's other words": (
        DOWN,
        replace(DOWN, reason=Reason.NO_ROUTE, detail=None),
    ),
    "a boot id not known before": (replace(UP, boot_id=None), UP),
    "another category": (RUNNING, replace(RUNNING, category="media")),
    "an end told later": (KILLED, replace(KILLED, finished_at=NOON)),
    "the same start, told to the second": (
        replace(RUNNING, started_at=NOON),
        replace(RUNNING, started_at=NOON + timedelta(microseconds=7)),
    ),
    "a reason in other words": (DOWN, replace(DOWN, detail="timed out after 5.1 s")),
}


@pytest.mark.parametrize(("was", "now"), SILENT.values(), ids=SILENT)
def test_what_says_nothing_is_no_event(was: Thing, now: Thing) -> None:
    """What merely could not be seen, and what no person asks about, is not told."""
    assert fold([of(0, was, now)]) == ()


def test_a_count_of_imports_is_no_event() -> None:
    """Imports are counted; whether they could be is said where they stand."""
    known = ImportCount("radarr", "movie", ImportState.OK, 2)
    unknown = replace(known, state=ImportState.UNKNOWN, reason=Reason.NO_KEY)
    assert fold([Transition(NOON, Kind.IMPORT, "", "radarr", known, unknown)]) == ()


def test_every_reason_has_words() -> None:
    """No reason of the model reaches a person as an identifier."""
    assert set(REASONS) == set(Reason)
