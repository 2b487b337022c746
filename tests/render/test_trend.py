"""A trend in words and bars."""

from datetime import date, timedelta

import pytest

from recorder.model import Backtest, Daily, Forecast, NoForecast, Unforeseen
from recorder.render.marks import to_ascii
from recorder.render.past import Past
from recorder.render.status import dashboard
from recorder.render.trend import bars, full_in, held, rate
from recorder.render.trend import outlook as words_of

from .examples import HEALTHY, TZ
from .pasts import MEDIA, outlook
from .screens import drawn

GIGA = 1 << 30
DAY = date(2026, 2, 1)


def daily(*free: int | None, total: int = 100) -> list[Daily]:
    return [
        Daily(DAY + timedelta(days=n), it, total) for n, it in enumerate(free) if it is not None
    ]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ((0, 0), "full now"),
        ((0, 1), "full within 1 day"),
        ((0, 5), "full within 5 days"),
        ((1, 1), "full in 1 day"),
        ((35, 48), "full in 35\u201348 days"),
        ((35, 60), "full in 35\u201360 days"),
        ((50, 61), "full in 7\u20139 weeks"),
        ((3, 61), "full in 3 days to 9 weeks"),
        ((426, 578), "full in 13\u201319 months"),
        ((20, 400), "full in 20 days to 14 months"),
        ((800, 1500), "full in 2\u20135 years"),
        ((800, 4000), "full in 2 years or more"),
        ((40, 10**30), "full in 40 days or more"),
        ((3653, 9000), "not full within 10 years"),
        ((10**30, 10**31), "not full within 10 years"),
    ],
)
def test_a_range_is_told_in_the_unit_that_suits_it(days: tuple[int, int], words: str) -> None:
    """The soonest is rounded down and the latest up, so that the words hold the range."""
    assert full_in(*days) == words


def test_a_forecast_is_told_with_its_slope() -> None:
    """What fills has a rate and a range; what doesn't says so."""
    told = Forecast(DAY, 60, -205 * GIGA, -220 * GIGA, -190 * GIGA, (35, 48))
    assert f"{rate(told)}, {words_of(told)}" == "\u2212205G/day, full in 35\u201348 days"
    emptying = Forecast(DAY, 60, GIGA, GIGA, GIGA, None, Unforeseen.NOT_FILLING)
    assert f"{rate(emptying)}, {words_of(emptying)}" == "+1G/day, not filling up"


def test_no_forecast_says_why() -> None:
    """Too few days, or none of one mind."""
    few, unsure = (NoForecast(it, DAY, 9) for it in (Unforeseen.FEW_DAYS, Unforeseen.UNCERTAIN))
    assert words_of(few) == "no trend yet: 9 days of it"
    assert words_of(unsure) == "no clear trend in 9 days"


def test_a_back_test_is_told_as_it_came_out() -> None:
    """What would have been said, and what it was."""
    told = Backtest(DAY, -220 * GIGA, -190 * GIGA, -205 * GIGA)
    assert held(told) == "30 days ago it said \u2212220G…\u2212190G/day; it was \u2212205G/day"
    assert told.held


@pytest.mark.parametrize(
    ("free", "drawn"),
    [
        ((), ""),
        ((50,), "█"),
        ((0,), "▁"),
        ((50, 50, 50), "███"),
        ((90, 85, 80, 75, 70, 65, 60, 55), "██▇▇▆▆▅▄"),
        ((8, 7, 6, 5, 4, 3, 2, 1), "█▇▆▅▄▃▂▁"),
        ((90, None, 50), "█ ▄"),
    ],
)
def test_bars_tell_high_from_low(free: tuple[int | None, ...], drawn: str) -> None:
    """The most is a full bar; a day nobody saw is a space; only what is near empty looks so."""
    assert bars(daily(*free), days=8, cells=8) == drawn


def test_bars_stand_for_several_days() -> None:
    """Thirty days in fifteen bars, each the newest of its two."""
    assert bars(daily(*range(100, 70, -1))) == bars(daily(*range(99, 70, -2)), 15)


def test_a_volume_that_is_soon_full_is_named_at_the_end() -> None:
    """The warning says when, where it is not nearly full already; elsewhere there is no line."""
    soon = Past(outlooks={MEDIA: outlook(8.4, 1300 * GIGA, 1200 * GIGA)})
    lines = drawn(dashboard(HEALTHY, tz=TZ, past=soon)).splitlines()
    assert lines[-1] == "! 1 WARNING: pve:/media full in 6\u20137 days"


def test_what_is_not_clear_is_not_shown() -> None:
    """Without a forecast the box is as it would be without a history."""
    still, emptying = (
        Past(outlooks={MEDIA: it}) for it in (outlook(8.4, 0), outlook(8.4, -5 * GIGA))
    )
    told = drawn(dashboard(HEALTHY, tz=TZ))
    assert [drawn(dashboard(HEALTHY, tz=TZ, past=it)) for it in (still, emptying)] == [told] * 2


def test_bars_are_drawn_in_ascii() -> None:
    """Eight heights, eight characters."""
    assert to_ascii("▁▂▃▄▅▆▇█") == "_.:-=+*#"
