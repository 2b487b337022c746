"""Many hosts on one screen: what is wrong is told, what is well is counted.

Where hosts are few each has its lines. Of a crowd, those that are well share a line; and of what is
not well, alike things share one too, and the first few stand for the others.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from rich.text import Text

from recorder.model import Host, HostState, Snapshot, findings
from recorder.render import marks
from recorder.render.grid import Row
from recorder.render.safe import safe
from recorder.render.units import plural

MOST_HOSTS = 24  # each with lines of its own
MOST_LINES = 20  # of what is not well, in one box of a crowd
MOST_NAMED = 12
LEAST_ALIKE = 3
CLOCK_OFF_SEC = 60  # a clock further off is worth a word

T = TypeVar("T")


def calm(snapshot: Snapshot) -> frozenset[str] | None:
    """The hosts of a crowd that are well, with all on them; None where hosts are few."""
    if len(snapshot.hosts) <= MOST_HOSTS:
        return None
    ill = {found.host for found in findings(snapshot)}
    return frozenset(host.name for host in snapshot.hosts if is_well(host) and host.name not in ill)


def is_well(host: Host) -> bool:
    """Whether nothing need be told of the host itself."""
    return host.state is HostState.UP and not clock_off(host)


def clock_off(host: Host) -> bool:
    """Whether its clock is worth a word."""
    return host.clock_offset_sec is not None and abs(host.clock_offset_sec) >= CLOCK_OFF_SEC


def alike(items: Iterable[tuple[object, T]], *, crowded: bool) -> list[list[T]]:
    """Items by what is told of them, in order; each alone where hosts or those alike are few."""
    groups: dict[object, list[T]] = {}
    for told, item in items:
        groups.setdefault(told, []).append(item)
    return [
        some
        for same in groups.values()
        for some in ([same] if crowded and len(same) >= LEAST_ALIKE else [[it] for it in same])
    ]


def names(some: Sequence[str]) -> str:
    """The first of them by name, the others by number."""
    named = [safe(name) for name in some[:MOST_NAMED]]
    more = len(some) - len(named)
    return ", ".join([*named, *([marks.glued(f"and {more} more")] if more else [])])


def cut(rows: Sequence[Sequence[Row]], noun: str, *, crowded: bool) -> list[Row]:
    """The rows of as many things as one box of a crowd shows, and how many it does not."""
    most = MOST_LINES if crowded else len(rows)
    shown = [row for some in rows[:most] for row in some]
    left = len(rows) - most
    if left > 0:
        more = f"and {plural(left, noun)} more: {marks.glued('--all')}"
        shown.append(Row((Text(more, "quiet"),)))
    return shown
