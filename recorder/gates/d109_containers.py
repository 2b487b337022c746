"""D109: the containers that run are the binding's, of the images that the compose file names."""

from collections.abc import Iterator

from recorder.collect.compose import ComposeFile
from recorder.gates.facts import Facts
from recorder.gates.gate import Gate, Judged, fail, unknown
from recorder.gates.images import Match, matches
from recorder.history.service import state
from recorder.model import Declared, GateFinding, Service, ServiceState

FILE = "media.services.yaml"
UNWANTED = (Declared.PARKED, Declared.STOPPED)


def _judge(facts: Facts) -> Judged:
    findings: list[GateFinding] = []
    notes: list[str] = []
    checked = 0
    for host in facts.stack.hosts:
        bound = facts.bound_to(host.name)
        if not bound:
            notes.append(f"{host.name} has no service in {FILE}: its containers are left out")
            continue
        checked += len(bound)
        findings += _of_host(facts, host.name)
        if host.compose_path is None:
            notes.append(f"{host.name} has no compose_path in {FILE}: its images are left out")
    return Judged(checked, tuple(findings), tuple(notes))


def _of_host(facts: Facts, host: str) -> Iterator[GateFinding]:
    hidden = facts.hidden(host)
    if hidden:
        what = f"its containers could not be seen: {hidden}"
        yield unknown(host, host, what, facts.way_in(host))
        return
    for service in facts.snapshot.on(host):
        yield from _of_service(service, facts)
    composed = facts.of(host).compose
    if composed:
        yield from _images(composed, facts, host)
    elif facts.stack.host(host).compose_path is not None:
        todo = "verify again"
        yield unknown(host, host, "its compose file was not asked for", todo)


def _of_service(service: Service, facts: Facts) -> Iterator[GateFinding]:
    runs = service.state is ServiceState.RUNNING
    host, name, container = service.host, service.name, service.container
    engine, compose = facts.engine(host), facts.stack.host(host).compose_command
    if service.declared is Declared.ACTIVE and service.state is ServiceState.MISSING:
        todo = f"create it, on {host}: {compose} up -d; or park it in {FILE}"
        yield fail(host, name, f"there is no container {container}", todo)
    elif service.declared is Declared.ACTIVE and not runs:
        todo = f"see `{engine} logs {container}` on {host}, or park it in {FILE}"
        yield fail(host, name, f"does not run: {state(service)}", todo)
    elif service.declared in UNWANTED and runs:
        todo = f"stop it, on {host}: {engine} stop {container}; or make it active in {FILE}"
        yield fail(host, name, f"runs, though {service.declared}", todo)
    elif service.declared is Declared.UNDECLARED and runs:
        image = f", of the image {service.image}" if service.image else ""
        todo = f"declare it in {FILE}, or stop it, on {host}: {engine} stop {container}"
        yield fail(host, name, f"runs undeclared{image}", todo)


def _images(composed: ComposeFile, facts: Facts, host: str) -> Iterator[GateFinding]:
    if composed.trouble:
        path = facts.stack.host(host).compose_path
        todo = f"see {path} on {host}, and compose_path in {FILE}"
        yield unknown(host, host, f"its images are not known: {composed.trouble}", todo)
        return
    for service in facts.running(host):
        wanted = _wanted(service, composed)
        if service.declared is Declared.UNDECLARED or wanted is None:
            continue
        match = matches(service.image, wanted)
        if match is Match.UNTOLD:
            what = f"whether {service.image} is right is not known: {composed.name} says {wanted}"
            yield unknown(host, service.name, what, f"write the image itself in {composed.name}")
        elif match is Match.OTHER:
            what = f"runs {service.image}, but {composed.name} says {wanted}"
            label = service.compose_service or service.name
            todo = f"on {host}: {facts.stack.host(host).compose_command} up -d {label}"
            yield fail(host, service.name, what, todo)


def _wanted(service: Service, composed: ComposeFile) -> str | None:
    """The image a compose file names for a container; None where it names none, or not that one.

    A container's own name decides; else its compose labels, where the project is this file's; of
    one that bears none, the service's name.
    """
    ours = composed.project is not None and service.project == composed.project
    label = service.compose_service if ours else None if service.project else service.container
    by_name = (one for one in composed.services if one.container == service.container)
    by_label = (one for one in composed.services if not one.container and one.name == label)
    found = next(by_name, None) or next(by_label, None)
    return found.image if found else None


GATE = Gate(
    "D109",
    "containers",
    "service",
    "the containers that run are those of the binding, of the images of the compose file",
    _judge,
)
