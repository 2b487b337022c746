"""What this program did itself is named as the cause, of what it brought about and of no more."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.history.delta import fold
from recorder.model import Action, Event, Kind, Service, ServiceState

from .made import ANSWERS, KILLED, REFUSES, RUNNING, UPDATED, at, event, named, of, snapshot

BY = "by `media.stack.restart`"
ABOUT = "--host alpha --service radarr"


def action(begin: float = 0, end: float | None = 1, arguments: str = ABOUT) -> Action:
    """A restart, by the minutes after noon at which it began and ended."""
    ended = None if end is None else at(end)
    code = None if end is None else 0
    return Action("media.stack.restart", arguments, "ann", at(begin), ended, code)


def started(minutes: float, **more: object) -> Service:
    """Radarr, started then."""
    return replace(RUNNING, started_at=at(minutes), **more)


def service(minutes: float, now: str, detail: str, severity: str = "info") -> Event:
    """What is told of radarr, that ran before."""
    return event(minutes, Kind.SERVICE, ("running", now), detail, severity)


def test_a_restart_is_told_as_brought_about() -> None:
    """Whenever it was seen: what counts is when its engine says it was."""
    for seen in (1, 5, 600):
        told = fold([of(seen, RUNNING, started(0.5))], actions=[action()])
        assert told == (service(seen, "restarted", BY),)


@pytest.mark.parametrize(
    ("arguments", "begin", "own"),
    [
        ("--host alpha --service sonarr", 0, 0.5),
        ("--host beta --service radarr", 0, 0.5),
        ("--service radarr", 0, 0.5),
        ("--host 'alpha --service radarr", 0, 0.5),
        (ABOUT, 2, 0.5),
        (ABOUT, 0, 7),
    ],
    ids=["another service", "another host", "no host", "not readable", "before it", "long after"],
)
def test_what_it_did_not_bring_about_is_told_as_ever(
    arguments: str, begin: float, own: float
) -> None:
    """Another service, another host, another time."""
    changed = [of(10, RUNNING, started(own))]
    assert fold(changed, actions=[action(begin, begin + 1, arguments)]) == fold(changed)


def test_a_host_alone_means_all_its_services() -> None:
    """Where no service is named."""
    told = fold([of(5, RUNNING, started(0.5))], actions=[action(arguments="--host alpha")])
    assert told == (service(5, "restarted", BY),)


def test_an_outage_seen_meanwhile_is_no_outage_of_its_own() -> None:
    """A look that saw it stopped, and one that saw it back: one restart."""
    stopped = replace(KILLED, exit_code=0, finished_at=at(0.4))
    told = fold([of(0.5, RUNNING, stopped), of(5, stopped, started(0.6))], actions=[action()])
    [one] = told
    assert (one.now, one.detail, one.severity) == ("restarted", BY, "info")
    assert [it.now for it in one.consequences] == ["running"]


def test_one_that_did_not_come_back_is_bad() -> None:
    """It is told by how it is now, and after what."""
    dead = replace(KILLED, exit_code=1, finished_at=at(0.6))
    assert fold([of(5, RUNNING, dead)], actions=[action()]) == (
        service(5, "exited (1)", "after `media.stack.restart`", "bad"),
    )


def test_a_new_image_stays_one() -> None:
    """A restart that brought an update is told as the update, and by what."""
    told = fold([of(5, RUNNING, UPDATED)], actions=[action()])
    assert told[0].now == "updated"
    assert told[0].detail is not None
    assert told[0].detail.endswith(BY)


def test_one_made_anew_is_told_so() -> None:
    """Taken down and up again."""
    anew = started(0.5, created_at=at(0.5))
    assert fold([of(5, RUNNING, anew)], actions=[action()]) == (service(5, "recreated", BY),)


def test_an_endpoint_that_failed_meanwhile_stands_under_it() -> None:
    """It hangs on its service."""
    changed = [of(1, ANSWERS, REFUSES), of(1, RUNNING, started(0.5)), of(5, REFUSES, ANSWERS)]
    [one] = fold(changed, actions=[action()])
    assert (one.kind, one.now, one.detail) == (Kind.SERVICE, "restarted", BY)
    assert {it.kind for it in one.consequences} == {Kind.ENDPOINT}


def test_an_action_that_was_killed_says_so() -> None:
    """It is the cause all the same."""
    told = fold([of(5, RUNNING, started(0.5))], actions=[action(end=None)])
    assert told == (service(5, "restarted", f"{BY}, which did not end"),)


def test_an_action_that_is_under_way_is_not_called_unended() -> None:
    """A look in the middle of it says by what, and no more."""
    changed = [of(5, RUNNING, started(0.5))]
    under_way = fold(changed, snapshot(6), [action(end=None)])
    assert under_way == (service(5, "restarted", BY),)
    assert fold(changed, snapshot(60), [action(end=None)])[0].detail == f"{BY}, which did not end"


def test_the_latest_of_two_is_the_cause() -> None:
    """Both could have been."""
    other = replace(action(1, 2), capability="media.backup.create")
    [one] = fold([of(5, RUNNING, started(1.5))], actions=[action(), other])
    assert one.detail == "by `media.backup.create`"


def test_what_fell_by_itself_before_is_not_its_doing() -> None:
    """A restart that mended an outage did not bring it about."""
    dead = replace(KILLED, finished_at=at(-20))
    [one] = fold([of(-15, RUNNING, dead), of(5, dead, started(0.5))], actions=[action()])
    assert (one.now, one.detail) == ("exited (137)", None)


@given(
    st.lists(st.tuples(st.integers(-30, 90), st.sampled_from(["radarr", "sonarr"]), st.booleans())),
    st.lists(st.tuples(st.integers(-30, 90), st.integers(0, 20)), max_size=3),
)
def test_nothing_is_lost_or_told_twice(
    changes: list[tuple[int, str, bool]], acts: list[tuple[int, int]]
) -> None:
    """With actions or without, every change stands in exactly one place."""
    done = [action(begin, begin + length, "--host alpha") for begin, length in acts]
    last = {name: named(RUNNING, name) for name in ("radarr", "sonarr")}
    changed = []
    for minutes, name, ends in sorted(set(changes)):
        state = ServiceState.EXITED if ends else ServiceState.RUNNING
        now = replace(
            last[name],
            state=state,
            exit_code=1 if ends else None,
            started_at=last[name].started_at if ends else at(minutes),
            finished_at=at(minutes) if ends else None,
        )
        changed.append(of(minutes, last[name], now, name))
        last[name] = now

    def places(events: tuple[Event, ...]) -> list[tuple[object, ...]]:
        every = [it for one in events for it in (one, *one.consequences)]
        return sorted((it.at, it.name) for it in every)

    assert places(fold(changed, actions=done)) == places(fold(changed))
