"""What is still awaited, while it takes long: lines for stderr."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from recorder.render.safe import safe
from recorder.render.units import duration, plural

_MOST_NAMED = 10


def waiting(hosts: Sequence[str], elapsed_sec: float) -> list[str]:
    """Lines of plain text that name the hosts without an answer yet; at most ten of them."""
    lines = [
        f"{safe(host)}: no answer yet, {duration(elapsed_sec)}" for host in hosts[:_MOST_NAMED]
    ]
    unnamed = len(hosts) - len(lines)
    return [*lines, f"and {plural(unnamed, 'host')} more"] if unnamed else lines


def reading(since: datetime, zone: tzinfo) -> list[str]:
    """A line of plain text that says how far back a history is being read."""
    return [f"reading what was recorded since {since.astimezone(zone):%Y-%m-%d} ..."]
