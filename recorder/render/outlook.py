"""Where a volume is heading, as part of the JSON documents."""

from recorder.model import Backtest, Forecast, NoForecast, Volume
from recorder.render.past import Past
from recorder.render.things import Object
from recorder.render.trend import outlook

NO_HISTORY = "no history is recorded"
UNSEEN = "its space is not known now"


def ahead(it: Volume, past: Past) -> Object:
    """The trend of a volume, its range, its back-test and when it will be full; or why not."""
    known = past.outlooks.get((it.host, it.name))
    if known:
        return forecast(known.forecast)
    remembered = past.changes or past.as_it_was
    return _nothing(UNSEEN if remembered and it.free_bytes is None else NO_HISTORY)


def forecast(it: Forecast | NoForecast) -> Object:
    """A forecast; null where there is none, and why."""
    if isinstance(it, NoForecast):
        since = it.since.isoformat() if it.since else None
        return _nothing(outlook(it)) | {"trend_since": since, "trend_days": it.days}
    return {
        "slope_bytes_per_day": it.slope_bytes_per_day,
        "slope_range_bytes_per_day": [it.slope_low, it.slope_high],
        "full_in_days": [*it.full_in_days] if it.full_in_days else None,
        "trend_since": it.since.isoformat(),
        "trend_days": it.days,
        "trend_reason": None if it.full_in_days else outlook(it),
        "backtest": _backtest(it.backtest) if it.backtest else None,
    }


def _backtest(it: Backtest) -> Object:
    return {
        "day": it.day.isoformat(),
        "slope_range_bytes_per_day": [it.slope_low, it.slope_high],
        "slope_since_bytes_per_day": it.slope_since,
        "held": it.held,
    }


def _nothing(reason: str) -> Object:
    return {
        "slope_bytes_per_day": None,
        "slope_range_bytes_per_day": None,
        "full_in_days": None,
        "trend_since": None,
        "trend_days": None,
        "trend_reason": reason,
        "backtest": None,
    }
