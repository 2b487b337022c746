"""A trend of free space in words, and as a row of bars. Pure."""

from collections.abc import Sequence

from recorder.model import Backtest, Daily, Forecast, NoForecast, Unforeseen
from recorder.render.marks import ELLIPSIS, HEIGHTS, TO
from recorder.render.units import plural, signed

FAR_YEARS = 10
_MONTH, _YEAR = 365.25 / 12, 365.25
# Up to how many days a unit is used, and how many it has.
_UNITS = (
    (60, 1, "day"),
    (26 * 7, 7, "week"),
    (2 * _YEAR, _MONTH, "month"),
    (float("inf"), _YEAR, "year"),
)
_LEAST_SPAN = 50  # a change of less than this part of the total looks small


def rate(forecast: Forecast) -> str:
    """How fast it goes: "-205G/day"."""
    return f"{signed(forecast.slope_bytes_per_day)}/day"


def outlook(forecast: Forecast | NoForecast) -> str:
    """What is to come, or why that is not said: "full in 35-48 days", "no clear trend"."""
    if isinstance(forecast, NoForecast):
        few = forecast.reason is Unforeseen.FEW_DAYS
        days = plural(forecast.days, "day")
        return f"no trend yet: {days} of it" if few else f"no clear trend in {days}"
    if forecast.full_in_days is None:
        return "not filling up"
    return full_in(*forecast.full_in_days)


def full_in(soonest: int, latest: int) -> str:
    """A range of days as a person says it: "full in 14-19 months", "not full within 10 years"."""
    if soonest >= FAR_YEARS * _YEAR:
        return f"not full within {FAR_YEARS} years"
    if latest >= FAR_YEARS * _YEAR:
        return f"full in {_one(soonest)} or more"
    _, length, unit = _unit(latest)
    low, high = int(soonest // length), int(-(-latest // length))
    if low == 0 and soonest > 0:
        return f"full in {_one(soonest)} to {plural(high, unit)}"
    if low == 0:
        return f"full within {plural(high, unit)}" if high else "full now"
    return f"full in {plural(high, unit)}" if low == high else f"full in {low}{TO}{high} {unit}s"


def _one(days: int) -> str:
    _, length, unit = _unit(days)
    return plural(int(days // length), unit)


def _unit(days: int) -> tuple[float, float, str]:
    return next(it for it in _UNITS if days <= it[0])


def held(backtest: Backtest, days: int = 30) -> str:
    """A back-test: "30 days ago it said -220G...-190G/day; it was -205G/day"."""
    low, high = signed(backtest.slope_low), signed(backtest.slope_high)
    return (
        f"{days} days ago it said {low}{ELLIPSIS}{high}/day; "
        f"it was {signed(backtest.slope_since)}/day"
    )


def bars(daily: Sequence[Daily], days: int = 30, cells: int = 15) -> str:
    """Free space on the last days as bars, oldest first: "█▇▇▆▆▅▅▄".

    A bar is the newest value of its days; a space, that there is none. The highest bar is the
    most there was, and the lowest not at the bottom unless little is left: what is half as high
    does not look empty.
    """
    if not daily:
        return ""
    newest = max(it.day for it in daily)
    length = -(-days // cells)
    by_cell = {
        (newest - it.day).days // length: it for it in sorted(daily, key=lambda it: it.day)[-days:]
    }
    shown = [by_cell.get(cell) for cell in reversed(range(cells))]
    while shown and shown[0] is None:
        shown.pop(0)
    free = [it.free_bytes for it in shown if it]
    top = max(free)
    span = max(2 * (top - min(free)), max(it.total_bytes for it in daily) // _LEAST_SPAN, 1)
    bottom = max(0, top - span)
    return "".join(_bar(it.free_bytes - bottom, top - bottom) if it else " " for it in shown)


def _bar(above: int, most: int) -> str:
    place = -(-above * len(HEIGHTS) // max(most, 1)) - 1
    return HEIGHTS[min(max(place, 0), len(HEIGHTS) - 1)]
