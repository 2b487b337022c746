"""When the simulated stack was looked at: every minute but in the gaps."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

from simulated.lines import Rate, episodes

BEGIN_TS = int(datetime(2016, 1, 1, tzinfo=UTC).timestamp())
FIRST_GAP = 60  # minutes in which the history learns its usual interval
MOST_MISSED = 1  # looks, without leaving a gap
GAPS = {
    "one look missed": Rate(200),
    "restarted": Rate(20, 2, 15),
    "switched off": Rate(12, 30, 900),
    "away": Rate(0.7, 2000, 6000),
}


class Looks:
    """The minutes of a history that were looked at; the last of them always is."""

    def __init__(self, rng: Random, minutes: int, pace: float) -> None:
        self.minutes = minutes
        self.gaps = [
            (gap.begin + FIRST_GAP, gap.end + FIRST_GAP)
            for gap in episodes(rng, minutes - 2 * FIRST_GAP, GAPS, pace)
            if gap.end + FIRST_GAP < minutes
        ]
        self._begins = [begin for begin, _ in self.gaps]
        self._jitter = [rng.randrange(3) for _ in range(997)]
        self._persons = {rng.randrange(minutes) for _ in range(1 + minutes // 700)}
        self.in_all = minutes - sum(end - begin for begin, end in self.gaps)

    def at_or_after(self, minute: int) -> int:
        """The look that first saw what was at a minute."""
        gap = bisect_right(self._begins, minute) - 1
        return max(minute, self.gaps[gap][1]) if gap >= 0 else minute

    def at_or_before(self, minute: int) -> int:
        """The newest look at a minute."""
        gap = bisect_right(self._begins, minute) - 1
        inside = gap >= 0 and minute < self.gaps[gap][1]
        return self.gaps[gap][0] - 1 if inside else minute

    def within(self, begin: int, end: int) -> Iterator[int]:
        """The looks from a minute up to, not with, another."""
        for minute in range(begin, end):
            if self.at_or_after(minute) == minute:
                yield minute

    def earlier(self, minute: int, looks: int) -> int | None:
        """The look so many looks before one; None where there were not so many."""
        gap = bisect_right(self._begins, minute) - 1
        while True:
            first = self.gaps[gap][1] if gap >= 0 else 0
            if minute - looks >= first:
                return minute - looks
            if gap < 0:
                return None
            looks -= minute - first + 1
            minute = self.gaps[gap][0] - 1
            gap -= 1

    def first(self, begin: int, end: int, each: int) -> Iterator[int]:
        """The first look of every so many minutes."""
        for minute in range(begin, end, each):
            look = self.at_or_after(minute)
            if look < minute + each:
                yield look

    def stretches(self, end: int) -> Iterator[tuple[int, int, int]]:
        """First look, last look and number of looks of each stretch without a gap."""
        first = looks = begin = 0
        for gap, after in self.gaps:
            if after >= end:
                break
            looks += gap - begin
            begin = after
            if after - gap > MOST_MISSED:
                yield first, gap - 1, looks
                first, looks = after, 0
        last = self.at_or_before(end - 1)
        yield first, last, looks + last + 1 - begin

    def ts(self, minute: int) -> int:
        """When the look of a minute was taken."""
        return BEGIN_TS + 60 * minute + 2 + self._jitter[minute % 997]

    def minute_of(self, ts: int) -> int:
        """The minute a time lies in."""
        return (ts - BEGIN_TS) // 60

    def by_person(self, minute: int) -> bool:
        return minute in self._persons

    def duration_ms(self, minute: int) -> int:
        return 500 + 13 * (minute % 31)
