"""The part of a snapshot each check is about, itself a snapshot.

What is wrong in the part, and so its verdict, is what the check answers for: a hung mount is no
matter of the endpoints.
"""

from dataclasses import replace

from recorder.model import Snapshot


def endpoints(snapshot: Snapshot) -> Snapshot:
    """For media.health.check: hosts, and the services that have a health URL."""
    asked = tuple(service for service in snapshot.services if service.endpoint)
    return replace(snapshot, services=asked, mounts=(), volumes=(), imports=())


def services(snapshot: Snapshot) -> Snapshot:
    """For media.service.status: hosts and services."""
    return replace(snapshot, mounts=(), volumes=(), imports=())


def mounts(snapshot: Snapshot) -> Snapshot:
    """For media.nfs.verify: hosts, whatever their engine, and mounts."""
    hosts = tuple(replace(host, engine=None) for host in snapshot.hosts)
    return replace(snapshot, hosts=hosts, services=(), volumes=(), imports=())


def imports(snapshot: Snapshot) -> Snapshot:
    """For media.metrics.today: what was imported."""
    return replace(snapshot, hosts=(), services=(), mounts=(), volumes=())
