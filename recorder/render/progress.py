"""What is still awaited, while a look takes long: a line a host, for stderr."""

from collections.abc import Sequence

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
