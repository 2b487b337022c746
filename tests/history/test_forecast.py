"""Forecasts of free space: what they say, and what they keep to themselves."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from recorder.history.forecast import FEWEST_DAYS, forecast
from recorder.model import Backtest, Daily, Forecast, NoForecast, Unforeseen

GIGA = 1 << 30
TOTAL = 12_000 * GIGA
TODAY = date(2026, 2, 16)


def series(*free: int) -> list[Daily]:
    """Free bytes on the last days."""
    first = TODAY - timedelta(days=len(free) - 1)
    return [Daily(first + timedelta(days=n), it, TOTAL) for n, it in enumerate(free)]


def falling(days: int, by: int = 100 * GIGA) -> list[Daily]:
    return series(*(8400 * GIGA - n * by for n in range(days)))


def test_what_falls_evenly_is_full_when_arithmetic_says_so() -> None:
    """8400G less 59 times 100G leaves 2500G: 25 days of it, and so it was to be said before."""
    day = -100 * GIGA
    assert forecast(falling(60)) == Forecast(
        since=TODAY - timedelta(days=59),
        days=60,
        slope_bytes_per_day=day,
        slope_low=day,
        slope_high=day,
        full_in_days=(25, 25),
        backtest=Backtest(TODAY - timedelta(days=30), day, day, day),
    )


def test_two_weeks_are_needed() -> None:
    """From fewer days, or fewer than seven of them seen, nothing is foretold."""
    few = falling(FEWEST_DAYS - 1)
    assert forecast(few) == NoForecast(Unforeseen.FEW_DAYS, few[0].day, FEWEST_DAYS - 1)
    assert forecast([]) == NoForecast(Unforeseen.FEW_DAYS, None, 0)
    enough = falling(FEWEST_DAYS)
    assert isinstance(forecast(enough), Forecast)
    assert forecast([enough[0], *enough[-5:]]) == NoForecast(Unforeseen.FEW_DAYS, enough[0].day, 6)
    assert isinstance(forecast([enough[0], *enough[-6:]]), Forecast)


def test_what_may_go_either_way_is_not_foretold() -> None:
    """Where nothing changes, or now this way and now that, there is no trend."""
    unsure = NoForecast(Unforeseen.UNCERTAIN, TODAY - timedelta(days=39), 40)
    assert forecast(series(*[GIGA] * 40)) == unsure
    assert forecast(series(*(GIGA * (n % 3) for n in range(40)))) == unsure


def test_what_becomes_free_is_never_full() -> None:
    """A volume that empties has a slope, and no day on which it is full."""
    told = forecast(falling(40, by=-GIGA))
    assert isinstance(told, Forecast)
    assert (told.slope_bytes_per_day, told.full_in_days) == (GIGA, None)
    assert told.reason is Unforeseen.NOT_FILLING


def test_what_is_full_already_is_full_in_no_days() -> None:
    """Nothing left is nothing to wait for."""
    told = forecast(series(*(GIGA * n for n in reversed(range(30)))))
    assert isinstance(told, Forecast)
    assert told.full_in_days == (0, 0)


def test_only_the_last_90_days_make_the_trend() -> None:
    """A hundred days of quiet before do not slow it down."""
    quiet = [8400 * GIGA] * 100
    told = forecast(series(*quiet, *(8400 * GIGA - n * GIGA for n in range(90))))
    assert isinstance(told, Forecast)
    assert (told.days, told.slope_low, told.slope_high) == (90, -GIGA, -GIGA)


def test_a_new_disk_begins_a_new_trend() -> None:
    """With another total, what was before is another volume's; 1 % is a shared pool's breathing."""
    days = falling(60)
    for factor, count in ((1.01, 60), (1.5, 20)):
        larger = [replace(it, total_bytes=int(it.total_bytes * factor)) for it in days[40:]]
        told = forecast([*days[:40], *larger])
        assert isinstance(told, Forecast)
        assert (told.days, told.since) == (count, TODAY - timedelta(days=count - 1))


def test_a_large_deletion_begins_a_new_trend() -> None:
    """Once 3T were deleted, in a day or in three, the days before say nothing any more."""
    days = falling(60)
    for freed in ([3000], [1500, 1500], [1000, 1000, 1000]):
        more = [sum(freed[: max(0, n - 39)]) * GIGA for n in range(60)]
        told = forecast(
            replace(it, free_bytes=it.free_bytes + extra)
            for it, extra in zip(days, more, strict=True)
        )
        assert isinstance(told, Forecast)
        assert (told.days, told.slope_bytes_per_day) == (21 - len(freed), -100 * GIGA)
        assert told.backtest is None


def test_what_is_deleted_again_and_again_is_part_of_the_trend() -> None:
    """A clean-up a week does not make it forget: 70G a day less 350G a week is 20G a day."""
    clean = [350 * GIGA * (n // 7) for n in range(90)]
    told = forecast(
        replace(it, free_bytes=it.free_bytes + freed)
        for it, freed in zip(falling(90, by=70 * GIGA), clean, strict=True)
    )
    assert isinstance(told, Forecast)
    assert told.days == 90
    assert told.slope_low <= -20 * GIGA <= told.slope_high


def test_a_large_copy_is_no_step() -> None:
    """What was stored in one go stays in the trend, and makes its range wider."""
    days = falling(60)
    told, calm = (
        forecast(
            replace(it, free_bytes=it.free_bytes - extra * (n > 30)) for n, it in enumerate(days)
        )
        for extra in (2000 * GIGA, 0)
    )
    assert isinstance(told, Forecast)
    assert isinstance(calm, Forecast)
    assert told.days == calm.days == 60
    assert told.slope_low < calm.slope_low


def test_a_forecast_is_held_against_what_came() -> None:
    """100G a day until thirty days ago, then 300G: that would have been wrong, and it says so."""
    slow, fast = falling(60), falling(30, by=300 * GIGA)
    gap = slow[-1].free_bytes - fast[0].free_bytes - 300 * GIGA
    later = [replace(it, free_bytes=it.free_bytes + gap) for it in fast]
    told = forecast([*(replace(it, day=it.day - timedelta(days=30)) for it in slow), *later])
    assert isinstance(told, Forecast)
    assert told.backtest == Backtest(
        TODAY - timedelta(days=30), -100 * GIGA, -100 * GIGA, -300 * GIGA
    )
    assert not told.backtest.held


VALUES = st.lists(
    st.builds(
        Daily,
        st.dates(date(2024, 1, 1), date(2024, 6, 1)),
        st.integers(0, 1 << 20).map(GIGA.__mul__),
        st.just(1 << 50),
    ),
    max_size=60,
    unique_by=lambda it: it.day,
)
TRENDS = st.builds(
    lambda slope, noise: series(*((1 << 50) + slope * n + it for n, it in enumerate(noise))),
    st.integers(-(1 << 42), 1 << 42),
    st.lists(st.integers(-(1 << 38), 1 << 38), min_size=14, max_size=60),
)


@given(VALUES | TRENDS, st.randoms())
def test_the_order_of_the_days_told_is_nothing(values: list[Daily], random: Random) -> None:
    """The same days in another order make the same forecast; so do days told twice."""
    shuffled = [*values, *values]
    random.shuffle(shuffled)
    assert forecast(shuffled) == forecast(values)


@given(VALUES | TRENDS, st.integers(0, 1 << 52))
def test_what_is_full_of_something_else_has_the_same_trend(values: list[Daily], more: int) -> None:
    """As much more of free space every day is no change of slope."""
    same = {"full_in_days": None, "reason": None}
    told, shifted = (
        replace(it, **same) if isinstance(it, Forecast) else it  # type: ignore[arg-type]
        for it in (
            forecast(values),
            forecast(replace(it, free_bytes=it.free_bytes + more) for it in values),
        )
    )
    assert shifted == told


@given(VALUES | TRENDS)
def test_a_volume_a_thousand_times_as_large_fills_in_the_same_time(values: list[Daily]) -> None:
    """In other units of size it is the same forecast: slopes scale, days stay."""
    scaled = [Daily(it.day, it.free_bytes * 1024, it.total_bytes * 1024) for it in values]
    told, larger = forecast(values), forecast(scaled)
    assert type(told) is type(larger)
    if isinstance(told, Forecast) and isinstance(larger, Forecast):
        for name in ("slope_low", "slope_bytes_per_day", "slope_high"):
            assert abs(getattr(larger, name) / 1024 - getattr(told, name)) <= 1
        assert larger.full_in_days == told.full_in_days


@given(st.lists(st.integers(-(1 << 80), 1 << 80), max_size=50), st.integers(0, 1 << 80))
def test_nothing_stored_makes_a_forecast_fail(free: list[int], total: int) -> None:
    """Whatever the numbers: a range is never turned round, and has a reason where it lacks."""
    told = forecast(replace(it, total_bytes=total) for it in series(*free))
    _well_formed(told)


@given(TRENDS, st.sets(st.integers(0, 59)))
def test_days_nobody_looked_leave_a_forecast_well_formed(
    values: list[Daily], missing: set[int]
) -> None:
    """A gap is no value, not zero: what remains is told, or that it is too little."""
    seen = [it for n, it in enumerate(values) if n not in missing]
    told = forecast(seen)
    _well_formed(told)
    assert told.days <= len(seen)


def _well_formed(told: Forecast | NoForecast) -> None:
    if isinstance(told, NoForecast):
        return
    assert told.slope_low <= told.slope_bytes_per_day <= told.slope_high
    assert told.slope_high < 0 or told.slope_low > 0
    assert (told.full_in_days is None) == (told.reason is not None)
    if told.full_in_days:
        soonest, latest = told.full_in_days
        assert 0 <= soonest <= latest
    if told.backtest:
        assert told.backtest.slope_low <= told.backtest.slope_high
