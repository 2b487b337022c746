"""What a look could not see, told from the moment before: pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from recorder.model import (
    Host,
    HostState,
    Reason,
    Service,
    ServiceState,
    Snapshot,
    Volume,
    VolumeState,
)
from recorder.render.past import Place, Reading
from recorder.store.values import LastKnown, Moment


def all_there(snapshot: Snapshot, moment: Moment | None) -> Snapshot:
    """The picture with those containers, too, that only an engine that can't be read would name."""
    if moment is None:
        return snapshot
    hidden = {host.name for host in snapshot.hosts if _hides_containers(host)}
    named = {(service.host, service.name) for service in snapshot.services}
    more = (
        service
        for service in moment.snapshot.services
        if service.host in hidden and (service.host, service.name) not in named
    )
    return replace(snapshot, services=(*snapshot.services, *more))


def _hides_containers(host: Host) -> bool:
    """Whether it has an engine that can't be read; one without an engine hides none."""
    engine = host.engine
    unread = engine is not None and not engine.readable and engine.reason is not Reason.NO_ENGINE
    return host.state is not HostState.UP or unread


def is_partly_unseen(snapshot: Snapshot) -> bool:
    """Whether there is anything of which the history may know more."""
    return (
        any(_hides_containers(host) for host in snapshot.hosts)
        or any(service.state is ServiceState.UNKNOWN for service in snapshot.services)
        or any(volume.state is VolumeState.UNKNOWN for volume in snapshot.volumes)
    )


def last_seen(snapshot: Snapshot, moment: Moment | None) -> dict[str, datetime | None]:
    """When each host that is not up was last seen."""
    seen = {host.name: host.last_seen for host in moment.snapshot.hosts} if moment else {}
    away = (host.name for host in snapshot.hosts if host.state is not HostState.UP)
    return {name: seen.get(name) for name in away}


def free_space(snapshot: Snapshot) -> dict[Place, int]:
    """The free bytes of each volume whose space is known."""
    return {
        (volume.host, volume.name): volume.free_bytes
        for volume in snapshot.volumes
        if volume.free_bytes is not None
    }


def last_free(snapshot: Snapshot, moment: Moment) -> Iterator[tuple[Place, Reading]]:
    """The last free space known of each volume whose space is unknown."""
    known = free_space(moment.snapshot)
    readings = {place: Reading(moment.snapshot.taken_at, free) for place, free in known.items()}
    for last in moment.last_known:
        if isinstance(last.thing, Volume) and last.thing.free_bytes is not None:
            readings[last.host, last.name] = Reading(last.seen_at, last.thing.free_bytes)
    for volume in snapshot.volumes:
        place = (volume.host, volume.name)
        if volume.state is VolumeState.UNKNOWN and place in readings:
            yield place, readings[place]


def last_known(snapshot: Snapshot, moment: Moment) -> Iterator[tuple[str, Snapshot]]:
    """By host whose containers are unknown: the last snapshot that saw them."""
    homes, homes_then = snapshot.by_host(), moment.snapshot.by_host()
    lasts: dict[str, list[LastKnown]] = {}
    for last in moment.last_known:
        if isinstance(last.thing, Service):
            lasts.setdefault(last.host, []).append(last)
    for host in snapshot.hosts:
        if all(s.state is not ServiceState.UNKNOWN for s in homes[host.name]):
            continue
        then = homes_then.get(host.name, ())
        services = [s for s in then if s.state is not ServiceState.UNKNOWN]
        at = moment.snapshot.taken_at
        for last in lasts.get(host.name, ()):
            if isinstance(last.thing, Service):
                services.append(last.thing)
                at = min(at, last.seen_at)
        if services:
            yield host.name, replace(moment.snapshot, taken_at=at, services=tuple(services))
