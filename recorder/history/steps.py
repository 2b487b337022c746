"""Where a trend begins anew: at another total size, and where much was deleted once. Pure.

A new disk changes the total; by less than 2 %, it is a file system that shares its pool. Much is
what frees more than usual (the median change) by eight of the usual deviations (the median one, as
a standard deviation: F. R. Hampel, The influence curve and its role in robust estimation, J. Am.
Stat. Assoc. 69, 1974), and by 2 % of the total, so that nothing is made of a volume where little
happens at all. Days of that in a row are one.

What comes again is how a volume lives, and part of its trend, such as a weekly clean-up: so it
counts only while at most one other deletion was a third as large. What was stored in one go is
never a step: it may come again, and until it is old it makes the range wider.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from recorder.history.percentile import median
from recorder.model import Daily

TOTAL_SHARE = 0.02
JUMP_SHARE = 0.02
JUMP_DEVIATIONS = 8
AS_DEVIATION = 1.4826  # of a normal distribution, over its median deviation
ALIKE = 3  # a third as large is of the same kind
HABIT = 2  # so many others make a habit
FEWEST = 5  # changes to tell a usual one from


def newest_trend(values: Sequence[Daily]) -> Sequence[Daily]:
    """The values since the last step, in order as they are given."""
    begin = 0
    for place, (before, after) in enumerate(pairwise(values), 1):
        size = max(before.total_bytes, after.total_bytes)
        if abs(after.total_bytes - before.total_bytes) > TOTAL_SHARE * size:
            begin = place
    since = values[begin:]
    return since[_last_jump(since) :]


def _last_jump(values: Sequence[Daily]) -> int:
    """The place of the first value after much was deleted; 0: it never was."""
    odd = _oddities(values)
    if len(odd) < FEWEST:
        return 0
    deviation = AS_DEVIATION * median(abs(it) for it in odd)
    least = max(JUMP_DEVIATIONS * deviation, JUMP_SHARE * values[-1].total_bytes)
    freed = [*_runs(odd, least)]
    for place, size in reversed(freed):
        others = sum(other * ALIKE >= size for _, other in freed) - 1
        if size > least and others < HABIT:
            return place
    return 0


def _oddities(values: Sequence[Daily]) -> list[float]:
    """By how much each change differs from the usual one for as many days."""
    changes = [
        (after.free_bytes - before.free_bytes, (after.day - before.day).days)
        for before, after in pairwise(values)
    ]
    usual = median(change / days for change, days in changes) if changes else 0
    return [change - usual * days for change, days in changes]


def _runs(odd: Sequence[float], least: float) -> Iterator[tuple[int, float]]:
    """What was freed beyond the usual, with the place after it; days of much in a row as one."""
    place = 0
    for much, run in groupby(odd, key=lambda it: it > least):
        sizes = [*run]
        if much:
            yield place + len(sizes), sum(sizes)
        else:
            yield from ((place + n, size) for n, size in enumerate(sizes, 1) if size > 0)
        place += len(sizes)
