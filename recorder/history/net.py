"""What changed between two pictures, where only the two are at hand.

Compared is what both saw. What either could not see makes no transition: a thing that stands in
one of them only is new or gone only where the other one looked.
"""

from collections.abc import Iterator
from dataclasses import replace

from recorder.frozen import frozen
from recorder.history.telling import tell
from recorder.history.told import Key
from recorder.model import Host, HostState, Kind, Reason, Service, Snapshot, Thing, Transition

_UNKNOWN = "unknown"
_IN_CONTAINERS = (Kind.SERVICE, Kind.ENDPOINT)
_Things = dict[Key, Thing]


@frozen
class Unseen:
    """A thing that a snapshot could not see."""

    key: Key
    before: bool  # the earlier snapshot could not
    after: bool  # the later one could not
    reason: Reason | None  # why the first of them could not


def net(was: Snapshot, now: Snapshot) -> tuple[Transition, ...]:
    """The transitions from one snapshot to a later one, all at the time of the later one.

    Imports make none: a count is no state.
    """
    before, after = _matched(was, now)
    found = (
        Transition(now.taken_at, *key, was=before.get(key), now=after.get(key))
        for key in before | after
        if _seen(key, before, was) and _seen(key, after, now)
    )
    return tuple(it for it in found if tell(it))


def unseen(was: Snapshot, now: Snapshot) -> tuple[Unseen, ...]:
    """What one of two snapshots, or both, could not see, so that it is not compared."""
    before, after = _matched(was, now)
    found = []
    for key in before | after:
        hidden = not _seen(key, before, was), not _seen(key, after, now)
        if any(hidden):
            by = was if hidden[0] else now
            found.append(Unseen(key, *hidden, _why(key, before if hidden[0] else after, by)))
    return tuple(found)


def _matched(was: Snapshot, now: Snapshot) -> tuple[_Things, _Things]:
    before, after = dict(_things(was)), dict(_things(now))
    _follow_names(before, after)
    return before, after


def _things(of: Snapshot) -> Iterator[tuple[Key, Thing]]:
    for host in of.hosts:
        yield Key(Kind.HOST, host.name, host.name), host
    for it in of.services:
        yield Key(Kind.SERVICE, it.host, it.name), replace(it, endpoint=None)
        if it.endpoint:
            yield Key(Kind.ENDPOINT, it.host, it.name), it.endpoint
    for mount in of.mounts:
        yield Key(Kind.MOUNT, mount.host, mount.path), mount
    for volume in of.volumes:
        yield Key(Kind.VOLUME, volume.host, volume.name), volume


def _follow_names(before: _Things, after: _Things) -> None:
    """A container of one compose service that bears another name now is still the same thing."""
    lost = {_labels(key, before[key]): key for key in sorted(before.keys() - after.keys())}
    for key in sorted(after.keys() - before.keys()):
        old = lost.pop(_labels(key, after[key]), None)
        if old:
            before[key] = before.pop(old)


def _labels(key: Key, thing: Thing) -> tuple[object, ...]:
    if isinstance(thing, Service) and thing.project and thing.compose_service:
        return key.host, thing.project, thing.compose_service
    return key


def _seen(key: Key, things: _Things, by: Snapshot) -> bool:
    """Whether a look saw how the thing is, or that it is not there."""
    if key in things:
        return things[key].state != _UNKNOWN
    host = next((it for it in by.hosts if it.name == key.host), None)
    if host is None or key.kind is Kind.HOST:
        return True
    readable = host.engine is not None and host.engine.readable
    return host.state is HostState.UP and (readable or key.kind not in _IN_CONTAINERS)


def _why(key: Key, things: _Things, by: Snapshot) -> Reason | None:
    thing = things.get(key)
    if thing is not None:
        return thing.reason or (Reason.NOT_ASKED if isinstance(thing, Host) else None)
    host = next((it for it in by.hosts if it.name == key.host), None)
    if host is None or host.state is not HostState.UP:
        return Reason.HOST_DOWN if host and host.state is HostState.DOWN else Reason.NOT_ASKED
    return host.engine.reason if host.engine else None
