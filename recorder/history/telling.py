"""Transitions in words, one by one, in their order."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace

from recorder.history import host, places, service
from recorder.history.told import Key, Told
from recorder.model import Endpoint, Host, Kind, Mount, Service, Thing, Transition, Volume

ORDER = {kind: place for place, kind in enumerate(Kind)}

# What a thing that is away does not tell, and what it told before is compared with.
_REMEMBERED = frozenset(("boot_id", "image", "image_id", "image_version", "created_at"))


def tell(of: Transition) -> Told | None:
    """The transition in words; None when it says nothing to a person, as an import's never does."""
    match (of.was, of.now):
        case (None | Host() as was, None | Host() as now):
            return host.told(of, was, now)
        case (None | Service() as was, None | Service() as now):
            told = service.told(of, was, now)
            return replace(told, own_at=service.own_time(now)) if told else None
        case (None | Endpoint() as was, None | Endpoint() as now):
            return places.endpoint_told(of, was, now)
        case (None | Mount() as was, None | Mount() as now):
            return places.mount_told(of, was, now)
        case (None | Volume() as was, None | Volume() as now):
            return places.volume_told(of, was, now)
    return None


def tell_all(transitions: Iterable[Transition]) -> Iterator[Told]:
    """All that say something, oldest first; each with what was last known of its thing."""
    known: dict[Key, Thing] = {}
    for it in sorted(transitions, key=_order):
        key = Key(it.kind, it.host, it.name)
        was = it.was and _completed(it.was, known.get(key))
        told = tell(replace(it, was=was))
        if told:
            yield told
        if it.now:
            known[key] = _completed(it.now, was)


def _order(it: Transition) -> tuple[object, ...]:
    """The same for the same transitions, in whichever order they come."""
    return it.at, ORDER[it.kind], it.host, it.name, repr(it.was), repr(it.now)


def _completed(thing: Thing, before: Thing | None) -> Thing:
    """The thing with what was known of it before where it tells nothing itself."""
    if type(thing) is not type(before):
        return thing
    names = (field.name for field in fields(thing) if field.name in _REMEMBERED)
    missing = {name: getattr(before, name) for name in names if getattr(thing, name) is None}
    return replace(thing, **missing) if missing else thing
