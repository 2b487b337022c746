"""When a volume will be full: the trend of its free space, and a range of days.

The trend is the Theil-Sen slope: the median of the slopes between each two days (H. Theil, A
rank-invariant method of linear and polynomial regression analysis, Proc. Kon. Ned. Akad. v.
Wetensch. A 53, 1950). Its range holds the slopes that Kendall's rank correlation does not reject
(P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, J. Am. Stat. Assoc. 63,
1968, section 3). What is told is a range, never a day; where the range holds zero, nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations

from recorder.model import Daily, Forecast, NoForecast, Unforeseen

LONGEST_DAYS = 90  # what is older tells little of what is to come
FEWEST_DAYS = 14  # with a value: two weeks, so that no weekday stands alone
NORMAL_90 = 1.645  # 90 of 100 values of a normal distribution are within so many deviations


def forecast(daily: Iterable[Daily]) -> Forecast | NoForecast:
    """The forecast from daily values in any order; of a day told twice, the last told counts."""
    values = _one_a_day(daily)
    if len(values) < FEWEST_DAYS:
        since = values[0].day if values else None
        return NoForecast(Unforeseen.FEW_DAYS, since, len(values))
    low, middle, high = slopes(values)
    since, free = values[0].day, values[-1].free_bytes
    if low <= 0 <= high:
        return NoForecast(Unforeseen.UNCERTAIN, since, len(values))
    if middle > 0:
        reason = Unforeseen.NOT_FILLING
        return Forecast(since, len(values), middle, low, high, None, reason)
    full = (max(free, 0) // -low, -(-max(free, 0) // -high))
    return Forecast(since, len(values), middle, low, high, full)


def _one_a_day(daily: Iterable[Daily]) -> Sequence[Daily]:
    """The newest days, in order."""
    by_day: dict[date, Daily] = {it.day: it for it in daily}
    days = sorted(by_day)
    return [by_day[day] for day in days if (days[-1] - day).days < LONGEST_DAYS]


def slopes(values: Sequence[Daily]) -> tuple[int, int, int]:
    """The lowest likely slope, the Theil-Sen slope and the highest likely one, in bytes a day."""
    numbered = [(it.day.toordinal(), it.free_bytes) for it in values]
    steps = sorted(
        (later - free) / (day - begin) for (begin, free), (day, later) in combinations(numbered, 2)
    )
    count, pairs = len(numbered), len(steps)
    variance = count * (count - 1) * (2 * count + 5) / 18  # of Kendall's S
    ranks = NORMAL_90 * variance**0.5
    low = steps[max(0, int((pairs - ranks) / 2))]
    high = steps[min(pairs - 1, int((pairs + ranks) / 2))]
    middle = (steps[(pairs - 1) // 2] + steps[pairs // 2]) / 2
    return round(low), round(middle), round(high)
