"""Numbers that change every minute: a level for each hour, and in it one of many minute patterns.

So the roll-up of a quiet hour is known from its pattern's, and ten years are made in seconds.
Bytes are whole blocks, as filesystems and the kernel count them.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from random import Random
from typing import NamedTuple

from simulated.lines import Line
from simulated.looks import Looks

HOUR, DAY = 60, 1440  # minutes
BLOCK = 4096
SLOW_MS = 1200  # what a slow mount takes longer
MANY = 512
EACH = (1, 5)  # minutes from one sample to the next
SPIKES = 0.01  # of all answers
BUSY_HOURS = 0.4  # of all hours, so much is downloaded in


class Rolled(NamedTuple):
    """What some minutes' values come to."""

    n: int
    least: int
    total: int
    most: int
    last: int

    @property
    def average(self) -> int:
        return int(self.total / self.n + 0.5)


class Pattern(NamedTuple):
    """An hour's values, above its level."""

    values: tuple[int, ...]
    rolled: dict[int, Rolled]  # of all of them, and of every fifth


def rolled(values: Sequence[int]) -> Rolled:
    return Rolled(len(values), min(values), sum(values), max(values), values[-1])


class Gauge:
    """One number's values; `present` says when there is one, and what is added to it then."""

    def __init__(
        self, levels: Sequence[int], patterns: Sequence[Pattern], present: Line[int | None]
    ) -> None:
        self.levels, self.patterns, self.present = levels, patterns, present

    def at(self, minute: int) -> int | None:
        added = self.present.at(minute)
        return None if added is None else self.bare(minute) + added

    def bare(self, minute: int) -> int:
        """The value at a minute, whether or not anybody can see it."""
        hour = minute // HOUR
        return self.levels[hour] + self.patterns[hour].values[minute % HOUR]

    def hours(self, looks: Looks, hours: int, each: int) -> Iterator[tuple[int, Rolled]]:
        """The roll-up of each of the first hours that has values, with its number.

        Of a number sampled by the first look of every so many minutes.
        """
        torn = {start // HOUR for start in self.present.starts if start % HOUR}
        for gap in looks.gaps:
            torn.update(range(gap[0] // HOUR, -(-gap[1] // HOUR)))
        for hour in range(hours):
            first = hour * HOUR
            if hour in torn:
                seen = (self.at(minute) for minute in looks.first(first, first + HOUR, each))
                values = [value for value in seen if value is not None]
                if values:
                    yield hour, rolled(values)
                continue
            added = self.present.at(first)
            if added is not None:
                level, whole = self.levels[hour] + added, self.patterns[hour].rolled[each]
                yield (
                    hour,
                    Rolled(
                        whole.n,
                        level + whole.least,
                        whole.n * level + whole.total,
                        level + whole.most,
                        level + whole.last,
                    ),
                )


def summed(parts: Sequence[Rolled]) -> Rolled:
    """The roll-up of the whole, from those of its parts in order."""
    return Rolled(
        sum(part.n for part in parts),
        min(part.least for part in parts),
        sum(part.total for part in parts),
        max(part.most for part in parts),
        parts[-1].last,
    )


def _patterns(make: Callable[[], Sequence[int]]) -> list[Pattern]:
    made = [tuple(make()) for _ in range(MANY)]
    return [Pattern(of, {each: rolled(of[::each]) for each in EACH}) for of in made]


def _wander(rng: Random, step: float, back: float = 0.8) -> list[int]:
    value, values = 0.0, []
    for _ in range(HOUR):
        value = back * value + rng.gauss(0, step)
        values.append(round(value))
    return values


def latencies(rng: Random, hours: int, usual_ms: int) -> tuple[list[int], list[Pattern]]:
    """Milliseconds: slower in the evening, a spike now and then."""

    def hour() -> list[int]:
        return [
            round(rng.expovariate(0.3)) + (rng.randrange(80, 400) if rng.random() < SPIKES else 0)
            for _ in range(HOUR)
        ]

    evening = [usual_ms * (hour % 24 in range(18, 23)) // 3 for hour in range(24)]
    levels = [usual_ms + evening[hour % 24] + rng.randrange(3) for hour in range(hours)]
    return levels, rng.choices(_patterns(hour), k=hours)


def loads(rng: Random, hours: int) -> tuple[list[int], list[Pattern]]:
    """Hundredths of a load average."""
    levels = [rng.randrange(150, 300) for _ in range(hours)]
    return levels, rng.choices(_patterns(lambda: _wander(rng, 12)), k=hours)


def memories(rng: Random, hours: int) -> tuple[list[int], list[Pattern]]:
    """Bytes of memory to be had."""
    patterns = _patterns(lambda: [BLOCK * v for v in _wander(rng, 4000, 0.95)])
    levels = [BLOCK * rng.randrange(1_000_000, 2_500_000) for _ in range(hours)]
    return levels, rng.choices(patterns, k=hours)


def free_spaces(rng: Random, hours: int, total_bytes: int) -> tuple[list[int], list[Pattern]]:
    """Free bytes of a pool that fills with downloads, and is cleaned up when nearly full."""

    def hour() -> list[int]:
        a_minute = 20_000 if rng.random() < BUSY_HOURS else 2
        return [-BLOCK * used for used in accumulate(rng.randrange(a_minute) for _ in range(HOUR))]

    patterns = rng.choices(_patterns(hour), k=hours)
    levels, level = [], total_bytes * 2 // 3 // BLOCK * BLOCK
    for pattern in patterns:
        levels.append(level)
        level += pattern.values[-1]
        if level < total_bytes // 10:
            level += BLOCK * rng.randrange(total_bytes // 4 // BLOCK)
    return levels, patterns
