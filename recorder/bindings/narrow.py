"""A part of a stack: the hosts and services a person named."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from recorder.bindings.spelling import did_you_mean
from recorder.bindings.stack import Stack
from recorder.errors import UsageError


def narrow(stack: Stack, hosts: Sequence[str], services: Sequence[str]) -> Stack:
    """The stack with only what must be asked to show these hosts and services; all where none.

    Services that no binding names may run anywhere, so for one of those every host is asked.
    Raises UsageError for a host that is not bound.
    """
    known = [host.name for host in stack.hosts]
    for name in hosts:
        if name not in known:
            raise UsageError(
                f'no host "{name}"{did_you_mean(name, known)}; hosts: {", ".join(known)}'
            )
    wanted: Collection[str] = hosts or known
    homes = {service.name: service.host for service in stack.services}
    if services and not hosts and all(name in homes for name in services):
        wanted = {homes[name] for name in services}
    kept = [service for service in stack.services if service.host in wanted]
    names = {service.name for service in kept}
    imports = [app for app in stack.imports if app.service in names]
    if services:
        imports = [app for app in imports if app.service in services]
    return replace(
        stack,
        hosts=tuple(host for host in stack.hosts if host.name in wanted),
        services=tuple(kept),
        volumes=tuple(volume for volume in stack.volumes if volume.host in wanted),
        imports=tuple(imports),
    )
