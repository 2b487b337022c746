"""A service that crashes and restarts all day keeps one span: pure.

Seen each minute it would be running, exited or restarting by chance, each time with another start
time: a span a minute for as long as nobody mends it. So once it has begun many spans in a day and
its engine restarted it just now, it is `restarting` until it has been left alone for a while; how
often it restarted is a sample.
"""

from collections.abc import Callable

from recorder.frozen import frozen
from recorder.model import ServiceState
from recorder.store.rows import Row

SPANS_A_DAY = 24
CALM_SEC = 300
BY_CHANCE = ("health", "exit_code", "oom_killed", "started_ts", "finished_ts")
LOOPING = (ServiceState.RUNNING, ServiceState.EXITED, ServiceState.RESTARTING)


@frozen
class Restarts:
    """How often a service was restarted by its engine, and when that number last changed."""

    count: int | None
    changed_ts: int | None


def steadied(
    was: Row, now: Row, ts: int, known: Restarts, spans_of_the_day: Callable[[], int]
) -> Row:
    """The row to compare and record: as seen, or as its restart loop has it."""
    if now["state"] not in LOOPING or was["created_ts"] != now["created_ts"]:
        return now
    restarting = was["state"] == ServiceState.RESTARTING
    if now["state"] == ServiceState.RESTARTING and restarting:
        return _as_it_was(was, now)
    if not _restarted_lately(now, ts, known) or spans_of_the_day() < SPANS_A_DAY:
        return now
    looped = {**now, "state": ServiceState.RESTARTING.value}
    return _as_it_was(was, looped) if restarting else looped


def _restarted_lately(now: Row, ts: int, known: Restarts) -> bool:
    count = now["restart_count"]
    if count is None or known.count is None:
        return False
    return count > known.count or (
        known.changed_ts is not None and ts - known.changed_ts <= CALM_SEC
    )


def _as_it_was(was: Row, now: Row) -> Row:
    return {**now, **{name: was[name] for name in BY_CHANCE}}
