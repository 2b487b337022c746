"""A window cut into local days, which are 23 or 25 hours long where clocks change: pure."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from recorder.frozen import frozen
from recorder.history.window import Window
from recorder.model import Day, day_of


@frozen
class LocalDay:
    """As much of a local day as lies in a window, and what was counted in it, app by app."""

    date: date
    part: Day
    whole: bool
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


def by_local_day(
    times: Sequence[Sequence[datetime]], window: Window, zone: tzinfo
) -> tuple[LocalDay, ...]:
    """Each local day of a window, with how many of each row's rising times lie in it."""
    days = []
    at = window.begin.astimezone(zone).date()
    while (day := day_of(at, zone)).begin < window.end:
        part = Day(max(day.begin, window.begin), min(day.end, window.end))
        counts = tuple(bisect_left(of, part.end) - bisect_left(of, part.begin) for of in times)
        days.append(LocalDay(at, part, part == day, counts))
        at += timedelta(days=1)
    return tuple(days)
