"""A calendar day as a stretch of time, and this machine's own time zone.

A day is 23 or 25 hours long where clocks change; that is why it has two ends and no length.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo

from recorder.frozen import frozen


@frozen
class Day:
    """From `begin` up to, not including, `end`; aware times."""

    begin: datetime
    end: datetime


def day_of(day: date, zone: tzinfo) -> Day:
    """A calendar day of a time zone."""
    return Day(_midnight(day, zone), _midnight(day + timedelta(days=1), zone))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


class LocalTime(tzinfo):
    """This machine's time zone as its C library knows it, right on both sides of a clock change."""

    def utcoffset(self, when: datetime | None) -> timedelta:
        return _naive(when).astimezone().utcoffset() or timedelta()

    def dst(self, _when: datetime | None) -> None:
        return None

    def tzname(self, when: datetime | None) -> str:
        return _naive(when).astimezone().tzname() or ""

    def fromutc(self, when: datetime) -> datetime:
        """Local time; of autumn's two equal hours, `fold` tells which."""
        local = when.replace(tzinfo=UTC).astimezone()
        late = local.replace(tzinfo=None).astimezone().utcoffset() != local.utcoffset()
        return local.replace(tzinfo=self, fold=int(late))


def _naive(when: datetime | None) -> datetime:
    return (when or datetime.now(UTC)).replace(tzinfo=None)
