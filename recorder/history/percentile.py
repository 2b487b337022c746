"""The middle of numbers, and percentiles of those counted by value: pure.

The latter by nearest rank: the smallest value that at least so many of a hundred do not exceed. It
is a value that was measured, never one between two (Hyndman and Fan, Sample quantiles in
statistical packages, Am. Stat. 50, 1996: definition 1).
"""

from collections.abc import Iterable


def median(values: Iterable[float]) -> float:
    """The middle one, or between the two; of `statistics`, each look would wait for its import."""
    held = sorted(values)
    middle = len(held) // 2
    return held[middle] if len(held) % 2 else (held[middle - 1] + held[middle]) / 2


def percentile(counts: Iterable[tuple[int, int]], percent: int) -> int:
    """The value at a percentile, 1 to 100, of (value, how often), rising, of which there is one."""
    held = [*counts]
    rank = -(-sum(often for _, often in held) * percent // 100)
    for value, often in held:
        rank -= often
        if rank <= 0:
            return value
    raise ValueError("no values")
