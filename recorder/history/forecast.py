"""When a volume will be full: a range of days from the trend of its free space, never a day.

A trend holds for as long as nothing breaks it (`steps`), and at most for 90 days: what is older
tells little of what is to come. Where its range holds zero, nothing is foretold. Beside each
forecast stands what would have been said 30 days before, and what it has come to.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from math import ceil, floor

from recorder.history.steps import newest_trend
from recorder.history.trend import Trend, trend
from recorder.model import Backtest, Daily, Forecast, NoForecast, Unforeseen

LONGEST_DAYS = 90
HABIT_DAYS = 120  # in which what comes every month comes three times
BACKTEST_DAYS = 30
READ_DAYS = HABIT_DAYS + BACKTEST_DAYS  # that are worth giving to `forecast`
FEWEST_DAYS = 14  # from the first to the last: each weekday twice
FEWEST_VALUES = 7
DIGITS = 6  # of a day, so that a day and nothing is not two


def forecast(daily: Iterable[Daily]) -> Forecast | NoForecast:
    """The forecast from daily values in any order; of a day told twice, the last told counts."""
    by_day = {it.day: it for it in daily}
    values = [by_day[day] for day in sorted(by_day)]
    current = _current(values)
    found = _trend(current)
    if not isinstance(found, Trend):
        return found
    slopes = floor(found.low), round(found.slope), ceil(found.high)
    full, reason = None, None
    if found.slope < 0:
        soonest, latest = found.used_up(current[-1].free_bytes)
        full = floor(round(soonest, DIGITS)), ceil(round(latest, DIGITS))
    else:
        reason = Unforeseen.NOT_FILLING
    return Forecast(
        since=current[0].day,
        days=len(current),
        slope_bytes_per_day=slopes[1],
        slope_low=slopes[0],
        slope_high=slopes[2],
        full_in_days=full,
        reason=reason,
        backtest=_backtest(values, current[0].day),
    )


def _current(values: Sequence[Daily]) -> Sequence[Daily]:
    """The values of the trend that holds now."""
    recent = newest_trend(_last(values, HABIT_DAYS))
    return _last(recent, LONGEST_DAYS)


def _last(values: Sequence[Daily], days: int) -> Sequence[Daily]:
    return [it for it in values if (values[-1].day - it.day).days < days]


def _trend(values: Sequence[Daily]) -> Trend | NoForecast:
    if len(values) < FEWEST_VALUES or (values[-1].day - values[0].day).days + 1 < FEWEST_DAYS:
        since = values[0].day if values else None
        return NoForecast(Unforeseen.FEW_DAYS, since, len(values))
    found = trend([(it.day.toordinal(), it.free_bytes) for it in values])
    if floor(found.low) <= 0 <= ceil(found.high):
        return NoForecast(Unforeseen.UNCERTAIN, values[0].day, len(values))
    return found


def _backtest(values: Sequence[Daily], since: date) -> Backtest | None:
    """What was to be said 30 days ago; None where that was nothing, or a step has come since."""
    now = values[-1]
    then = [it for it in values if it.day <= now.day - timedelta(days=BACKTEST_DAYS)]
    if not then or then[-1].day < since:
        return None
    found = _trend(_current(then))
    if not isinstance(found, Trend):
        return None
    days = (now.day - then[-1].day).days
    low, high = found.over(days)
    change = (now.free_bytes - then[-1].free_bytes) / days
    return Backtest(then[-1].day, floor(low), ceil(high), round(change))
