"""Percentiles of numbers counted by value: pure.

By nearest rank: the smallest value that at least so many of a hundred do not exceed. It is a value
that was measured, never one between two (Hyndman and Fan, Sample quantiles in statistical packages,
Am. Stat. 50, 1996: definition 1).
"""

from collections.abc import Iterable


def percentile(counts: Iterable[tuple[int, int]], percent: int) -> int:
    """The value at a percentile, 1 to 100, of (value, how often), rising, of which there is one."""
    held = [*counts]
    rank = -(-sum(often for _, often in held) * percent // 100)
    for value, often in held:
        rank -= often
        if rank <= 0:
            return value
    raise ValueError("no values")
