"""Which container serves which line of the binding, and which containers no line names."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from recorder.bindings.stack import ServiceBinding
from recorder.collect.containers import Container
from recorder.model import Declared, Endpoint, Reason, Service, ServiceState

ALONE = "no project"  # the category of containers that compose did not make


def match(
    bindings: Sequence[ServiceBinding], containers: Sequence[Container]
) -> dict[str, Container]:
    """Find each service's container: service name → container.

    A container's own name decides; else the compose service label, of the containers left over, a
    running one first. One made by `compose run` bears the label without being the service.
    """
    names = {container.name: container for container in containers}
    found = {b.name: names[b.container] for b in bindings if b.container in names}
    taken = {container.name for container in found.values()}
    for binding in bindings:
        if binding.name in found:
            continue
        labelled = [
            container
            for container in containers
            if container.compose_service in (binding.container, binding.name)
            and container.name not in taken
            and not container.one_off
        ]
        labelled.sort(key=lambda container: container.state is not ServiceState.RUNNING)
        if labelled:
            found[binding.name] = labelled[0]
            taken.add(labelled[0].name)
    return found


def seen_services(
    bindings: Sequence[ServiceBinding],
    containers: Sequence[Container],
    endpoints: Mapping[str, Endpoint],
) -> tuple[Service, ...]:
    """The declared services as they are, in the binding's order."""
    found = match(bindings, containers)
    return tuple(
        _declared(binding, found.get(binding.name), endpoints.get(binding.name))
        for binding in bindings
    )


def unseen_services(
    bindings: Sequence[ServiceBinding], reason: Reason, endpoints: Mapping[str, Endpoint]
) -> tuple[Service, ...]:
    """The declared services of a host whose engine gave no answer."""
    return tuple(
        Service(
            binding.name,
            binding.host,
            binding.container,
            binding.declared,
            ServiceState.UNKNOWN,
            category=binding.category,
            reason=reason,
            endpoint=endpoints.get(binding.name),
        )
        for binding in bindings
    )


def undeclared_services(
    host: str,
    bindings: Sequence[ServiceBinding],
    containers: Sequence[Container],
    *,
    by_project: bool,
) -> tuple[Service, ...]:
    """The containers no binding names; `by_project` has compose projects for categories."""
    taken = {container.name for container in match(bindings, containers).values()}
    services = []
    for container in containers:
        if container.name in taken:
            continue
        name = container.name
        category = (container.project or ALONE) if by_project else None
        seen = Service(name, host, name, Declared.UNDECLARED, container.state, category=category)
        services.append(_filled(seen, container))
    return tuple(services)


def _declared(
    binding: ServiceBinding, container: Container | None, endpoint: Endpoint | None
) -> Service:
    wanted = Service(
        binding.name,
        binding.host,
        binding.container,
        binding.declared,
        ServiceState.MISSING,
        category=binding.category,
        endpoint=endpoint,
    )
    return _filled(wanted, container) if container else wanted


def _filled(service: Service, container: Container) -> Service:
    """A service with what its container says. An exit code is told once there is one.

    A state no engine is known to have is not known, and says so.
    """
    ended = container.state not in (
        ServiceState.RUNNING,
        ServiceState.PAUSED,
        ServiceState.CREATED,
    )
    return replace(
        service,
        container=container.name,
        state=container.state,
        reason=Reason.PROBE_FAILED if container.state is ServiceState.UNKNOWN else None,
        health=container.health,
        exit_code=container.exit_code if ended else None,
        oom_killed=container.oom_killed,
        restart_count=container.restart_count,
        created_at=container.created_at,
        started_at=container.started_at,
        finished_at=container.finished_at,
        image=container.image,
        image_id=container.image_id,
        image_version=container.image_version,
        project=container.project,
        compose_service=container.compose_service,
        error=container.error,
    )
