"""The outlook of each volume: worked out while hosts are asked, and of today after the look."""

from collections.abc import Mapping
from datetime import UTC, datetime

from recorder.history.forecast import READ_DAYS, forecast
from recorder.model import Daily, Snapshot, Volume
from recorder.render.past import Outlook, Place
from recorder.store.daily import space_by_day
from recorder.store.engine import History

SHOWN_DAYS = 30
Outlooks = Mapping[Place, Outlook]


def foresee(engine: History, at: datetime) -> Outlooks:
    """The outlook of every volume by what is recorded up to a time. Raises StoreError."""
    return {
        (found.host, found.name): Outlook(found.days, forecast(found.days))
        for found in space_by_day(engine, at, READ_DAYS)
    }


def brought_up(known: Outlooks, snapshot: Snapshot) -> Outlooks:
    """The outlook of the volumes a look saw: what is of an earlier day is worked out anew.

    A trend of weeks is what it was at the last look of the same day.
    """
    return {
        (volume.host, volume.name): _with_today(known.get((volume.host, volume.name)), today)
        for volume in snapshot.volumes
        if (today := _seen(volume, snapshot.taken_at))
    }


def _seen(volume: Volume, at: datetime) -> Daily | None:
    if volume.free_bytes is None or volume.total_bytes is None:
        return None
    return Daily(at.astimezone(UTC).date(), volume.free_bytes, volume.total_bytes)


def _with_today(known: Outlook | None, today: Daily) -> Outlook:
    days = known.days if known else ()
    if known and days[-1].day == today.day:
        return Outlook(days[-SHOWN_DAYS:], known.forecast)
    days = (*days, today)
    return Outlook(days[-SHOWN_DAYS:], forecast(days))
