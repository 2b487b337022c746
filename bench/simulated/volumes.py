"""Volumes that fill up in known ways, day by day, until they are full. Seeded; sizes in bytes."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from math import cos, tau
from statistics import mean

from recorder.history.forecast import LONGEST_DAYS
from recorder.model import Daily

GIGA = 1 << 30
TOTAL = 12_000 * GIGA
FREE = 8_000 * GIGA  # today
TODAY = date(2026, 2, 16)
FULL_AFTER = 3650  # days; later is not waited for
WEEK = 7

Change = Callable[[random.Random, int], float]  # of the free space on a day, in gigabytes


def even(_rng: random.Random, _day: int) -> float:
    return -100


def uneven(rng: random.Random, _day: int) -> float:
    """Much on one day, little on another: as the waiting times for chance events."""
    return -100 * rng.expovariate(1)


def weekends(rng: random.Random, day: int) -> float:
    """Most of it on Saturday and Sunday."""
    return -(260 if day % WEEK > WEEK - 3 else 36) * rng.uniform(0.5, 1.5)


def bursts(rng: random.Random, _day: int) -> float:
    """Every three weeks or so a whole collection."""
    often = -50 * rng.expovariate(1)
    return often - (1000 * rng.uniform(0.5, 1.5) if rng.random() < 1 / 20 else 0)


def seasons(rng: random.Random, day: int) -> float:
    """Twice as much in winter as in summer; its true slope is that of its last days."""
    return -100 * rng.expovariate(1) * _season(day)


def _season(day: int) -> float:
    return 1 + cos(tau * day / 365) / 3


def weekly(rng: random.Random, day: int) -> float:
    """A clean-up each Sunday."""
    return -150 * rng.uniform(0.3, 1.7) + 350 * rng.uniform(0.8, 1.2) * (day % WEEK == 0)


def monthly(rng: random.Random, day: int) -> float:
    """A clean-up every thirty days."""
    return -150 * rng.uniform(0.3, 1.7) + 1500 * rng.uniform(0.8, 1.2) * (day % 30 == WEEK)


def still(_rng: random.Random, _day: int) -> float:
    return 0


def aimless(rng: random.Random, _day: int) -> float:
    """Now more, now less, going nowhere."""
    return rng.gauss(0, 100)


def teeth(rng: random.Random, day: int) -> float:
    """What comes in a week goes each Sunday."""
    return -100 * rng.uniform(0.5, 1.5) + 700 * rng.uniform(0.9, 1.1) * (day % WEEK == 0)


@dataclass(frozen=True, slots=True)
class Way:
    """How a volume fills up."""

    change: Change
    slope: int = -100  # the true one, in gigabytes a day
    blur: float = 5  # what comes and goes within a day, in gigabytes
    deleted: int = 0  # once, in the middle, in gigabytes
    added: int = 0  # a disk, once, in the middle
    unseen: float = 0  # the share of days nobody looked


WAYS: Mapping[str, Way] = {
    "evenly, unpacking beside it": Way(even, blur=50),
    "by chance": Way(uneven),
    "by chance, every third day unseen": Way(uneven, unseen=1 / 3),
    "at weekends": Way(weekends),
    "in bursts": Way(bursts),
    "by season": Way(seasons),
    "with a clean-up a week": Way(weekly),
    "with a clean-up a month": Way(monthly),
    "by chance, 3 T deleted once": Way(uneven, deleted=3000),
    "by chance, 6 T added once": Way(uneven, added=6000),
    "not at all": Way(still, slope=0, blur=50),
    "not at all, going up and down": Way(aimless, slope=0),
    "not at all, in weekly teeth": Way(teeth, slope=0),
}


@dataclass(frozen=True, slots=True)
class Filling:
    """A volume's past, and when it will be full if it goes on like that."""

    days: tuple[Daily, ...]
    slope: float  # the truth, in bytes a day
    full_in_days: int  # the truth; FULL_AFTER: not before that


def filling(way: Way, days: int, rng: random.Random) -> Filling:
    """A volume's last days, with eight terabytes free at the end of them."""
    first_day = rng.randrange(365)
    changes = (GIGA * way.change(rng, day) for day in count(first_day))
    past = [*_levels(way, days, changes, rng)]
    free = FREE - past[-1].free_bytes
    seen = [
        Daily(it.day, it.free_bytes + free, it.total_bytes)
        for it in past
        if it.day == TODAY or rng.random() >= way.unseen
    ]
    return Filling(tuple(seen), GIGA * _slope(way, first_day + days), _full(changes))


def _slope(way: Way, today: int) -> float:
    if way.change is not seasons:
        return way.slope
    return way.slope * mean(_season(day) for day in range(today - LONGEST_DAYS, today))


def _levels(way: Way, days: int, changes: Iterator[float], rng: random.Random) -> Iterator[Daily]:
    level, total = 0.0, TOTAL - way.added * GIGA
    for ago in reversed(range(days)):
        level += next(changes)
        if ago == days // 2:
            level += (way.deleted + way.added) * GIGA
            total = TOTAL
        yield Daily(TODAY - timedelta(ago), round(level + rng.gauss(0, way.blur * GIGA)), total)


def _full(changes: Iterator[float]) -> int:
    level = float(FREE)
    for day, change in enumerate(changes, 1):
        level += change
        if level <= 0:
            return day
        if day == FULL_AFTER:
            break
    return FULL_AFTER
