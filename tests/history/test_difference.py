"""What differs between two moments."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from recorder.history.difference import Difference, Side, Space, difference, narrowed
from recorder.history.net import Unseen, net
from recorder.history.told import Key
from recorder.model import Kind, Reason, Snapshot

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
    snapshot,
)

FULL = replace(VOLUME, free_bytes=10, total_bytes=100)
WELL = snapshot(
    hosts=(UP,),
    services=(replace(RUNNING, endpoint=ANSWERS), named(RUNNING, "sonarr")),
    mounts=(MOUNTED,),
    volumes=(replace(FULL, free_bytes=40),),
)
ILL = snapshot(
    9,
    hosts=(UP,),
    services=(replace(KILLED, endpoint=REFUSES), named(UNSEEN, "sonarr")),
    mounts=(HUNG,),
    volumes=(FULL,),
)
AWAY = snapshot(9, hosts=(DOWN,), services=(UNSEEN,))
BETA = replace(UP, name="beta")


def pictures() -> st.SearchStrategy[Snapshot]:
    """Stacks of one host in any state, of a service, its endpoint, a mount and a volume."""
    hosts = st.sampled_from([(UP,), (DOWN,), (UNREADABLE,), (UP, BETA), ()])
    services = st.sampled_from([RUNNING, KILLED, UPDATED, MISSING, UNSEEN, None])
    answers = st.sampled_from([ANSWERS, REFUSES, None])
    mounts = st.sampled_from([(MOUNTED,), (HUNG,), ()])
    volumes = st.sampled_from([(FULL,), (NO_SPACE_TOLD,), ()])

    def picture(minutes: int, of_hosts: object, service: object, *rest: object) -> Snapshot:
        answer, there, watched = rest
        held = (replace(service, endpoint=answer),) if service else ()  # type: ignore[type-var]
        return snapshot(minutes, hosts=of_hosts, services=held, mounts=there, volumes=watched)

    return st.builds(picture, st.integers(0, 99), hosts, services, answers, mounts, volumes)


def differs(one: Snapshot, other: Snapshot) -> Difference:
    return difference(Side(one), Side(other))


def states(of: Difference) -> set[tuple[Key, object, object]]:
    """Of the transitions between the two, those from one state into another."""
    told = net(of.before.snapshot, of.after.snapshot)
    return {
        (Key(it.kind, it.host, it.name), it.was and it.was.state, it.now and it.now.state)
        for it in told
        if (it.was and it.was.state) != (it.now and it.now.state)
    }


def test_what_differs_is_told_once_folded_under_its_cause() -> None:
    """An endpoint hangs on its service; what was not seen at one time is not told to differ."""
    of = differs(WELL, ILL)
    down = event(9, Kind.ENDPOINT, ("ok", "failed"), "connection refused", "bad")
    assert of.events == (
        event(9, Kind.SERVICE, ("running", "exited (137)"), None, "bad", (down,)),
        event(9, Kind.MOUNT, ("ok", "hung"), "no answer within 3 s", "bad"),
    )
    assert of.spaces == (Space("alpha", "media", 40, 10, 100, 100),)
    assert of.spaces[0].change == -30
    sonarr = Key(Kind.SERVICE, "alpha", "sonarr")
    assert of.unseen == (Unseen(sonarr, before=False, after=True, reason=Reason.HOST_DOWN),)


def test_what_a_host_hides_is_unknown_then_and_no_difference() -> None:
    """A host that is away is one difference; all that lives on it is unknown, with why."""
    of = differs(WELL, AWAY)
    assert [(it.kind, it.now, it.consequences) for it in of.events] == [(Kind.HOST, "down", ())]
    assert {it.key.name: it.reason for it in of.unseen} == {
        "radarr": Reason.HOST_DOWN,
        "sonarr": Reason.HOST_DOWN,
        "/mnt/media": Reason.HOST_DOWN,
        "media": Reason.HOST_DOWN,
    }
    assert all((it.before, it.after) == (False, True) for it in of.unseen)


def test_what_neither_could_see_is_unknown_at_both() -> None:
    """Unknown twice is no sameness either."""
    of = differs(AWAY, replace(AWAY, taken_at=at(12)))
    assert of.events == ()
    radarr = Key(Kind.SERVICE, "alpha", "radarr")
    assert of.unseen == (Unseen(radarr, before=True, after=True, reason=Reason.HOST_DOWN),)


@given(pictures())
def test_nothing_differs_from_itself(picture: Snapshot) -> None:
    """No event, and no space that changed."""
    of = differs(picture, picture)
    assert of.events == ()
    assert [it for it in of.spaces if it.change] == []


@given(pictures(), pictures())
def test_the_order_in_which_two_moments_are_named_is_no_matter(
    one: Snapshot, other: Snapshot
) -> None:
    """The earlier one is always the one before."""
    later = replace(other, taken_at=one.taken_at.replace(hour=20))
    assert differs(one, later) == differs(later, one)


@given(pictures(), pictures())
def test_a_difference_of_states_is_the_same_seen_from_the_other_side(
    one: Snapshot, other: Snapshot
) -> None:
    """What becomes exited on the way there becomes running on the way back, and nothing else."""
    there = differs(replace(one, taken_at=at(0)), replace(other, taken_at=at(200)))
    back = differs(replace(other, taken_at=at(0)), replace(one, taken_at=at(200)))
    assert states(there) == {(key, now, was) for key, was, now in states(back)}
    turned = [replace(it, before=it.after, after=it.before) for it in back.unseen]
    assert places(there.unseen) == places(turned)


def places(of: Sequence[Unseen]) -> set[tuple[Key, bool, bool]]:
    return {(it.key, it.before, it.after) for it in of}


def test_a_service_is_followed_to_its_host_at_both_moments() -> None:
    """Narrowed to what stood at one time only, its host is no news at the other."""
    both = snapshot(hosts=(UP, BETA), services=(RUNNING,))
    gone = replace(both, taken_at=at(5), services=())
    sides = narrowed((Side(both), Side(gone)), (), ("radarr",))
    assert [[host.name for host in side.snapshot.hosts] for side in sides] == [["alpha"]] * 2
    of = difference(*sides)
    assert [(it.kind, it.name, it.now) for it in of.events] == [(Kind.SERVICE, "radarr", None)]


def test_a_host_alone_brings_what_is_on_it() -> None:
    """Narrowed to a host, nothing of another one is told."""
    there = replace(WELL, hosts=(UP, BETA))
    sides = narrowed((Side(there), Side(replace(ILL, hosts=(UP,)))), ("alpha",), ())
    assert {it.host for it in difference(*sides).events} == {"alpha"}


def test_a_look_of_now_is_the_later_one_whatever_the_clocks_say() -> None:
    """A history that a fast clock recorded is still older than what is seen now."""
    now, then = Side(WELL, recorded=False), Side(replace(ILL, taken_at=at(500)))
    assert difference(now, then).before == then


def test_of_moments_far_apart_a_reboot_brought_about_restarts_alone() -> None:
    """What is new, gone or stopped since may have any cause; minutes apart, the reboot is it."""
    services = (RUNNING, named(RUNNING, "sonarr"), named(RUNNING, "lidarr"))
    restarted = replace(STARTED, health=RUNNING.health)
    later = (restarted, named(KILLED, "sonarr"), named(RUNNING, "bazarr"))
    was = snapshot(hosts=(UP,), services=services)
    told = {
        minutes: [
            (it.name, [one.name for one in it.consequences])
            for it in differs(was, snapshot(minutes, hosts=(ANOTHER_BOOT,), services=later)).events
        ]
        for minutes in (5, 2 * 1440)
    }
    assert told == {
        5: [("alpha", ["bazarr", "lidarr", "radarr", "sonarr"])],
        2 * 1440: [("alpha", ["radarr"]), ("bazarr", []), ("lidarr", []), ("sonarr", [])],
    }
