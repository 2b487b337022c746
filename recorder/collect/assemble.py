"""From what each host answered to what the stack looks like: pure."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from recorder.bindings.stack import (
    HostBinding,
    MountBinding,
    ServiceBinding,
    VolumeBinding,
)
from recorder.collect.endpoints import Asked, seen_with
from recorder.collect.look import HostLook
from recorder.collect.mounts import (
    Entry,
    Space,
    judge_mount,
    judge_volume,
    network_entry,
    unseen_mount,
)
from recorder.collect.services import seen_services, undeclared_services, unseen_services
from recorder.frozen import frozen
from recorder.model import (
    Host,
    HostState,
    Mount,
    Reason,
    Service,
    Volume,
    VolumeState,
)

NO_ANSWER = Space()


@frozen
class HostPart:
    """A host's part of a snapshot."""

    host: Host
    services: tuple[Service, ...]
    mounts: tuple[Mount, ...]
    volumes: tuple[Volume, ...]


def part_of(
    binding: HostBinding,
    services: Sequence[ServiceBinding],
    volumes: Sequence[VolumeBinding],
    look: HostLook,
    asked: Mapping[str, Asked],
) -> HostPart:
    """What a host's look came to; `services` and `volumes` are those bound to it."""
    return HostPart(
        look.host,
        services_of(services, binding, look, asked),
        mounts_of(binding, look),
        volumes_of(volumes, binding, look),
    )


def services_of(
    bindings: Sequence[ServiceBinding],
    binding: HostBinding,
    look: HostLook,
    asked: Mapping[str, Asked],
) -> tuple[Service, ...]:
    """A host's services: those of its `bindings`, then the containers no line names."""
    endpoints = {
        service.name: seen_with(asked[service.name], look.host)
        for service in bindings
        if service.name in asked
    }
    reason = _why_unseen(look.host)
    if reason is not None:
        return unseen_services(bindings, reason, endpoints)
    undeclared = undeclared_services(
        binding.name, bindings, look.containers, by_project=binding.discover
    )
    return seen_services(bindings, look.containers, endpoints) + undeclared


def _why_unseen(host: Host) -> Reason | None:
    if host.state is HostState.UNKNOWN:
        return Reason.NOT_ASKED
    if host.state is HostState.DOWN:
        return Reason.HOST_DOWN
    return host.engine.reason if host.engine and not host.engine.readable else None


def mounts_of(binding: HostBinding, look: HostLook) -> tuple[Mount, ...]:
    """A host's declared mounts, then those it was asked to find."""
    name, entries = binding.name, look.entries
    if look.host.state is not HostState.UP:
        reason = _why_unseen(look.host)
        return tuple(unseen_mount(name, wanted, reason) for wanted in binding.mounts)
    if entries is None:
        return tuple(
            unseen_mount(name, wanted, Reason.PROBE_FAILED, look.spaces.get(wanted.path, NO_ANSWER))
            for wanted in binding.mounts
        )
    declared = {wanted.path for wanted in binding.mounts}
    found = [
        MountBinding(path, mode=entries[path].mode)
        for path in look.found
        if path not in declared and network_entry(entries, path)
    ]
    return tuple(
        judge_mount(name, wanted, entries.get(wanted.path), look.spaces.get(wanted.path, NO_ANSWER))
        for wanted in (*binding.mounts, *found)
    )


def volumes_of(
    bindings: Sequence[VolumeBinding], binding: HostBinding, look: HostLook
) -> tuple[Volume, ...]:
    """A host's volumes: those of its `bindings`, then the disks it was asked to find."""
    wanted = [*bindings]
    if look.host.state is not HostState.UP:
        reason = _why_unseen(look.host)
        unknown = VolumeState.UNKNOWN
        return tuple(Volume(v.name, v.host, v.path, unknown, reason=reason) for v in wanted)
    declared = {volume.path for volume in wanted}
    wanted += [
        VolumeBinding(f"{binding.name}:{path}", binding.name, path)
        for path in look.found
        if path not in declared and not network_entry(look.entries or {}, path)
    ]
    return tuple(
        judge_volume(
            volume,
            look.spaces.get(volume.path, NO_ANSWER),
            mounted=_mounted(volume.path, binding, look.entries),
        )
        for volume in wanted
    )


def _mounted(path: str, binding: HostBinding, entries: Mapping[str, Entry] | None) -> bool | None:
    """Whether the declared mounts that a path lies on are there; None where nobody told.

    A mount's empty mount point answers too, and so does what lies in it: for another disk.
    """
    place = PurePosixPath(path)
    below = [mount.path for mount in binding.mounts if place.is_relative_to(mount.path)]
    if entries is None:
        return None if below else True
    return all(mount in entries for mount in below)
