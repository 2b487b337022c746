"""Events fold under what caused them."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from recorder.history.delta import fold
from recorder.model import Event, Health, Kind, ServiceState, Transition

from .made import (
    ANOTHER_BOOT,
    ANSWERS,
    DOWN,
    HUNG,
    KILLED,
    MISSING,
    MOUNTED,
    NO_SPACE_TOLD,
    REFUSES,
    RUNNING,
    STARTED,
    UNREADABLE,
    UNSEEN,
    UP,
    UPDATED,
    VOLUME,
    at,
    event,
    named,
    of,
    snapshot,
)

HOST, SERVICE, ENDPOINT, MOUNT = Kind.HOST, Kind.SERVICE, Kind.ENDPOINT, Kind.MOUNT
WENT = ("timed out after 5 s", "bad")
SEEN = snapshot(services=(UNSEEN,), mounts=(MOUNTED,))


def again(minutes: float, restarts: int = 1, before: int = 0) -> Transition:
    was = replace(RUNNING, restart_count=before, started_at=at(minutes - 1))
    return of(minutes, was, replace(was, restart_count=before + restarts, started_at=at(minutes)))


ROWS: dict[str, tuple[Sequence[Transition], tuple[Event, ...]]] = {
    "a host takes what changed with it": (
        [of(5, UP, DOWN), of(5, RUNNING, UNSEEN), of(5, MOUNTED, HUNG)],
        (
            event(
                5,
                HOST,
                ("up", "down"),
                *WENT,
                (
                    event(5, SERVICE, ("running", "unknown")),
                    event(5, MOUNT, ("ok", "hung"), "no answer within 3 s", "bad"),
                ),
            ),
        ),
    ),
    "a host on its way down ends its services first": (
        [of(4, RUNNING, KILLED), of(5, UP, DOWN)],
        (
            event(
                5,
                HOST,
                ("up", "down"),
                *WENT,
                (event(4, SERVICE, ("running", "exited (137)"), None, "bad"),),
            ),
        ),
    ),
    "a host that came back soon is one event, with what came back": (
        [
            of(5, UP, DOWN),
            of(15, DOWN, ANOTHER_BOOT),
            of(15, RUNNING, STARTED),
            of(17, REFUSES, ANSWERS),
        ],
        (
            event(
                5,
                HOST,
                ("up", "down"),
                *WENT,
                (
                    event(15, HOST, ("down", "up"), "rebooted", "good"),
                    event(15, SERVICE, ("running", "restarted"), "running again"),
                    event(17, ENDPOINT, ("failed", "ok"), None, "good"),
                ),
            ),
        ),
    ),
    "a host that came back much later is another event": (
        [of(5, UP, DOWN), of(105, DOWN, UP)],
        (
            event(105, HOST, ("down", "up"), None, "good"),
            event(5, HOST, ("up", "down"), *WENT),
        ),
    ),
    "a reboot folds the restarts, and names what did not come back": (
        [
            of(5, UP, ANOTHER_BOOT),
            of(5, RUNNING, STARTED),
            of(5, named(RUNNING, "sonarr"), named(KILLED, "sonarr")),
        ],
        (
            event(
                5,
                HOST,
                ("up", "rebooted"),
                None,
                "info",
                (
                    event(5, SERVICE, ("running", "restarted"), "running again"),
                    event(5, SERVICE, ("running", "exited (137)"), None, "bad", name="sonarr"),
                ),
            ),
        ),
    ),
    "what fell by itself heals by itself": (
        [of(2, RUNNING, KILLED), of(5, UP, ANOTHER_BOOT), of(5, KILLED, STARTED)],
        (
            event(5, HOST, ("up", "rebooted")),
            event(
                2,
                SERVICE,
                ("running", "exited (137)"),
                None,
                "bad",
                (event(5, SERVICE, ("exited (137)", "running"), None, "good"),),
            ),
        ),
    ),
    "an engine hides its services, not its mounts": (
        [of(5, UP, UNREADABLE), of(5, RUNNING, UNSEEN), of(5, MOUNTED, HUNG)],
        (
            event(
                5,
                HOST,
                ("up", "engine unreadable"),
                "the container engine is down",
                "bad",
                (event(5, SERVICE, ("running", "unknown")),),
            ),
            event(5, MOUNT, ("ok", "hung"), "no answer within 3 s", "bad"),
        ),
    ),
    "a host that goes while its engine is unreadable takes its mounts": (
        [of(5, UNREADABLE, DOWN), of(5, MOUNTED, HUNG)],
        (
            event(
                5,
                HOST,
                ("engine unreadable", "down"),
                *WENT,
                (event(5, MOUNT, ("ok", "hung"), "no answer within 3 s", "bad"),),
            ),
        ),
    ),
    "what healed soon is told with its fall": (
        [of(20, RUNNING, KILLED), of(25, KILLED, STARTED)],
        (
            event(
                20,
                SERVICE,
                ("running", "exited (137)"),
                None,
                "bad",
                (event(25, SERVICE, ("exited (137)", "running"), None, "good"),),
            ),
        ),
    ),
    "what healed much later is told apart": (
        [of(20, RUNNING, KILLED), of(125, KILLED, STARTED)],
        (
            event(125, SERVICE, ("exited (137)", "running"), None, "good"),
            event(20, SERVICE, ("running", "exited (137)"), None, "bad"),
        ),
    ),
    "restarts in a row are one event with their number": (
        [again(5, 1), again(10, 2, 1), again(15, 4, 3)],
        (
            event(
                5,
                SERVICE,
                ("running", "restarted 7 times"),
                "running again",
                "bad",
                (
                    event(10, SERVICE, ("running", "restarted twice"), "running again"),
                    event(15, SERVICE, ("running", "restarted 4 times"), "running again"),
                ),
            ),
        ),
    ),
    "an update folds the removal and the restart it brings": (
        [
            of(0, RUNNING, MISSING),
            of(1, MISSING, UPDATED),
            of(3, UPDATED, replace(UPDATED, restart_count=1)),
        ],
        (
            event(
                1,
                SERVICE,
                ("missing", "updated"),
                "5.2.0 → 5.10.0, running again",
                "good",
                (
                    event(0, SERVICE, ("running", "missing"), None, "bad"),
                    event(3, SERVICE, ("running", "restarted"), "running again"),
                ),
            ),
        ),
    ),
    "an update after which it fails is bad": (
        [of(0, RUNNING, UPDATED), of(2, UPDATED, replace(UPDATED, health=Health.UNHEALTHY))],
        (
            event(
                0,
                SERVICE,
                ("running", "updated"),
                "5.2.0 → 5.10.0",
                "bad",
                (event(2, SERVICE, ("running", "unhealthy"), None, "bad"),),
            ),
        ),
    ),
    "a container that came back by its name is made anew": (
        [of(0, RUNNING, MISSING), of(1, MISSING, replace(STARTED, created_at=at(1)))],
        (
            event(
                0,
                SERVICE,
                ("running", "missing"),
                None,
                "bad",
                (event(1, SERVICE, ("missing", "running"), "recreated", "good"),),
            ),
        ),
    ),
    "an endpoint fails with its service": (
        [of(4, ANSWERS, REFUSES), of(5, RUNNING, KILLED)],
        (
            event(
                5,
                SERVICE,
                ("running", "exited (137)"),
                None,
                "bad",
                (event(4, ENDPOINT, ("ok", "failed"), "connection refused", "bad"),),
            ),
        ),
    ),
    "an endpoint that fails while its service runs stands for itself": (
        [of(5, RUNNING, STARTED), of(30, ANSWERS, REFUSES)],
        (
            event(30, ENDPOINT, ("ok", "failed"), "connection refused", "bad"),
            event(5, SERVICE, ("running", "restarted"), "running again"),
        ),
    ),
    "another service's endpoint stands for itself": (
        [of(5, RUNNING, KILLED), of(5, ANSWERS, REFUSES, "sonarr")],
        (
            event(5, SERVICE, ("running", "exited (137)"), None, "bad"),
            event(5, ENDPOINT, ("ok", "failed"), "connection refused", "bad", name="sonarr"),
        ),
    ),
    "a volume on a mount that hangs is no event of its own": (
        [of(5, MOUNTED, HUNG), of(5, VOLUME, NO_SPACE_TOLD)],
        (event(5, MOUNT, ("ok", "hung"), "no answer within 3 s", "bad"),),
    ),
}


@pytest.mark.parametrize(("transitions", "events"), ROWS.values(), ids=ROWS)
def test_consequences_stand_under_their_cause(
    transitions: Sequence[Transition], events: tuple[Event, ...]
) -> None:
    """One cause is one event, newest first, with all it brought about, oldest first."""
    assert fold(transitions) == events


def test_the_picture_tells_what_a_host_hides() -> None:
    """No transition tells that a thing can't be seen any more; what lives on the host does."""
    went, back = event(5, HOST, ("up", "down"), *WENT), event(105, HOST, ("down", "up"))
    assert fold([of(5, UP, DOWN), of(105, DOWN, UP)], SEEN) == (
        replace(
            back,
            severity="good",
            consequences=(
                event(105, SERVICE, ("unknown", "seen again")),
                event(105, MOUNT, ("unknown", "seen again")),
            ),
        ),
        replace(
            went,
            consequences=(
                event(5, SERVICE, (None, "unknown")),
                event(5, MOUNT, (None, "unknown")),
            ),
        ),
    )


def test_a_crash_loop_is_one_event() -> None:
    """However often a look finds it up or down, a loop is one line with the number of restarts."""
    looping = replace(RUNNING, state=ServiceState.RESTARTING, exit_code=1)
    states = [
        replace(looping if number % 2 else RUNNING, restart_count=number, started_at=at(number))
        for number in range(40)
    ]
    (told,) = fold([of(number, was, now) for number, (was, now) in enumerate(pairwise(states), 1)])
    assert (told.now, told.detail) == ("restarted 39 times", "now restarting (1)")
    assert (told.at, told.severity, len(told.consequences)) == (at(1), "bad", 38)


def test_a_flapping_host_is_one_event() -> None:
    """A host that comes and goes is told once, with every time under it."""
    flaps = [of(number, *((UP, DOWN) if number % 2 else (DOWN, UP))) for number in range(1, 11)]
    (told,) = fold(flaps)
    assert [one.now for one in told.consequences] == ["up", "down"] * 4 + ["up"]


def test_nothing_changed() -> None:
    """No transitions, no events."""
    assert fold([]) == ()
