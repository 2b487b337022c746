"""What a host's going and coming brought about on it.

At the moment a host goes, reboots or comes back, whatever changes on it changed with it. Shortly
before it goes, what ends was ending with it; until shortly after it is back, what starts or heals
came back with it. What fell by itself heals by itself.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from recorder.history.episode import CLOSE, SETTLING, Episode
from recorder.history.host import NO_ENGINE, READABLE, UNREADABLE
from recorder.history.told import Key, Told
from recorder.model import HostState, Kind

LEAD = timedelta(minutes=2)  # a host on its way down ends its containers first
ON_AN_ENGINE = (Kind.SERVICE, Kind.ENDPOINT)
_OF_AN_ENGINE = {str(HostState.UP), UNREADABLE, NO_ENGINE, READABLE}


def about_engine(one: Told) -> bool:
    """Whether a host's change was one of its engine alone, the host being up all along."""
    return {one.event.was, one.event.now} <= _OF_AN_ENGINE


def with_causes(
    told: Iterable[Told], hosts: Mapping[str, Sequence[Episode]]
) -> Iterator[tuple[Told, Episode | None]]:
    """Each change of a thing on a host, oldest first, with the host's episode that caused it."""
    alone: dict[Key, Told] = {}  # what fell by itself and is still ill
    for one in told:
        cause = _cause(one, hosts.get(one.event.host, ()))
        fall = alone.get(one.key)
        if fall and one.ill_before and one.at - fall.at <= CLOSE:
            cause = None
        if not one.ill:
            alone.pop(one.key, None)
        elif cause is None and one.fell:
            alone[one.key] = one
        yield one, cause


def _cause(one: Told, episodes: Sequence[Episode]) -> Episode | None:
    """The latest that fits of a host's episodes, which stand in their order and apart."""
    begun = bisect_right(episodes, one.at + LEAD, key=lambda it: it[0].at)
    for it in (episodes[place] for place in range(begun - 1, -1, -1)):
        if _brought(it, one):
            return it
        if it[-1].at + SETTLING < one.at:
            return None
    return None


def _brought(cause: Episode, one: Told) -> bool:
    if one.updated:
        return False
    concerned = [it for it in cause if one.event.kind in ON_AN_ENGINE or not about_engine(it)]
    if not concerned:
        return False
    if any(it.at == one.at for it in concerned):
        return True
    first, last = concerned[0], concerned[-1]
    if one.fell:
        return first.fell and first.at - LEAD <= one.at < first.at
    begun = one.rose or (one.restarts > 0 and not one.ill)
    return begun and first.at < one.at <= last.at + SETTLING
