"""What this program itself did, as the cause of what happened to services.

A service is concerned that the action's arguments name, on a host they name. What happened to it by
its engine's account while the action was under way, or shortly after, was brought about by it,
whenever a look saw that.
"""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from recorder.frozen import frozen
from recorder.history.episode import CLOSE, SETTLING, Episode, head, rest
from recorder.history.told import BY, INFO, RECREATED, RESTARTED, Told
from recorder.model import Action, Event, Kind

SKEW = timedelta(seconds=30)  # that a host's clock may be behind ours
UNDER_WAY = timedelta(minutes=30)  # an action without an end may still be, for so long
ABOUT_HOST = ("--host", "--vm")
ABOUT_SERVICE = ("--service",)


@frozen
class Deed:
    """An action on services."""

    capability: str
    hosts: frozenset[str]
    services: frozenset[str]  # empty: all of the hosts
    begin: datetime
    end: datetime
    ended: bool  # or still under way

    def brought(self, of: Episode) -> bool:
        """Whether what happened to a service began by it."""
        first = of[0]
        key = first.key
        if key.kind is not Kind.SERVICE or key.host not in self.hosts:
            return False
        if self.services and key.name not in self.services:
            return False
        return self.begin - SKEW <= _moment(first) <= self.end + SETTLING

    @property
    def words(self) -> str:
        """The deed as a cause."""
        return f"{BY}{self.capability}`{'' if self.ended else ', which did not end'}"


def deeds(actions: Iterable[Action], now: datetime | None = None) -> tuple[Deed, ...]:
    """Those of the actions that are about services, the latest first.

    One without an end did not end, unless at `now` it may still be under way.
    """
    found = [_deed(it, now) for it in actions]
    named = [it for it in found if it.hosts]
    return tuple(sorted(named, key=lambda it: it.begin, reverse=True))


def deed_of(of: Episode, some: Sequence[Deed]) -> Deed | None:
    """The latest of the deeds that brought an episode about."""
    return next((it for it in some if it.brought(of)), None)


def told_by(of: Episode, deed: Deed) -> tuple[Event, list[Event]]:
    """An episode as the event a deed brought about, and what else belongs to it."""
    last = of[-1]
    if last.ill:
        others = [one.event for one in of[:-1]]
        return replace(last.event, detail=_joined(last.event, f"after {deed.words[3:]}")), others
    first = head(of)
    told = replace(first, detail=_joined(first, deed.words), severity=INFO)
    if first.was is None or first.now is None or any(one.updated for one in of):
        return told, rest(of)
    anew = any((one.event.now or "").startswith(RECREATED) for one in of)
    what = RECREATED if anew else RESTARTED
    return replace(told, now=what, detail=deed.words), rest(of)


def _deed(it: Action, now: datetime | None) -> Deed:
    hosts, services = _named(it.arguments)
    end = it.ended_at or it.started_at + CLOSE
    under_way = now is not None and now < it.started_at + UNDER_WAY
    ended = it.ended_at is not None or under_way
    return Deed(it.capability, hosts, services, it.started_at, end, ended)


def _named(arguments: str) -> tuple[frozenset[str], frozenset[str]]:
    """The hosts and services that arguments name; none where they can't be read."""
    try:
        words = shlex.split(arguments)
    except ValueError:
        return frozenset(), frozenset()
    pairs = [*pairwise(words)]
    hosts = frozenset(value for option, value in pairs if option in ABOUT_HOST)
    return hosts, frozenset(value for option, value in pairs if option in ABOUT_SERVICE)


def _moment(one: Told) -> datetime:
    """When it happened, by the engine's account where there is one."""
    return min(one.own_at, one.at) if one.own_at else one.at


def _joined(it: Event, words: str) -> str:
    return f"{it.detail}, {words}" if it.detail else words
