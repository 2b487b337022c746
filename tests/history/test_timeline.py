"""States laid out in time: what holds for every past."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from recorder.history.standing import Standing, standing, words
from recorder.history.timeline import (
    Spell,
    Tally,
    glimpses,
    pieces,
    sights,
    spells,
    stretches,
    tallies,
)
from recorder.history.window import Window
from recorder.model import Declared, Health, Kind, MountState, Service, ServiceState, Thing
from recorder.store.values import Covered, Span

from .made import (
    ANSWERS,
    DOWN,
    HUNG,
    KILLED,
    MISSING,
    MOUNTED,
    NO_ENGINE,
    REFUSES,
    RUNNING,
    UNREADABLE,
    UNSEEN,
    UP,
    at,
)

UNHEALTHY = replace(RUNNING, health=Health.UNHEALTHY)
PARKED = replace(KILLED, declared=Declared.PARKED)
STATES = (RUNNING, UNHEALTHY, KILLED, MISSING, PARKED, UNSEEN, None)


def span(minute: float, thing: Thing | None) -> Span:
    return Span(Kind.SERVICE, "alpha", "radarr", at(minute), None, thing)


def covered(*ends: tuple[float, float]) -> tuple[Covered, ...]:
    return tuple(Covered(at(begin), at(end), 1) for begin, end in ends)


def window(begin: float, end: float) -> Window:
    return Window(at(begin), at(end))


@st.composite
def pasts(draw: st.DrawFn) -> tuple[tuple[Span, ...], tuple[Covered, ...]]:
    """A thing's spans, no two alike in a row, and the stretches in which was looked."""
    begins = sorted(draw(st.sets(st.integers(0, 100), max_size=12)))
    things: list[Thing | None] = []
    for _ in begins:
        others = [it for it in STATES if not things or it is not things[-1]]
        things.append(draw(st.sampled_from(others)))
    edges = sorted(draw(st.sets(st.integers(0, 110), max_size=8)))
    ends = [
        (begin, begin if draw(st.booleans()) else end)  # a look alone, or a stretch of them
        for begin, end in zip(edges[::2], edges[1::2], strict=False)
    ]
    return tuple(map(span, begins, things)), covered(*ends)


def begun_by_looks(
    past: tuple[tuple[Span, ...], tuple[Covered, ...]],
) -> tuple[tuple[Span, ...], tuple[Covered, ...]]:
    """Only what a look could have seen begin."""
    spans, looked = past
    seen = (it for it in spans if any(at.begin <= it.begin <= at.end for at in looked))
    return tuple(seen), looked


def tally(past: tuple[tuple[Span, ...], tuple[Covered, ...]], of: Window) -> Tally:
    observed = stretches(past[1], of)
    seen = pieces(past[0], sights(past[1], of))
    return tallies(seen, observed, (of.begin, of.end))[0]


def added(one: Tally, other: Tally) -> Counter[str]:
    names = Tally.__slots__
    return Counter({name: getattr(one, name) + getattr(other, name) for name in names})


def by_the_minute(past: tuple[tuple[Span, ...], tuple[Covered, ...]], of: Window) -> Counter[str]:
    """The same, minute by minute."""
    counts: Counter[str] = Counter()
    minute = of.begin
    while minute < of.end:
        thing = next((it.thing for it in reversed(past[0]) if it.begin <= minute), None)
        if not any(it.begin <= minute < it.end for it in past[1]):
            counts["unobserved_sec"] += 60
        elif thing is None:
            counts["absent_sec"] += 60
        else:
            counts[f"{standing(thing)}_sec"] += 60
        minute += timedelta(minutes=1)
    return counts


@given(pasts(), st.integers(-5, 110), st.integers(1, 60))
def test_a_tally_counts_every_minute_once(
    past: tuple[tuple[Span, ...], tuple[Covered, ...]], begin: int, length: int
) -> None:
    """Each minute of a window is in one part: what was seen of it, or that nobody looked."""
    of = window(begin, begin + length)
    told = tally(past, of)
    assert {name: getattr(told, name) for name in Tally.__slots__} == {
        **dict.fromkeys(Tally.__slots__, 0),
        **by_the_minute(past, of),
    }
    assert told.seconds == of.seconds
    assert told.available is None or 0 <= told.available <= 1
    assert 0 <= told.unknown <= 1


@given(pasts(), st.lists(st.integers(1, 99), max_size=9, unique=True))
def test_the_parts_of_a_window_add_up_to_it(
    past: tuple[tuple[Span, ...], tuple[Covered, ...]], cuts: list[int]
) -> None:
    """Cut anywhere, counted apart or in one go, a window holds the same seconds."""
    edges = [at(minute) for minute in (0, *sorted(cuts), 100)]
    of = Window(edges[0], edges[-1])
    observed = stretches(past[1], of)
    parts = tallies(pieces(past[0], sights(past[1], of)), observed, edges)
    whole = Tally()
    for place, part in enumerate(parts):
        assert part == tally(past, Window(edges[place], edges[place + 1]))
        whole = Tally(*(added(whole, part)[name] for name in Tally.__slots__))
    assert whole == tally(past, window(0, 100))


@given(pasts())
def test_outages_are_in_order_apart_and_add_up(
    past: tuple[tuple[Span, ...], tuple[Covered, ...]],
) -> None:
    """The seconds of all outages are the seconds it was down; only the last one lasts."""
    of = window(0, 100)
    seen = [*pieces(past[0], sights(past[1], of))]
    there = bool(past[0]) and past[0][-1].thing is not None
    found = spells(seen, Standing.DOWN, of, there=there)
    assert sum(it.seconds for it in found) == tally(past, of).down_sec
    edges = [edge for it in found for edge in (it.begin, it.end)]
    assert edges == sorted(edges)
    assert all(0 <= it.seconds <= (it.end - it.begin).total_seconds() for it in found)
    assert not any(it.lasting for it in found[:-1])


@given(pasts(), st.integers(-5, 100), st.integers(1, 110), st.sampled_from(Standing))
def test_a_spell_is_what_was_seen_minute_by_minute(
    past: tuple[tuple[Span, ...], tuple[Covered, ...]], begin: int, length: int, how: Standing
) -> None:
    """A minute is seen where looks cover it, or one was taken as it began: then for no time."""
    of = window(begin, begin + length)
    past = begun_by_looks(past)
    expected: list[list[int]] = []  # when each began, was last seen, and for how many minutes
    going = False
    for minute in range(begin, begin + length):
        thing = next((it.thing for it in reversed(past[0]) if it.begin <= at(minute)), None)
        long = any(it.begin <= at(minute) < it.end for it in past[1])
        if thing is None and any(at(minute - 1) < it.begin <= at(minute) for it in past[0]):
            going = False
        if thing is None or not (long or any(it.end == at(minute) for it in past[1])):
            continue
        if standing(thing) is how:
            if not going:
                expected.append([minute, minute, 0])
            expected[-1][1:] = minute + long, expected[-1][2] + long
            going = True
        elif standing(thing) is not Standing.UNKNOWN:
            going = False
    spans = [it for it in past[0] if it.begin < of.end]
    there = bool(spans) and spans[-1].thing is not None
    found = spells(pieces(spans, sights(past[1], of)), how, of, there=there)
    assert [(it.begin, it.end, it.seconds) for it in found] == [
        (at(first), at(last), 60 * minutes) for first, last, minutes in expected
    ]
    assert [it.lasting for it in found][-1:] == [going and there][: len(found)]


def spell(first: float, last: float, minutes: float, *told: str, **more: bool) -> Spell:
    return Spell(at(first), at(last), int(minutes * 60), told, **more)


def outages(spans: list[Span], *ends: tuple[float, float]) -> tuple[Spell, ...]:
    of = window(0, 100)
    there = spans[-1].thing is not None
    seen = pieces(spans, sights(covered(*ends), of))
    return spells(seen, Standing.DOWN, of, there=there)


def test_an_outage_goes_on_through_what_nobody_saw() -> None:
    """Unknown and gaps don't end it, and are not counted in it; what it became is told in order."""
    spans = [span(0, RUNNING), span(10, KILLED), span(20, UNSEEN), span(30, MISSING)]
    spans += [span(70, RUNNING), span(90, KILLED)]
    assert outages(spans, (0, 40), (60, 95)) == (
        spell(10, 70, 10 + 10 + 10, "exited (137)", "missing"),
        spell(90, 95, 5, "exited (137)", lasting=True),
    )


def test_an_outage_ends_with_what_was_seen_last_of_it() -> None:
    """Before a gap after which it runs; and where the window cuts it, that is said."""
    spans = [span(-50, KILLED), span(50, RUNNING)]
    assert outages(spans, (-60, 20), (45, 90)) == (
        replace(spell(0, 50, 25, "exited (137)"), before=True),
    )
    assert outages([span(-50, KILLED), span(50, RUNNING)], (-60, 20), (50, 90)) == (
        replace(spell(0, 20, 20, "exited (137)"), before=True),
    )


def test_what_the_last_look_saw_begins_and_ends_an_outage() -> None:
    """Though it was for no time yet: the newest look, one before a gap, one that stands alone."""
    killed = [span(0, RUNNING), span(50, KILLED)]
    assert outages(killed, (0, 50)) == (spell(50, 50, 0, "exited (137)", lasting=True),)
    healed = [span(0, KILLED), span(50, RUNNING)]
    assert outages(healed, (0, 50)) == (replace(spell(0, 50, 50, "exited (137)"), before=True),)
    again = [span(0, RUNNING), span(20, KILLED), span(60, RUNNING), span(70, MISSING)]
    assert outages(again, (0, 20), (60, 65), (70, 70), (80, 80)) == (
        spell(20, 20, 0, "exited (137)"),
        spell(70, 80, 0, "missing", lasting=True),
    )


def test_a_window_does_not_hold_the_look_at_its_end() -> None:
    """What that one was the first to see is of the next window; what is seen once is seen once."""
    spans, looked = [span(0, RUNNING), span(50, KILLED)], covered((0, 50))
    of = window(0, 50)
    assert spells(pieces(spans, sights(looked, of)), Standing.DOWN, of, there=True) == ()
    seen = [(it.begin, it.end) for it in pieces(spans, sights(looked, window(0, 60)))]
    assert seen == [(at(0), at(50)), (at(50), at(50))]


def test_a_glimpse_stands_in_the_part_it_was_in() -> None:
    """The part that begins with the look; what was seen for a time is no glimpse."""
    spans, of = [span(0, RUNNING), span(50, KILLED)], window(0, 100)
    seen = [*pieces(spans, sights(covered((0, 50)), of))]
    edges = [at(minute) for minute in (0, 49, 50, 60)]
    assert glimpses(seen, edges) == (frozenset(), frozenset(), frozenset({Standing.DOWN}))


def test_what_is_no_more_is_not_down() -> None:
    """An outage ends when its thing goes; one by the same name that comes is another matter."""
    spans = [span(10, KILLED), span(20, None), span(40, KILLED), span(60, None)]
    assert outages(spans, (0, 100)) == (
        spell(10, 20, 10, "exited (137)"),
        spell(40, 60, 20, "exited (137)"),
    )


def test_a_thing_counts_from_when_it_was_first_seen() -> None:
    """Before that, and after it has gone, it is absent: neither well nor down."""
    past = ((span(30, RUNNING), span(50, KILLED), span(60, None)), covered((0, 80)))
    told = tally(past, window(0, 100))
    minutes = [getattr(told, name) // 60 for name in Tally.__slots__]
    assert dict(zip(Tally.__slots__, minutes, strict=True)) == {
        "well_sec": 20,
        "ailing_sec": 0,
        "idle_sec": 0,
        "down_sec": 10,
        "unknown_sec": 0,
        "absent_sec": 50,
        "unobserved_sec": 20,
    }
    assert told.available == 20 / 30


def test_how_things_stand() -> None:
    """What is available, what is not, and what need not be."""
    slow = replace(MOUNTED, state=MountState.SLOW)
    loop = replace(RUNNING, state=ServiceState.RESTARTING, declared=Declared.UNDECLARED)
    stray: Service = replace(KILLED, declared=Declared.UNDECLARED)
    assert {
        how: [it for it in (UP, DOWN, UNREADABLE, NO_ENGINE) if standing(it) is how]
        for how in Standing
    } == {
        Standing.WELL: [UP, NO_ENGINE],
        Standing.AILING: [UNREADABLE],
        Standing.IDLE: [],
        Standing.DOWN: [DOWN],
        Standing.UNKNOWN: [],
    }
    others = (RUNNING, UNHEALTHY, KILLED, PARKED, stray, loop, UNSEEN, ANSWERS, REFUSES)
    assert [str(standing(it)) for it in (*others, MOUNTED, slow, HUNG)] == [
        *("well", "ailing", "down", "idle", "idle", "down", "unknown", "well", "down"),
        *("well", "ailing", "down"),
    ]


def test_why_things_stand_so() -> None:
    """A state in a phrase, with the reason and the words of what was seen."""
    oom = replace(KILLED, oom_killed=True, error="no such device")
    assert [words(it) for it in (DOWN, UNREADABLE, oom, UNHEALTHY, REFUSES, HUNG)] == [
        "timed out after 5 s",
        "engine unreadable: the container engine is down",
        "exited (137), out of memory, no such device",
        "unhealthy",
        "connection refused",
        "hung: no answer within 3 s",
    ]


def test_what_ails_is_available_and_what_is_idle_or_unknown_is_left_out() -> None:
    """The share is of the time it should have been there and was seen."""
    spans = (span(0, UNHEALTHY), span(30, KILLED), span(40, UNSEEN), span(60, PARKED))
    told = tally((spans, covered((0, 100))), window(0, 100))
    assert (told.available, told.unknown) == (30 / 40, 20 / 100)


def test_nothing_was_seen_where_nobody_looked() -> None:
    """A window wholly inside a gap has no pieces, and no share of anything."""
    past = ((span(0, RUNNING),), covered((0, 10), (90, 95)))
    told = tally(past, window(20, 80))
    assert (told, told.available) == (Tally(unobserved_sec=60 * 60), None)


def test_the_newest_state_holds_until_the_last_look() -> None:
    """Not until now: what came after nobody saw."""
    moment: datetime = at(50)
    seen = [*pieces([span(0, RUNNING)], stretches(covered((0, 50)), window(0, 100)))]
    assert [(it.begin, it.end) for it in seen] == [(at(0), moment)]
