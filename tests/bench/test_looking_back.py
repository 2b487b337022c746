"""Looking back, held against the simulated truth: a second computation, look by look.

It knows nothing of spans. Each look's state holds until the next look, unless there is a gap
between them; every second of it in the window is counted by what the look saw. An outage begins
with the look that saw it, though none followed that.
"""

import shutil
from bisect import bisect_right
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import combinations, pairwise, zip_longest
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from filling import fill
from simulated.gauges import DAY
from simulated.held import titles
from simulated.looks import BEGIN_TS, MOST_MISSED
from simulated.years import Past, Years

from recorder.history.forecast import forecast
from recorder.history.percentile import percentile
from recorder.history.retrospect import Account, Retrospect, look_back
from recorder.model import (
    Declared,
    Engine,
    Forecast,
    Health,
    Host,
    Kind,
    Mount,
    Service,
    Thing,
)
from recorder.store.daily import space_by_day
from recorder.store.engine import opened
from recorder.store.loops import SPANS_A_DAY
from recorder.store.recollection import recollect
from recorder.store.repair import drop_after

BERLIN = ZoneInfo("Europe/Berlin")
STATES = (Kind.HOST, Kind.SERVICE, Kind.ENDPOINT, Kind.MOUNT)
NUMBER = 5  # things of a kind looked at, of a long window
Truth = tuple[Counter[str], int, int]
Outages = list[tuple[int, int, int, bool]]  # began, seen last, seconds, whether it lasts


@pytest.fixture(scope="module")
def years() -> Years:
    """A year and two weeks, in which twice as much happens as usually."""
    return Years(379 * DAY + 777, seed=4, pace=2)


@pytest.fixture(scope="module")
def filled(years: Years, quick: Path) -> Path:
    path = quick / "year.db"
    fill(path, years)
    return path


def moment(minute: int, second: int = 0) -> datetime:
    return datetime.fromtimestamp(BEGIN_TS + 60 * minute + second, UTC)


def looked_back(path: Path, begin: datetime, end: datetime) -> Retrospect:
    with opened(path, writing=False) as engine:
        return look_back(recollect(engine, begin, end), BERLIN)


def how(thing: Thing | None) -> str:
    """What a look saw of a thing, in the words of docs/history.md."""
    match thing:
        case None:
            return "absent"
        case Service(state="running", health=Health.UNHEALTHY) | Mount(state="slow"):
            return "ailing"
        case Host(state="up", engine=Engine(readable=False)):
            return "ailing"
        case Service(declared=Declared.UNDECLARED, state="exited" | "paused"):
            return "idle"
    good = {"up", "running", "ok"}
    state = str(thing.state)
    return state if state == "unknown" else "well" if state in good else "down"


Look = tuple[int, int, int, int]


def looks(years: Years, begin: datetime, end: datetime) -> list[Look]:
    """Of each look whose state reaches into a window: its minute; seconds from, to; its own time.

    The last look before a gap holds for no time, and so does the last of all.
    """
    first, last = int(begin.timestamp()), int(end.timestamp())
    since = max(0, years.looks.minute_of(first) - 5)
    until_minute = min(years.minutes, years.looks.minute_of(last) + 3)
    found = []
    taken = [*years.looks.within(since, until_minute)]
    for minute, following in zip_longest(taken, taken[1:]):
        ts = until = years.looks.ts(minute)
        if following and following - minute - 1 <= MOST_MISSED:
            until = years.looks.ts(following)
        found.append((minute, max(ts, first), max(first, min(until, last)), ts))
    return found


def truth(years: Years, past: Past, window: tuple[datetime, datetime], seen: list[Look]) -> Truth:
    """Seconds by what was seen, restarts and exits of one thing in a window."""
    counts: Counter[str] = Counter()
    restarts = exits = 0
    first, last = (int(at.timestamp()) for at in window)
    known = _known_before(past, years.looks.minute_of(first) - 5)
    starts, values = [*past.line.starts, years.minutes], past.line.values
    place = bisect_right(starts, seen[0][0]) - 1
    for minute, since, until, ts in seen:
        while starts[place + 1] <= minute:
            place += 1
        thing = values[place]
        if until > since:
            counts[how(thing)] += until - since
        if thing is None:
            known = None
        elif thing is not known and isinstance(thing, Service) and thing.state != "unknown":
            if known is not None and first < ts < last:
                restarts += _restarted(known, thing)
                exits += thing.state == "exited" and known.state != "exited"
            known = thing
    return counts, restarts, exits


def broken(past: Past, window: tuple[datetime, datetime], seen: list[Look]) -> Outages:
    """The outages of one thing: of every look in the window, and of the one it begins in."""
    first, last = (int(at.timestamp()) for at in window)
    found: list[list[int]] = []
    going = there = False
    for minute, since, until, ts in seen:
        if ts >= last:
            break
        thing = past.line.at(minute)
        stood, there = how(thing), thing is not None
        if stood == "unknown" or not (until > since or first <= ts):
            going &= there
            continue
        if stood == "down":
            if not going:
                found.append([since, since, 0])
            found[-1][1:] = max(since, until), found[-1][2] + max(0, until - since)
        going = stood == "down"
    return [
        (begin, end, sec, going and place == len(found))
        for place, (begin, end, sec) in enumerate(found, 1)
    ]


def outages(it: Account | None) -> Outages:
    return [
        (int(one.begin.timestamp()), int(one.end.timestamp()), one.seconds, one.lasting)
        for one in (it.outages if it else ())
    ]


def _known_before(past: Past, minute: int) -> Service | None:
    while minute > 0:
        thing = past.line.at(minute)
        if not isinstance(thing, Service):
            return None
        if thing.state != "unknown":
            return thing
        minute = max(start for start in past.line.starts if start <= minute) - 1
    return None


def _restarted(was: Service, now: Service) -> int:
    """The engine's own count where it rose; one more start where only the time of it tells."""
    before, count = was.restart_count or 0, now.restart_count or 0
    if was.created_at and now.created_at and now.created_at > was.created_at:
        return count
    if count > before:
        return count - before
    later = bool(was.started_at and now.started_at and now.started_at > was.started_at)
    return int(later)


def loops(years: Years, past: Past, begin: datetime, end: datetime) -> bool:
    """Whether a service was in a restart loop, which is told as one state."""
    first = max(0, years.looks.minute_of(int(begin.timestamp())) - 2 * DAY)
    last = years.looks.minute_of(int(end.timestamp()))
    starts = [start for start in past.line.starts if first <= start <= last]
    return any(
        later - start < DAY for start, later in zip(starts, starts[SPANS_A_DAY:], strict=False)
    )


def account(found: Retrospect, past: Past) -> Account | None:
    wanted = (past.kind, past.host, past.name)
    return next((it for it in found.accounts if (it.kind, it.host, it.name) == wanted), None)


def told(it: Account) -> Truth:
    tally = it.tally
    counts = Counter(
        well=tally.well_sec,
        ailing=tally.ailing_sec,
        idle=tally.idle_sec,
        down=tally.down_sec,
        unknown=tally.unknown_sec,
        absent=tally.absent_sec,
    )
    restarts = it.starts.restarts if it.kind is Kind.SERVICE else 0
    return counts, restarts, it.starts.exits


def gap_of(years: Years, hours: int) -> tuple[int, int]:
    """A gap of the last month that lasted long."""
    since = years.minutes - 200 * DAY
    return next(gap for gap in years.looks.gaps if gap[0] > since and gap[1] - gap[0] > hours * 60)


WINDOWS = {
    "a day": lambda years: (moment(years.minutes - DAY, 17), moment(years.minutes, 5)),
    "seven days": lambda years: (
        moment(years.minutes - 9 * DAY, 1),
        moment(years.minutes - 2 * DAY),
    ),
    "a year": lambda years: (moment(years.minutes - 370 * DAY, 3), moment(years.minutes - 5 * DAY)),
    "across a gap": lambda years: (
        moment(gap_of(years, 3)[0] - 333, 7),
        moment(gap_of(years, 3)[1] + 200, 59),
    ),
    "from one gap's middle": lambda years: (
        moment(sum(gap_of(years, 3)) // 2, 7),
        moment(gap_of(years, 3)[1] + 2 * DAY, 59),
    ),
    "a day of 23 hours": lambda _: (
        datetime(2016, 3, 27, tzinfo=BERLIN),
        datetime(2016, 3, 28, tzinfo=BERLIN),
    ),
    "a day of 25 hours": lambda _: (
        datetime(2016, 10, 30, tzinfo=BERLIN),
        datetime(2016, 10, 31, tzinfo=BERLIN),
    ),
    "from before the first look": lambda _: (moment(-500), moment(2 * DAY, 30)),
}


@pytest.mark.parametrize("name", WINDOWS)
def test_what_is_told_of_a_window_is_what_the_looks_saw(
    name: str, years: Years, filled: Path
) -> None:
    """Seconds of each state, restarts and exits of everything, to the second and to the start."""
    begin, end = (at.astimezone(UTC) for at in WINDOWS[name](years))
    found = looked_back(filled, begin, end)
    long = end - begin > timedelta(days=30)
    seen = looks(years, begin, end)
    compared = looped = 0
    for kind in STATES:
        pasts = [past for past in years.pasts if past.kind is kind]
        for past in pasts[:: max(1, len(pasts) // NUMBER)] if long else pasts:
            it = account(found, past)
            counts, restarts, exits = truth(years, past, (begin, end), seen)
            if it is None:
                assert not +Counter({how: sec for how, sec in counts.items() if how != "absent"})
                continue
            seconds, *starts = told(it)
            assert it.tally.seconds == (end - begin).total_seconds()
            if kind is Kind.SERVICE and loops(years, past, begin, end):
                looped += 1
                assert seconds["down"] >= counts["down"]
                assert seconds.total() == counts.total()
                continue
            compared += 1
            assert (past.name, +seconds, *starts) == (past.name, +counts, restarts, exits)
            assert (past.name, outages(it)) == (past.name, broken(past, (begin, end), seen))
    assert compared > (8 if long else 30)
    assert looped < compared / 3


def turns(years: Years) -> list[int]:
    """Looks that were the first to see something go down, or come back; the latest come first."""
    found: set[int] = set()
    for kind in STATES:
        pasts = [past for past in years.pasts if past.kind is kind]
        lines = [[*zip(it.line.starts, map(how, it.line.values), strict=True)] for it in pasts]
        for way in (("well", "down"), ("down", "well")):
            minutes = (
                years.looks.at_or_after(start)
                for line in lines
                for (_, was), (start, now) in pairwise(line)
                if (was, now) == way
            )
            found.update(sorted(minutes)[-2:])
    return sorted(found, reverse=True)


def test_what_the_newest_look_saw_begins_and_ends_outages(
    years: Years, filled: Path, tmp_path: Path
) -> None:
    """Of a history that ends with a look that saw a change: it was so for no time, and is told."""
    path = Path(shutil.copy(filled, tmp_path))
    begun: Counter[Kind] = Counter()
    ended: Counter[Kind] = Counter()
    for minute in turns(years):
        newest = years.looks.ts(minute)
        drop_after(path, datetime.fromtimestamp(newest, UTC), datetime.now(UTC))
        begin, end = moment(minute - 200, 30), moment(minute + 2)
        found = looked_back(path, begin, end)
        seen = [it for it in looks(years, begin, end) if it[3] < newest]
        seen.append((minute, newest, newest, newest))
        for past in (past for past in years.pasts if past.kind in STATES):
            if past.kind is Kind.SERVICE and loops(years, past, begin, end):
                continue
            expected = broken(past, (begin, end), seen)
            assert (past.name, outages(account(found, past))) == (past.name, expected)
            begun[past.kind] += (newest, newest, 0, True) in expected
            ended[past.kind] += any(at == newest and not on for _, at, _, on in expected)
    assert (set(+begun), set(+ended)) == ({*STATES}, {*STATES})


def test_restarts_of_a_loop_are_counted_by_its_engine(years: Years, filled: Path) -> None:
    """Within a loop that is one span, and across both ends of a window that cut it."""
    found = 0
    for past in (past for past in years.pasts if past.kind is Kind.SERVICE):
        starts = past.line.starts
        for place in range(len(starts) - 60):
            recent = starts[place] > years.minutes - 29 * DAY
            if recent and starts[place + 60] - starts[place] == 60:
                begin, end = moment(starts[place + 40], 30), moment(starts[place + 50], 30)
                it = account(looked_back(filled, begin, end), past)
                assert it is not None
                first, last = (past.line.at(starts[place + n]).restart_count for n in (40, 50))
                assert it.starts.restarts == last - first
                found += 1
                break
    assert found


@pytest.mark.parametrize("days", [1, 7, 28])
def test_percentiles_are_of_every_answer(days: int, years: Years, filled: Path) -> None:
    """p50, p95, number, sum and greatest of the answers in a window, from all of them, sorted."""
    begin, end = moment(years.minutes - days * DAY, 31), moment(years.minutes)
    found = {it.name: it for it in looked_back(filled, begin, end).recollection.latencies}
    for past in [past for past in years.pasts if past.kind is Kind.ENDPOINT][
        :: 1 if days < 9 else 4
    ]:
        answers = sorted(
            ms
            for minute in years.looks.within(years.minutes - days * DAY, years.minutes)
            if begin.timestamp() <= years.looks.ts(minute)
            and (ms := years.number(past, "latency_ms", minute)) is not None
        )
        it = found[past.name]
        assert it.counts is not None
        for of in (50, 95, 100):
            assert percentile(it.counts, of) == answers[-(-len(answers) * of // 100) - 1]
        assert (it.answers, it.total_ms, it.most_ms) == (len(answers), sum(answers), answers[-1])


def test_of_longer_ago_there_is_an_average_and_no_percentile(years: Years, filled: Path) -> None:
    """Of hours and days in one, to the hour and to the millisecond of their rounded averages."""
    begin, end = moment(years.minutes - 100 * DAY), moment(years.minutes)
    hour = -(-int(begin.timestamp()) // 3600) * 3600
    found = {it.name: it for it in looked_back(filled, begin, end).recollection.latencies}
    past = next(past for past in years.pasts if past.kind is Kind.ENDPOINT)
    answers = [
        ms
        for minute in years.looks.within((hour - BEGIN_TS) // 60, years.minutes)
        if (ms := years.number(past, "latency_ms", minute)) is not None
    ]
    it = found[past.name]
    assert (it.counts, it.answers, it.most_ms) == (None, len(answers), max(answers))
    assert abs(it.total_ms / it.answers - sum(answers) / len(answers)) <= 0.5


def test_imports_are_those_of_each_local_day(years: Years, filled: Path) -> None:
    """By the app's own times; days of 23 and 25 hours are one day each."""
    begin, end = datetime(2016, 3, 20, tzinfo=BERLIN), datetime(2016, 11, 20, tzinfo=BERLIN)
    found = looked_back(filled, begin.astimezone(UTC), end.astimezone(UTC))
    app = next(past for past in years.pasts if past.kind is Kind.IMPORT)
    times = (datetime.fromtimestamp(ts, UTC) for ts, _, _ in titles(years, app, years.minutes))
    counted = Counter(at.astimezone(BERLIN).date() for at in times if begin <= at < end)
    assert {day.date: day.total for day in found.days if day.total} == counted
    hours = Counter(day.part.end - day.part.begin for day in found.days)
    assert {length.total_seconds() / 3600 for length in hours} == {23, 24, 25}
    assert sum(hours.values()) == (date(2016, 11, 20) - date(2016, 3, 20)).days


def test_the_slope_is_the_median_of_all_slopes(years: Years, filled: Path) -> None:
    """Theil and Sen's, in fractions, over the days since the trend began."""
    end = moment(years.minutes)
    with opened(filled, writing=False) as engine:
        volume = space_by_day(engine, end, 90)[0]
    seen = forecast(volume.days)
    assert isinstance(seen, Forecast)
    past = next(past for past in years.pasts if past.kind is Kind.VOLUME)
    days = {}
    for minute in years.looks.within(years.minutes - 91 * DAY, years.minutes):
        free = years.number(past, "free_bytes", minute)
        day = datetime.fromtimestamp(years.looks.ts(minute), UTC).date()
        if free is not None and day >= seen.since:
            days[day.toordinal()] = free
    slopes = [
        Fraction(later - free, day - begun)
        for (begun, free), (day, later) in combinations(sorted(days.items()), 2)
    ]
    assert len(days) == seen.days
    assert abs(seen.slope_bytes_per_day - median(slopes)) <= 1
