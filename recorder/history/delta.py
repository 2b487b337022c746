"""Transitions into what a person is told of them: events, folded under what caused them.

Every transition that says something stands in exactly one event or among its consequences, and
nothing is folded under another host. What merely could not be seen is no event: it stands under
the host, or the engine, that hid it, or nowhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from recorder.history.cause import LEAD, about_engine, with_causes
from recorder.history.deed import Deed, deed_of, deeds, told_by
from recorder.history.episode import SETTLING, Episode, episodes, head, rest
from recorder.history.telling import ORDER, tell_all
from recorder.history.told import SEEN_AGAIN, UNSEEN, Key, Told
from recorder.model import Action, Event, Kind, Snapshot, Transition


def fold(
    transitions: Sequence[Transition],
    seen: Snapshot | None = None,
    actions: Iterable[Action] = (),
) -> tuple[Event, ...]:
    """The events of some transitions, newest first; consequences oldest first.

    Transitions come in any order. `seen`, the newest picture, tells what lives on a host: with it,
    a host that goes names what is no longer seen, though no transition tells that. `actions`, what
    this program did in that time, are named as the cause of what they brought about.
    """
    told = [*tell_all(transitions)]
    hosts = episodes(one for one in told if one.event.kind is Kind.HOST)
    by_host = {
        name: sorted(some, key=lambda it: it[0].at)
        for name, some in groupby(sorted(hosts, key=_host), key=_host)
    }
    caused: dict[int, list[Event]] = {id(it): [] for it in hosts}
    alone: list[Told] = []
    for one, cause in with_causes((it for it in told if it.event.kind is not Kind.HOST), by_host):
        if cause:
            caused[id(cause)].append(one.event)
        elif not one.unseen:
            alone.append(one)
    done = deeds(actions, seen.taken_at if seen else None)
    events = [_event(it, [*caused[id(it)], *_hidden(it, caused[id(it)], seen)]) for it in hosts]
    return tuple(sorted((*events, *_of_things(episodes(alone), done)), key=newest_first))


def _host(of: Episode) -> str:
    return of[0].event.host


def _event(of: Episode, caused: Iterable[Event], by: Deed | None = None) -> Event:
    """An episode as one event, with what followed from it."""
    told, others = told_by(of, by) if by else (head(of), rest(of))
    return replace(told, consequences=tuple(sorted((*others, *caused), key=_oldest_first)))


def newest_first(it: Event) -> tuple[object, ...]:
    """The key of the order in which events are told."""
    return -it.at.timestamp(), *_place(it)


def _oldest_first(it: Event) -> tuple[object, ...]:
    return it.at, *_place(it)


def _place(it: Event) -> tuple[object, ...]:
    return ORDER[it.kind], it.host, it.name, str(it.was), str(it.now), str(it.detail)


def _of_things(some: Sequence[Episode], done: Sequence[Deed]) -> Iterator[Event]:
    """The events of things on hosts: what hangs on a thing stands under what became of it."""
    by_key: dict[Key | None, list[Episode]] = {}
    for it in some:
        by_key.setdefault(it[0].key, []).append(it)
    under: dict[int, list[Episode]] = {id(it): [] for it in some}
    free: list[Episode] = []
    for it in some:
        causes = [other for other in by_key.get(_hangs_on(it), ()) if _follows(it, other)]
        if causes:
            under[id(max(causes, key=lambda cause: cause[0].at))].append(it)
        else:
            free.append(it)
    for it in free:
        caused = (one.event for below in under[id(it)] for one in below)
        yield _event(it, caused, deed_of(it, done))


def _hangs_on(of: Episode) -> Key | None:
    """What a thing hangs on: an endpoint on its service, a volume on the mount at its path."""
    kind, host, name = of[0].key
    if kind is Kind.ENDPOINT:
        return Key(Kind.SERVICE, host, name)
    return Key(Kind.MOUNT, host, of[0].path or "") if kind is Kind.VOLUME else None


def _follows(it: Episode, cause: Episode) -> bool:
    """Whether it began while that was under way."""
    over = not cause[-1].ill and it[0].at > cause[-1].at + SETTLING
    return it[0].at >= cause[0].at - LEAD and not over


def _hidden(of: Episode, caused: Sequence[Event], seen: Snapshot | None) -> Iterator[Event]:
    """What lives on the host and was hidden, or seen again, without a transition to tell it."""
    if seen is None:
        return
    for one in of:
        told = {(it.kind, it.name) for it in caused if it.at == one.at}
        if one.event.was is None or one.event.now is None or not (one.fell or one.rose):
            continue
        for kind, name in _living_on(one, seen):
            if (kind, name) not in told:
                was, now = (None, UNSEEN) if one.ill else (UNSEEN, SEEN_AGAIN)
                yield Event(one.at, kind, one.event.host, name, was, now)


def _living_on(one: Told, seen: Snapshot) -> Iterator[tuple[Kind, str]]:
    host = one.event.host
    yield from ((Kind.SERVICE, it.name) for it in seen.on(host))
    if not about_engine(one):
        yield from ((Kind.MOUNT, it.path) for it in seen.mounts if it.host == host)
