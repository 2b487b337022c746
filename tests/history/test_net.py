"""What changed between two pictures."""

from dataclasses import replace

import pytest

from recorder.history.net import net
from recorder.model import Declared, HostState, Kind, Snapshot, Transition

from .made import (
    ANSWERS,
    DOWN,
    HUNG,
    KILLED,
    MOUNTED,
    REFUSES,
    RUNNING,
    UNREADABLE,
    UNSEEN,
    UP,
    VOLUME,
    named,
    of,
    snapshot,
)

BETA = replace(UP, name="beta")
FOUND = replace(RUNNING, declared=Declared.UNDECLARED)
WHOLE = snapshot(
    hosts=(UP, BETA),
    services=(replace(RUNNING, endpoint=ANSWERS), named(FOUND, "found")),
    mounts=(MOUNTED,),
    volumes=(VOLUME,),
)
NO_CONTAINERS = replace(WHOLE, services=())
MOVED = Transition(of(5, UP, None).at, Kind.HOST, "beta", "beta", BETA, None)

ROWS: dict[str, tuple[Snapshot, Snapshot, tuple[Transition, ...]]] = {
    "nothing": (WHOLE, WHOLE, ()),
    "a service and its endpoint": (
        WHOLE,
        replace(WHOLE, services=(replace(KILLED, endpoint=REFUSES), WHOLE.services[1])),
        (of(5, RUNNING, KILLED), of(5, ANSWERS, REFUSES)),
    ),
    "a mount": (WHOLE, replace(WHOLE, mounts=(HUNG,)), (of(5, MOUNTED, HUNG),)),
    "a container is gone": (
        WHOLE,
        replace(WHOLE, services=WHOLE.services[:1]),
        (of(5, named(FOUND, "found"), None),),
    ),
    "a container is new": (
        replace(WHOLE, services=WHOLE.services[:1]),
        WHOLE,
        (of(5, None, named(FOUND, "found")),),
    ),
    "a host that is down hides what is on it": (
        WHOLE,
        snapshot(hosts=(DOWN, BETA), services=(UNSEEN,)),
        (of(5, UP, DOWN),),
    ),
    "a host that is back shows it again": (
        snapshot(hosts=(DOWN, BETA), services=(UNSEEN,)),
        WHOLE,
        (of(5, DOWN, UP),),
    ),
    "an engine that can't be read hides containers, not mounts": (
        WHOLE,
        replace(WHOLE, hosts=(UNREADABLE, BETA), services=(UNSEEN,), mounts=(HUNG,)),
        (of(5, UP, UNREADABLE), of(5, MOUNTED, HUNG)),
    ),
    "a host that was not asked says nothing": (
        WHOLE,
        replace(WHOLE, hosts=(UP, replace(BETA, state=HostState.UNKNOWN))),
        (),
    ),
    "a host is gone with all that was on it": (
        WHOLE,
        replace(WHOLE, hosts=(UP,)),
        (MOVED,),
    ),
    "free space is no state": (
        WHOLE,
        replace(WHOLE, volumes=(replace(VOLUME, free_bytes=1),)),
        (),
    ),
}


@pytest.mark.parametrize(("was", "now", "told"), ROWS.values(), ids=ROWS)
def test_two_pictures_make_transitions(
    was: Snapshot, now: Snapshot, told: tuple[Transition, ...]
) -> None:
    """What both saw is compared; what one could not see is passed over."""
    assert net(was, replace(now, taken_at=of(5, UP, UP).at)) == told


def test_a_container_made_anew_by_another_name_is_the_same() -> None:
    """A compose service keeps its identity when its container is called otherwise."""
    old = replace(named(FOUND, "media_radarr_1"), project="media", compose_service="radarr")
    new = replace(named(KILLED, "media-radarr-1"), project="media", compose_service="radarr")
    before = snapshot(hosts=(UP,), services=(old,))
    after = snapshot(5, hosts=(UP,), services=(new,))
    assert net(before, after) == (of(5, old, new),)
