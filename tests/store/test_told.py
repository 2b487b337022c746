"""What hosts and apps told of the time before: recorded once, beside what was seen, never as it."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from recorder.errors import NoHistoryError
from recorder.model import (
    ImportCount,
    ImportedTitle,
    ImportState,
    Kind,
    Reason,
    ServiceState,
    Snapshot,
    day_of,
)
from recorder.model.past import (
    AppPast,
    Boot,
    Happening,
    Hole,
    HostPast,
    Prior,
    Source,
    Told,
    Untold,
)
from recorder.store.as_of import as_of
from recorder.store.connection import History
from recorder.store.engine import opened
from recorder.store.prior import prior
from recorder.store.read import covered
from recorder.store.record import record
from recorder.store.repair import drop_after
from recorder.store.site import Location
from recorder.store.told import take_in, untold
from store.stacks import NOON, after, container, dark, look, service, up

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
DAY_MIN = 24 * 60


def imported(at: datetime, *titles: ImportedTitle, app: str = "radarr") -> ImportCount:
    """What an app answers a look at a time: the day so far, and the day before."""
    begin = day_of(at.astimezone(BERLIN).date(), BERLIN).begin
    told = [title for title in titles if begin - DAY <= title.at <= at]
    today = tuple(title for title in told if title.at >= begin)
    earlier = tuple(title for title in told if title.at < begin)
    noun = {"sonarr": "episode", "lidarr": "track"}.get(app, "movie")
    return ImportCount(
        app,
        noun,
        ImportState.OK,
        len(today),
        titles=today,
        earlier=earlier,
        told_since=begin - DAY,
    )


def seen(at: datetime, *titles: ImportedTitle, **parts: object) -> Snapshot:
    return replace(look(imports=(imported(at, *titles),), **parts), taken_at=at)


def remember(engine: History, snapshot: Snapshot) -> Untold:
    """Record a look; what there is left to ask."""
    record(engine, snapshot)
    return untold(engine, snapshot)


def answer(left: Untold, *titles: ImportedTitle, boots: tuple[Boot, ...] = ()) -> Told:
    """What hosts and apps tell when they are asked what is left."""
    return Told(
        tuple(HostPast(name, boots) for name in left.hosts),
        tuple(
            AppPast(
                hole.app, hole.until, tuple(title for title in titles if title.at >= hole.since)
            )
            for hole in left.apps
        ),
    )


def stored(engine: History) -> list[tuple[object, ...]]:
    query = (
        "SELECT entity.name, import_event.ts, event_id, title FROM import_event "
        "JOIN entity ON entity.id = entity_id ORDER BY import_event.ts, event_id, entity.name"
    )
    with engine.reading() as db:
        return [tuple(row) for row in db.rows(query)]


def row(title: ImportedTitle, app: str = "radarr") -> tuple[object, ...]:
    return (app, int(title.at.timestamp()), title.event_id, title.title)


def films(*days_ago: float) -> list[ImportedTitle]:
    """Imports so many days before noon, the oldest first."""
    return [
        ImportedTitle(NOON - days * DAY, f"film {number}", number)
        for number, days in enumerate(days_ago, 1)
    ]


class TestImports:
    """An app's own history becomes ours, without holes and without doubles."""

    def test_the_first_run_takes_in_thirty_days(self, engine: History) -> None:
        """What is older stays the app's own."""
        titles = films(31, 29, 2, 0.1)
        left = remember(engine, seen(NOON, *titles))
        assert left == Untold(("vm",), (Hole("radarr", NOON - 30 * DAY, NOON),))
        take_in(engine, answer(left, *titles))
        assert stored(engine) == [row(title) for title in titles[1:]]
        assert remember(engine, seen(after(5), *titles)) == Untold()

    def test_told_twice_is_there_once(self, engine: History) -> None:
        """Two runs that ask for the same, or one that was killed behind its write."""
        titles = films(20, 2, 0.1)
        left = remember(engine, seen(NOON, *titles))
        take_in(engine, answer(left, *titles))
        whole = stored(engine)
        take_in(engine, answer(left, *titles))
        assert stored(engine) == whole == [row(title) for title in titles]

    def test_a_run_that_was_killed_before_it_asked_is_made_up_for(self, engine: History) -> None:
        """Nothing is marked as known before it is recorded."""
        titles = films(20, 2)
        remember(engine, seen(NOON, *titles))
        left = remember(engine, seen(after(5), *titles))
        assert left == Untold(("vm",), (Hole("radarr", after(5) - 30 * DAY, after(5)),))
        take_in(engine, answer(left, *titles))
        assert stored(engine) == [row(title) for title in titles]

    def test_days_missed_are_filled_in_by_the_next_run(self, engine: History) -> None:
        """Three days without a look: from a day before they began, and nothing older again."""
        take_in(engine, answer(remember(engine, seen(NOON))))
        missed = [ImportedTitle(NOON + hours * DAY / 24, f"h {hours}", hours) for hours in (1, 71)]
        back = NOON + 3 * DAY
        left = remember(engine, seen(back, *missed))
        assert left == Untold((), (Hole("radarr", NOON - DAY, back),))
        take_in(engine, answer(left, *missed))
        assert stored(engine) == [row(title) for title in missed]
        assert remember(engine, seen(back + timedelta(minutes=5), *missed)) == Untold()

    @pytest.mark.parametrize("begin", ["2026-03-27", "2026-10-23", "2026-02-14"])
    def test_looks_once_a_day_leave_no_hole(self, engine: History, begin: str) -> None:
        """Nor on the days of 23 and 25 hours: each look tells of the day before, too."""
        first = day_of(date.fromisoformat(begin), BERLIN).begin + timedelta(hours=23)
        titles = [
            ImportedTitle(first + hour * timedelta(hours=1), f"hour {hour}", hour)
            for hour in range(1, 96)
        ]
        take_in(engine, answer(remember(engine, seen(first))))
        for day in range(1, 5):
            at = first + day * DAY
            assert remember(engine, seen(at, *titles)) == Untold(), day
        assert stored(engine) == [row(title) for title in titles]

    def test_an_app_that_is_down_is_not_asked_behind_the_look(self, engine: History) -> None:
        """It would not answer; the next run that finds it well fills in."""
        silent = ImportCount(
            "radarr", "movie", ImportState.UNKNOWN, reason=Reason.UNREACHABLE, detail="refused"
        )
        assert remember(engine, look(0, imports=(silent,))).apps == ()
        titles = films(20)
        left = remember(engine, seen(after(5), *titles))
        assert left.apps == (Hole("radarr", after(5) - 30 * DAY, after(5)),)
        take_in(engine, answer(left, *titles))
        assert remember(engine, look(10, imports=(silent,))).apps == ()
        back = NOON + 4 * DAY
        assert remember(engine, seen(back)).apps == (Hole("radarr", after(5) - DAY, back),)

    def test_an_app_that_does_not_tell_is_asked_ever_less_often(self, engine: History) -> None:
        """Ten minutes after it failed, then after as long as it has failed, at last once a day."""
        asked = []
        for minute in range(0, 4 * 24 * 60, 10):
            left = remember(engine, seen(after(minute)))
            asked += [minute for _ in left.apps]
            take_in(engine, Told(silent=left.apps))
        assert asked == [0, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 4000, 5440]

    def test_an_app_that_told_is_asked_at_once_the_next_time(self, engine: History) -> None:
        """Another hole is another matter; and a clock that went back keeps no app waiting."""
        left = remember(engine, seen(after(3)))
        take_in(engine, Told(silent=left.apps))
        assert remember(engine, seen(after(4))).apps == ()
        take_in(engine, answer(left))
        back = NOON + 3 * DAY
        left = remember(engine, seen(back))
        assert [hole.app for hole in left.apps] == ["radarr"]
        take_in(engine, Told(silent=left.apps))
        soon = back + timedelta(minutes=11)
        assert [hole.app for hole in remember(engine, seen(soon)).apps] == ["radarr"]
        late = Hole("radarr", NOON, back + 3 * DAY)
        take_in(engine, Told(silent=(late,)))
        assert [hole.app for hole in remember(engine, seen(back + DAY / 24)).apps] == ["radarr"]

    def test_ids_that_start_over_overwrite_nothing(self, engine: History) -> None:
        """An app that was installed anew counts from one again: another time, another import."""
        old, new = films(20, 2)
        new = replace(new, event_id=old.event_id, title="after it was installed anew")
        take_in(engine, answer(remember(engine, seen(NOON, old)), old))
        record(engine, seen(after(5), new))
        assert stored(engine) == [row(old)]
        before = replace(old, at=old.at - DAY, event_id=9)
        take_in(engine, Told(apps=(AppPast("radarr", after(5), (before, new)),)))
        assert stored(engine) == [row(before), row(old), row(new)]

    def test_each_app_has_its_own_history(self, engine: History) -> None:
        """Equal ids at equal times in Radarr, Sonarr and Lidarr are three imports."""
        (title,) = films(3)
        apps = ("lidarr", "radarr", "sonarr")
        snapshot = look(0, imports=tuple(imported(NOON, app=app) for app in apps))
        left = remember(engine, snapshot)
        assert [hole.app for hole in left.apps] == list(apps)
        take_in(engine, answer(left, title))
        assert stored(engine) == [row(title, app) for app in apps]

    def test_the_count_of_today_stays_the_days_own(self, engine: History) -> None:
        """What was told of other days is history, and no import of today."""
        titles = films(3, 0.7, 0.1)
        take_in(engine, answer(remember(engine, seen(NOON, *titles)), *titles))
        assert len(stored(engine)) == 3
        assert as_of(engine, NOON).snapshot.imports[0].count == 1

    def test_what_nobody_binds_any_more_is_not_taken_in(self, engine: History) -> None:
        """A binding may be edited while an app is asked."""
        record(engine, look(0, imports=()))
        take_in(engine, Told(apps=(AppPast("radarr", NOON, tuple(films(1))),)))
        take_in(engine, Told((HostPast("another", ()),)))
        assert stored(engine) == []


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(os.environ, "TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_berlin")
@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_days_of_23_and_25_hours_hold_their_own_imports(
    engine: History, day: str, hours: int
) -> None:
    """An import an hour: the days before and after have 24, this one as many as it has hours."""
    whole = day_of(date.fromisoformat(day), BERLIN)
    titles = [
        ImportedTitle(whole.begin + hour * timedelta(hours=1), f"hour {hour}", hour + 100)
        for hour in range(-24, hours + 24)
    ]
    left = remember(engine, seen(whole.end + 2 * DAY, *titles))
    take_in(engine, answer(left, *titles))
    with engine.reading() as db:
        counted = db.rows("SELECT local_day, imports FROM imports_daily ORDER BY 1")
        days = [date.fromisoformat(day) + n * DAY for n in (-1, 0, 1)]
        assert [tuple(one) for one in counted] == [
            (day.isoformat(), count) for day, count in zip(days, (24, hours, 24), strict=True)
        ]


BOOTED = NOON - 4 * DAY
BOOTS = tuple(
    Boot(at, source)
    for at, source in (
        (NOON - 400 * DAY, Source.JOURNAL),  # older than a year
        (NOON - 300 * DAY, Source.JOURNAL),
        (NOON - 9 * DAY, Source.WTMP),
        (BOOTED + timedelta(seconds=20), Source.WTMP),  # the boot its uptime tells of
        (NOON + DAY, Source.WTMP),  # its clock was wrong
    )
)


def met(minutes: float = 0, **parts: object) -> Snapshot:
    """A host that has been up for four days, with containers of every kind of past."""
    services = (
        service(restart_count=3),
        container("batch", state=ServiceState.EXITED, exit_code=137, oom_killed=True, **FINISHED),
        container("fresh", created_at=NOON + DAY, started_at=NOON + DAY),
    )
    return look(minutes, hosts=(up(uptime_sec=4 * 86400),), services=services, **parts)


LATER = {"created_at": after(2), "started_at": after(2)}
FINISHED = {"started_at": NOON - DAY, "finished_at": NOON - timedelta(hours=5)}
KNOWN = (
    Prior(NOON - timedelta(hours=5), Kind.SERVICE, "vm", "batch", Happening.FINISHED,
          "exit code 137, out of memory", Source.ENGINE),
    Prior(NOON - DAY, Kind.SERVICE, "vm", "batch", Happening.STARTED, None, Source.ENGINE),
    Prior(NOON - 2 * DAY, Kind.SERVICE, "vm", "radarr", Happening.STARTED, "restart count 3",
          Source.ENGINE),
    Prior(NOON - 3 * DAY, Kind.SERVICE, "vm", "batch", Happening.CREATED, None, Source.ENGINE),
    Prior(NOON - 3 * DAY, Kind.SERVICE, "vm", "radarr", Happening.CREATED, None, Source.ENGINE),
    Prior(BOOTED, Kind.HOST, "vm", "vm", Happening.BOOTED, None, Source.UPTIME),
    Prior(NOON - 9 * DAY, Kind.HOST, "vm", "vm", Happening.BOOTED, None, Source.WTMP),
    Prior(NOON - 300 * DAY, Kind.HOST, "vm", "vm", Happening.BOOTED, None, Source.JOURNAL),
)  # fmt: skip


class TestHosts:
    """What hosts knew before they were first looked at."""

    def test_a_first_look_has_a_past(self, engine: History) -> None:
        """Boots of a year, and of containers when each was created, started and finished."""
        left = remember(engine, met())
        take_in(engine, answer(left, boots=BOOTS))
        assert prior(engine) == KNOWN
        assert prior(engine, NOON - 4 * DAY, NOON - DAY) == KNOWN[1:6]

    def test_a_host_is_asked_once(self, engine: History) -> None:
        """Also one that remembers nothing; another that comes later is asked then."""
        take_in(engine, answer(remember(engine, look(0))))
        assert remember(engine, look(1)).hosts == ()
        assert remember(engine, look(2, hosts=(up(), up("new")))).hosts == ("new",)
        assert remember(engine, look(3, hosts=(up(), up("new")))).hosts == ("new",)

    def test_a_host_that_is_down_is_asked_when_it_is_up(self, engine: History) -> None:
        """What it tells then is of the time before it was first seen up."""
        assert remember(engine, dark(0)).hosts == ()
        left = remember(engine, met(5))
        assert left.hosts == ("vm",)
        take_in(engine, answer(left, boots=BOOTS))
        assert [one.at for one in prior(engine) if one.what is Happening.BOOTED] == [
            BOOTED + timedelta(minutes=5),
            NOON - 9 * DAY,
            NOON - 300 * DAY,
        ]

    def test_told_twice_is_there_once(self, engine: History) -> None:
        """Two runs may ask for the same."""
        told = answer(remember(engine, met()), boots=BOOTS)
        take_in(engine, told)
        take_in(engine, told)
        assert prior(engine) == KNOWN

    def test_what_was_seen_since_is_no_past(self, engine: History) -> None:
        """A restart, a new container and a reboot after the first look are events, not this."""
        take_in(engine, answer(remember(engine, met()), boots=BOOTS))
        restarted = (service(started_at=after(3)), container("later", **LATER))
        rebooted = (up(boot_id="boot-2", uptime_sec=60),)
        record(engine, look(5, services=restarted, hosts=rebooted))
        assert prior(engine) == KNOWN

    def test_it_is_never_taken_for_something_seen(self, engine: History) -> None:
        """Availability, coverage, events and past moments are the same with and without it."""
        left = remember(engine, met())
        record(engine, met(5))
        before = _observed(engine)
        take_in(engine, answer(left, *films(20, 2), boots=BOOTS))
        assert _observed(engine) == before
        assert [(one.begin, one.end) for one in covered(engine)] == [(NOON, after(5))]
        with pytest.raises(NoHistoryError):
            as_of(engine, NOON - DAY)

    def test_it_can_be_forgotten_with_the_looks_after_it(self, place: Location) -> None:
        """Dropping what a wrong clock recorded takes along what was told of a host met then."""
        with opened(place) as engine:
            take_in(engine, answer(remember(engine, seen(NOON))))
            wrong = NOON + 365 * DAY
            later = replace(met(), hosts=(up(), up("new")), taken_at=wrong)
            later = replace(later, imports=(imported(wrong),))
            take_in(engine, answer(remember(engine, later), boots=BOOTS))
        drop_after(place, after(5), datetime.now(UTC))
        with opened(place) as engine:
            assert {one.host for one in prior(engine)} == {"vm"}
            day_later = NOON + 3 * DAY
            assert remember(engine, seen(day_later)) == Untold(
                (), (Hole("radarr", after(5) - DAY, day_later),)
            )


def _observed(engine: History) -> dict[str, list[tuple[object, ...]]]:
    views = ("availability_daily", "event", "gap", "host_history", "service_history")
    with engine.reading() as db:
        return {
            view: [tuple(one) for one in db.rows(f"SELECT * FROM {view}")]  # noqa: S608
            for view in views
        }
