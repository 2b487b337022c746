"""What holds for any transitions at all."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from recorder.history.delta import fold
from recorder.history.told import SEEN_AGAIN, UNSEEN
from recorder.model import Event, Kind, ServiceState, Thing, Transition

from .made import (
    ANOTHER_BOOT,
    ANSWERS,
    DOWN,
    HUNG,
    KILLED,
    MISSING,
    MOUNTED,
    REFUSES,
    RUNNING,
    STARTED,
    UNREADABLE,
    UP,
    UPDATED,
    VOLUME,
    at,
    named,
    snapshot,
)
from .made import (
    UNSEEN as SERVICE_UNSEEN,
)

PAUSED = replace(RUNNING, state=ServiceState.PAUSED)

# Of each kind, states that all differ to a person.
STATES: dict[Kind, list[Thing | None]] = {
    Kind.HOST: [UP, DOWN, ANOTHER_BOOT, UNREADABLE, None],
    Kind.SERVICE: [RUNNING, KILLED, MISSING, STARTED, UPDATED, PAUSED, None],
    Kind.ENDPOINT: [ANSWERS, REFUSES, None],
    Kind.MOUNT: [MOUNTED, HUNG, None],
    Kind.VOLUME: [VOLUME, None],
}
# Two of one service that differ in nothing a person is told: the older container comes second.
ALIKE = [(UPDATED, STARTED), (STARTED, RUNNING)]


@st.composite
def transitions(draw: st.DrawFn) -> Transition:
    kind = draw(st.sampled_from(list(STATES)))
    was, now = draw(st.sampled_from(STATES[kind])), draw(st.sampled_from(STATES[kind]))
    if was is now or (was, now) in ALIKE:
        was, now = STATES[kind][0], STATES[kind][1]
    host = draw(st.sampled_from(["alpha", "beta"]))
    name = host if kind is Kind.HOST else draw(st.sampled_from(["a", "/mnt/media"]))
    minutes = draw(st.one_of(st.integers(0, 20), st.integers(0, 500)))
    return Transition(at(minutes), kind, host, name, was, now)


def _once(many: Sequence[Transition]) -> list[Transition]:
    """A thing changes once a moment, as snapshots see it."""
    return [*{(it.at, it.kind, it.host, it.name): it for it in many}.values()]


many_transitions = st.lists(transitions(), max_size=25).map(_once)


def _all(events: Sequence[Event]) -> Iterator[Event]:
    for one in events:
        yield one
        yield from _all(one.consequences)


@given(many_transitions)
def test_every_transition_is_told_once(many: list[Transition]) -> None:
    """Each is an event or stands under one; none is lost, none told twice, none invented."""
    given_keys = Counter((it.at, it.kind, it.host, it.name) for it in many)
    told_keys = Counter((it.at, it.kind, it.host, it.name) for it in _all(fold(many)))
    assert told_keys == given_keys


@given(many_transitions, st.randoms(use_true_random=False))
def test_the_order_they_come_in_does_not_matter(many: list[Transition], chance: object) -> None:
    """The same transitions make the same events, shuffled or not."""
    shuffled = [*many]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(shuffled) == fold(many)


@given(many_transitions)
def test_nothing_is_folded_under_another_host(many: list[Transition]) -> None:
    """A cause and its consequences are of one host."""
    for one in fold(many, snapshot(services=(named(SERVICE_UNSEEN, "x"),), mounts=(MOUNTED,))):
        assert {below.host for below in one.consequences} <= {one.host}


@given(many_transitions)
def test_hosts_do_not_change_each_others_events(many: list[Transition]) -> None:
    """The events of two hosts are those of each alone."""
    apart = [
        one for host in ("alpha", "beta") for one in fold([it for it in many if it.host == host])
    ]
    assert Counter(map(repr, apart)) == Counter(map(repr, fold(many)))


@given(many_transitions)
def test_newest_first_and_consequences_in_their_order(many: list[Transition]) -> None:
    """Events stand newest first; what followed from one, oldest first, and no deeper."""
    events = fold(many)
    assert [it.at for it in events] == sorted((it.at for it in events), reverse=True)
    for one in events:
        assert [it.at for it in one.consequences] == sorted(it.at for it in one.consequences)
        assert [below.consequences for below in one.consequences] == [()] * len(one.consequences)


@given(many_transitions)
def test_what_could_not_be_seen_is_no_event(many: list[Transition]) -> None:
    """Things unseen stand under their host, and change no other event."""
    unseen = [
        replace(it, name=f"{it.name} unseen", was=RUNNING, now=SERVICE_UNSEEN)
        for it in many
        if it.kind is Kind.SERVICE
    ]
    events = fold([*many, *unseen])
    assert not any(one.now in (UNSEEN, SEEN_AGAIN) for one in events)
    assert [replace(it, consequences=()) for it in events] == [
        replace(it, consequences=()) for it in fold(many)
    ]
