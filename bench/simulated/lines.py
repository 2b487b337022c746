"""One thing's whole past, as the minutes at which it became something else: pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Generic, NamedTuple, TypeVar

MINUTES_A_YEAR = 365 * 1440
CALM_MINUTES = 2  # between two episodes of one thing

T = TypeVar("T")


class Line(Generic[T]):
    """What something was: `values[i]` from minute `starts[i]` on; `starts[0]` is 0."""

    def __init__(self, starts: Sequence[int], values: Sequence[T]) -> None:
        self.starts, self.values = starts, values

    def at(self, minute: int) -> T:
        return self.values[bisect_right(self.starts, minute) - 1]

    def within(self, begin: int, end: int) -> Iterator[tuple[int, T]]:
        """What it was at `begin` and what it became before `end`, with the minutes."""
        yield begin, self.at(begin)
        first, last = bisect_right(self.starts, begin), bisect_left(self.starts, end)
        yield from zip(self.starts[first:last], self.values[first:last], strict=True)


Step = tuple[int, Callable[[T], T]]  # from a minute on it is what this makes of what it was


def always(value: T) -> Callable[[object], T]:
    """The step that makes this of whatever was."""
    return lambda _: value


def stepped(first: T, steps: Iterable[Step[T]]) -> Line[T]:
    """What steps, in whatever order they were thought of, make of a thing."""
    return joined([(0, first)], sorted(steps, key=lambda step: step[0]))


def joined(changes: list[tuple[int, T]], steps: Iterable[Step[T]]) -> Line[T]:
    for minute, step in steps:
        changes.append((minute, step(changes[-1][1])))
    return changed(changes)


def changed(changes: Iterable[tuple[int, T]]) -> Line[T]:
    """A line of what something became, in order; what changed nothing is left out."""
    starts: list[int] = []
    values: list[T] = []
    for minute, value in changes:
        if starts and starts[-1] == minute:
            starts.pop()
            values.pop()
        if not values or values[-1] != value:
            starts.append(minute)
            values.append(value)
    return Line(starts, values)


def combined(make: Callable[..., T], *lines: Line) -> Line[T]:
    """What is made of several lines."""
    edges = sorted({start for line in lines for start in line.starts})
    return changed((edge, make(*(line.at(edge) for line in lines))) for edge in edges)


class Rate(NamedTuple):
    """How often something happens, and how many minutes it lasts."""

    a_year: float
    shortest: int = 1
    longest: int = 1


class Episode(NamedTuple):
    """Something that happened: from `begin` up to, not with, `end`."""

    what: str
    begin: int
    end: int


def episodes(
    rng: Random, minutes: int, rates: Mapping[str, Rate], pace: float
) -> Iterator[Episode]:
    """What happens to one thing, one after the other."""
    a_minute = pace * sum(rate.a_year for rate in rates.values()) / MINUTES_A_YEAR
    names, weights = list(rates), [rate.a_year for rate in rates.values()]
    minute = CALM_MINUTES
    while a_minute:
        minute += 1 + int(rng.expovariate(a_minute))
        if minute >= minutes:
            return
        what = rng.choices(names, weights)[0]
        low, high = rates[what].shortest, rates[what].longest
        end = minute + round(low * (high / low) ** rng.random())
        yield Episode(what, minute, end)
        minute = end + CALM_MINUTES
