"""What makes a thing the same thing in the next snapshot: pure.

A declared service is the line of its binding. A container no line names is its host, compose
project and compose service, so that a re-created one stays itself; without labels, its name.
"""

from collections.abc import Iterable
from typing import NamedTuple

from recorder.frozen import frozen
from recorder.model import Declared, Kind, Service, Snapshot, Thing
from recorder.store.rows import address_of, text


class Key(NamedTuple):
    """An identity, within its parent's."""

    kind: Kind
    parent: "Key | None"
    identity: str


@frozen
class Sighting:
    """A thing as a snapshot holds it."""

    key: Key
    name: str
    position: int  # among its kind
    thing: Thing


def sightings(snapshot: Snapshot) -> list[Sighting]:
    """Everything a snapshot holds, parents before what lives on them."""
    services = [(_service_key(service), service) for service in snapshot.services]
    seen = _numbered((host_key(host.name), host.name, host) for host in snapshot.hosts)
    seen += (found := _numbered((key, service.name, service) for key, service in services))
    seen += _numbered(
        (Key(Kind.ENDPOINT, sighting.key, "health"), address_of(endpoint.url), endpoint)
        for sighting, service in zip(found, snapshot.services, strict=True)
        if (endpoint := service.endpoint) is not None
    )
    seen += _numbered(
        (Key(Kind.MOUNT, host_key(mount.host), mount.path), mount.path, mount)
        for mount in snapshot.mounts
    )
    seen += _numbered(
        (Key(Kind.VOLUME, host_key(volume.host), volume.name), volume.name, volume)
        for volume in snapshot.volumes
    )
    return seen + _numbered(
        (Key(Kind.IMPORT, None, imported.app), imported.app, imported)
        for imported in snapshot.imports
    )


def host_key(name: str) -> Key:
    """A host's identity."""
    return Key(Kind.HOST, None, name)


def _service_key(service: Service) -> Key:
    if service.declared is not Declared.UNDECLARED:
        identity = f"service {service.name}"
    elif service.project and service.compose_service:
        identity = f"compose {service.project}/{service.compose_service}"
    else:
        identity = f"container {service.container}"
    return Key(Kind.SERVICE, host_key(service.host), identity)


def _numbered(found: Iterable[tuple[Key, str, Thing]]) -> list[Sighting]:
    """Sightings; where several share an identity, as scaled services do, the later get a number."""
    met: dict[Key, int] = {}
    made = []
    for position, (bare, name, thing) in enumerate(found):
        key = bare._replace(identity=text(bare.identity) or "")
        count = met[key] = met.get(key, 0) + 1
        if count > 1:
            key = key._replace(identity=f"{key.identity} #{count}")
        made.append(Sighting(key, text(name) or "", position, thing))
    return made
