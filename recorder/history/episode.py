"""What happened to one thing in a row: it fell and healed, again and again, or kept restarting.

An episode is told as one event: its first change, or the new image that brought the others, the
rest its consequences. None is told twice and none is left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from recorder.history.told import BAD, INFO, REBOOTED, RESTARTED, Key, Told, times
from recorder.model import Event, Kind

Episode = tuple[Told, ...]  # of one thing, oldest first, never empty

CLOSE = timedelta(hours=1)  # what heals within it is told with its fall
SETTLING = timedelta(minutes=5)  # what a start brings follows within it
MANY = 3  # restarts in a row that are no mere restarting


def episodes(told: Iterable[Told]) -> list[Episode]:
    """Group what is told, oldest first, by thing and by what belongs together."""
    running: dict[Key, list[Told]] = {}
    ended: list[Episode] = []
    for one in told:
        before = running.get(one.key)
        if before and _goes_on(before, one):
            before.append(one)
            continue
        if before:
            ended.append(tuple(before))
        running[one.key] = [one]
    return [*ended, *(tuple(last) for last in running.values())]


def _goes_on(before: Sequence[Told], one: Told) -> bool:
    last, apart = before[-1], one.at - before[-1].at
    if apart > CLOSE or one.event.was is None or last.event.now is None:
        return False
    if last.ill or (one.fell and any(it.fell for it in before)):
        return True
    if last.updated and apart <= SETTLING:
        return True
    return bool(last.restarts and not one.updated and (one.restarts or one.fell))


def head(of: Episode) -> Event:
    """The one event an episode is told as, what followed from it not yet under it."""
    first = next((one for one in of if one.updated), of[0])
    if first.updated:
        return replace(first.event, severity=BAD) if of[-1].ill else first.event
    restarts = sum(one.restarts for one in of)
    if len(of) > 1 and restarts > 1:
        return _restarted(of, restarts)
    return first.event


def rest(of: Episode) -> list[Event]:
    """The events of an episode but the one it is told as."""
    first = next((one for one in of if one.updated), of[0])
    return [one.event for one in of if one is not first]


def _restarted(of: Episode, restarts: int) -> Event:
    """Restarts in a row as one event with their number."""
    first, last = of[0].event, of[-1]
    what = REBOOTED if first.kind is Kind.HOST else RESTARTED
    now = f"{what} {times(restarts)}"
    again = "up again" if first.kind is Kind.HOST else "running again"
    detail = f"now {last.event.now}" if last.ill else again
    severity = BAD if last.ill or restarts >= MANY else INFO
    return replace(first, now=now, detail=detail, severity=severity)
