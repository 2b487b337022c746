"""A window of time as a person types it: pure.

`24h`, `2h30m`, `7d`, `1y` end now; `yesterday`, `2026-02-10` are that local day; `A..B` is from one
moment to another, where a day stands for its first one. A window holds its first second, not its
last.
"""

import re
from datetime import date, datetime, tzinfo

from recorder.bindings.spelling import quoted
from recorder.frozen import frozen
from recorder.history.when import SHOWN, SPANS, length_of, parse_moment
from recorder.model import day_of

YEAR_DAYS = 365


@frozen
class Window:
    """From `begin` up to, not including, `end`: aware, whole seconds."""

    begin: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        return seconds_between(self.begin, self.end)


def seconds_between(begin: datetime, end: datetime) -> int:
    """Whole seconds from one time to a later one."""
    return int((end - begin).total_seconds())


def parse_window(text: str, now: datetime, zone: tzinfo) -> Window:
    """The window meant. Raises ValueError, in words, for none."""
    said, now = text.strip().lower(), now.replace(microsecond=0)
    first, dots, last = said.partition("..")
    if dots and not first.strip():
        raise ValueError(f"{quoted(text, SHOWN)} says no beginning; say {SPANS}")
    if dots:
        begin = _moment(first, now, zone)
        end = _moment(last, now, zone) if last.strip() else now
    else:
        begin, end = _ending_now(said, now, zone) or _whole_day(said, now, zone)
    day = _date(first.strip())
    if day is not None and day_of(day, zone).begin > now:
        raise ValueError(f"{quoted(first.strip(), SHOWN)} has not come yet")
    if begin >= end:
        raise ValueError(f"{quoted(text, SHOWN)} has no length: its end is not after its beginning")
    return Window(begin, end)


def _ending_now(said: str, now: datetime, zone: tzinfo) -> tuple[datetime, datetime] | None:
    years = re.fullmatch(r"(\d{1,3})\s*y", said, re.ASCII)
    if years:
        said = f"{int(years[1]) * YEAR_DAYS}d"
    return None if length_of(said) is None else (_moment(said, now, zone), now)


def _whole_day(said: str, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """A local day, as far as it has come; from any other moment until now."""
    begin = _moment(said, now, zone)
    named = begin.astimezone(zone).date() if said in {"today", "yesterday"} else _date(said)
    if named is None:
        return begin, now
    day = day_of(named, zone)
    return day.begin, min(day.end, now)


def _moment(said: str, now: datetime, zone: tzinfo) -> datetime:
    """A moment of the past; a day that has not come yet stands for now."""
    said = said.strip()
    if said == "now":
        return now
    day = _date(said)
    if day is not None:
        return min(day_of(day, zone).begin, now)
    try:
        return parse_moment(said, now, zone).replace(microsecond=0)
    except ValueError as error:
        if "is no time" in str(error):
            raise ValueError(f"{quoted(said, SHOWN)} is no span of time; say {SPANS}") from None
        raise


def _date(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if re.fullmatch(r"\d{4}-\d\d-\d\d", said) else None
    except ValueError:
        return None
