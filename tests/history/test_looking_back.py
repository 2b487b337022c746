"""Restarts, percentiles, days and the room an import takes: small pasts with known answers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from recorder.history.days import by_local_day
from recorder.history.filling import Filling, filling
from recorder.history.percentile import percentile
from recorder.history.restarts import Starts, Update, boots, starts
from recorder.history.retrospect import Gap, gaps
from recorder.history.window import Window
from recorder.model import Daily, Kind, ServiceState, SpaceDays, Thing
from recorder.store.figures import Reach
from recorder.store.recollection import PastThing
from recorder.store.values import Covered, Span

from .made import (
    ANOTHER_BOOT,
    DOWN,
    KILLED,
    MISSING,
    RUNNING,
    STARTED,
    UNSEEN,
    UP,
    UPDATED,
    at,
)

BERLIN = ZoneInfo("Europe/Berlin")
WINDOW = Window(at(0), at(100))
LOOPING = replace(RUNNING, state=ServiceState.RESTARTING, exit_code=1)


def past(*spans: tuple[float, Thing | None], **more: int) -> PastThing:
    told = tuple(
        Span(Kind.SERVICE, "alpha", "radarr", at(minute), None, it) for minute, it in spans
    )
    return PastThing(Kind.SERVICE, "alpha", "radarr", told, **more)


def test_a_restart_is_counted_once_and_an_end_too() -> None:
    """By the start time, by the engine's count; what happened before the window is not in it."""
    counted = replace(STARTED, restart_count=3, started_at=at(60))
    spans = ((-9, KILLED), (-5, RUNNING), (5, STARTED), (20, KILLED), (40, counted))
    assert starts(past(*spans), WINDOW, ()) == Starts(restarts=1 + 3, own=4, exits=1)


def test_what_its_host_did_is_not_its_own() -> None:
    """Restarts seen when the host had booted, or could not be asked before."""
    hidden = ((-5, RUNNING), (5, UNSEEN), (9, STARTED))
    booted = ((-5, RUNNING), (9, STARTED))
    assert starts(past(*hidden), WINDOW, ()) == Starts(restarts=1, own=0)
    assert starts(past(*booted), WINDOW, (at(9),)) == Starts(restarts=1, own=0)
    assert starts(past(*booted), WINDOW, (at(8),)) == Starts(restarts=1, own=1)


def test_a_loop_is_counted_as_far_as_the_window_goes() -> None:
    """By the engine's count at both ends of the window: within a span it grows."""
    before, after = replace(LOOPING, restart_count=2), replace(RUNNING, restart_count=50)
    cut = past((-5, before), (50, after), restarts_before=10)
    assert starts(cut, WINDOW, ()).restarts == 40
    lasting = past((-5, before), restarts_before=10, restarts_after=31)
    assert starts(lasting, WINDOW, ()).restarts == 21
    begun = past((-5, RUNNING), (5, before), restarts_after=31)
    assert starts(begun, WINDOW, ()).restarts == 31


def test_another_image_is_an_update_wherever_it_was_seen() -> None:
    """Also where the container was gone in between; not a restart."""
    update = Update(at(9), "5.2.0 → 5.10.0")
    assert starts(past((-5, RUNNING), (9, UPDATED)), WINDOW, ()).updates == (update,)
    missing = past((-5, RUNNING), (5, MISSING), (9, UPDATED))
    assert starts(missing, WINDOW, ()) == Starts(updates=(update,))


def test_a_boot_is_another_boot_id() -> None:
    """Seen at once, or after the host was away; the same one again is none."""
    quick = past((-5, UP), (5, ANOTHER_BOOT))
    away = past((-5, UP), (5, DOWN), (9, ANOTHER_BOOT), (20, DOWN), (30, ANOTHER_BOOT))
    assert (boots(quick, WINDOW), boots(away, WINDOW)) == ((at(5),), (at(9),))


@given(
    st.lists(st.integers(0, 50), min_size=1).map(sorted),
    st.integers(1, 100),
)
def test_a_percentile_is_the_value_at_its_rank(values: list[int], percent: int) -> None:
    """Of all values in order, the one at the rank; so it was measured, and rises with the rank."""
    counts = [(value, values.count(value)) for value in sorted({*values})]
    assert percentile(counts, percent) == values[-(-len(values) * percent // 100) - 1]


def test_local_days_are_cut_where_the_window_is() -> None:
    """Whole ones say so; one of 25 hours is one day; each import is in one."""
    window = Window(datetime(2025, 10, 25, 12, tzinfo=UTC), datetime(2025, 10, 27, 12, tzinfo=UTC))
    times = [window.begin, datetime(2025, 10, 26, 0, 30, tzinfo=UTC), window.end]
    days = by_local_day([times, times[1:2]], window, BERLIN)
    assert [(it.date, it.whole, it.counts, it.part.end - it.part.begin) for it in days] == [
        (date(2025, 10, 25), False, (1, 0), timedelta(hours=10)),
        (date(2025, 10, 26), True, (1, 1), timedelta(hours=25)),
        (date(2025, 10, 27), False, (0, 0), timedelta(hours=13)),
    ]


def test_an_import_takes_what_went_on_the_days_that_only_filled() -> None:
    """A day of cleaning up, one after a missing day and one of a grown pool tell nothing."""
    first = date(2026, 2, 17)
    free = {0: 100, 1: 90, 2: 70, 3: 95, 5: 80, 6: 60}
    days = tuple(Daily(first + timedelta(days=day), space, 1000) for day, space in free.items())
    grown = (*days[:-1], replace(days[-1], total_bytes=2000))
    pool = SpaceDays(Kind.VOLUME, "alpha", "media", None, grown)
    noon = datetime(2026, 2, 17, 12, tzinfo=UTC)
    imported = [noon + timedelta(days=day) for day in (1, 2, 3, 5, 6) for _ in range(6)]
    window = Window(noon - timedelta(days=1), noon + timedelta(days=30))
    assert filling([pool], imported, window) == Filling(10 + 20, 12, 2)
    assert filling([pool, pool], imported, window) is None
    assert filling([pool], imported[:9], window) is None


def test_a_gap_is_between_looks_and_since_a_late_one() -> None:
    """Clipped to the window; before the first look of all there is none."""
    looked = (Covered(at(-50), at(-10), 9), Covered(at(20), at(40), 9), Covered(at(60), at(80), 9))
    reach = Reach(at(-50), at(80), 27)
    between = [Gap(at(0), at(20), 1200), Gap(at(40), at(60), 1200)]
    last = Gap(at(80), at(100), 1200)
    # The stretches that reach into a window are given: the first of these doesn't.
    assert [*gaps(looked[1:], WINDOW, 20 * 60, reach)] == between
    assert [*gaps(looked[1:], WINDOW, 19 * 60, reach)] == [*between, last]
    assert gaps(looked[1:2], Window(at(0), at(50)), 60, reach) == (
        between[0],
        Gap(at(40), at(50), 600),
    )
    assert gaps(looked[1:2], Window(at(25), at(35)), 60, reach) == ()
    assert gaps((), Window(at(42), at(50)), 60, reach) == (Gap(at(42), at(50), 480),)
    assert gaps((), Window(at(90), at(95)), 60, reach) == (Gap(at(90), at(95), 300),)
    assert gaps((), Window(at(-90), at(-80)), 60, reach) == ()
    assert gaps(looked[:1], Window(at(-90), at(-20)), 60, reach) == ()
