"""Forecasts of free space: what they say, and what they keep to themselves."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from recorder.history.forecast import FEWEST_DAYS, forecast
from recorder.model import Daily, Forecast, NoForecast, Unforeseen

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
    """8400G less 59 times 100G leaves 2500G: 25 days of it."""
    assert forecast(falling(60)) == Forecast(
        since=TODAY - timedelta(days=59),
        days=60,
        slope_bytes_per_day=-100 * GIGA,
        slope_low=-100 * GIGA,
        slope_high=-100 * GIGA,
        full_in_days=(25, 25),
    )


def test_two_weeks_are_needed() -> None:
    """From fewer days nothing is foretold, and it is said how many there are."""
    few = falling(FEWEST_DAYS - 1)
    assert forecast(few) == NoForecast(Unforeseen.FEW_DAYS, few[0].day, FEWEST_DAYS - 1)
    assert forecast([]) == NoForecast(Unforeseen.FEW_DAYS, None, 0)
    assert isinstance(forecast(falling(FEWEST_DAYS)), Forecast)


def test_what_may_go_either_way_is_not_foretold() -> None:
    """Where nothing changes, or now this way and now that, there is no trend."""
    assert forecast(series(*[GIGA] * 40)) == NoForecast(
        Unforeseen.UNCERTAIN, TODAY - timedelta(days=39), 40
    )
    swinging = series(*(GIGA * (n % 3) for n in range(40)))
    assert isinstance(forecast(swinging), NoForecast)


def test_what_becomes_free_is_never_full() -> None:
    """A volume that empties has a slope, and no day on which it is full."""
    told = forecast(falling(40, by=-GIGA))
    assert isinstance(told, Forecast)
    assert (told.slope_bytes_per_day, told.full_in_days) == (GIGA, None)
    assert told.reason is Unforeseen.NOT_FILLING


VALUES = st.lists(
    st.builds(
        Daily,
        st.dates(date(2024, 1, 1), date(2024, 6, 1)),
        st.integers(0, 1 << 50),
        st.integers(0, 1 << 50),
    ),
    max_size=60,
    unique_by=lambda it: it.day,
)


@given(VALUES, st.randoms())
def test_the_order_of_the_days_told_is_nothing(values: list[Daily], random: object) -> None:
    """The same days in another order make the same forecast; so do days told twice."""
    shuffled = [*values, *values]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert forecast(shuffled) == forecast(values)


@given(st.lists(st.integers(-(1 << 80), 1 << 80), max_size=50), st.integers(0, 1 << 80))
def test_nothing_stored_makes_a_forecast_fail(free: list[int], total: int) -> None:
    """Whatever the numbers: a range is never turned round, and has a reason where it lacks."""
    told = forecast(replace(it, total_bytes=total) for it in series(*free))
    if isinstance(told, NoForecast):
        return
    assert told.slope_low <= told.slope_bytes_per_day <= told.slope_high
    assert (told.full_in_days is None) == (told.reason is not None)
    if told.full_in_days:
        soonest, latest = told.full_in_days
        assert 0 <= soonest <= latest
