"""D106: no port of a host belongs to two.

What is declared is held against itself and against the port matrix; what containers really publish
against both. A container in its host's own network publishes nothing that its engine knows of, so
of those only what is declared can be judged.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from recorder.bindings.stack import ServiceBinding, Stack
from recorder.collect.containers import Published
from recorder.gates.facts import Facts
from recorder.gates.gate import Gate, Judged, fail, unknown, warn
from recorder.model import Declared, GateFinding

FILE = "media.services.yaml"
TAKEN = re.compile(r"port is already allocated|address already in use", re.IGNORECASE)
Owners = dict[int, str]  # port → service


def _judge(facts: Facts) -> Judged:
    stack = facts.stack
    findings = [*_declared_twice(stack), *_matrix(stack)]
    notes = ["what containers really publish was not asked"]
    if facts.logged_in:
        declaring = {it.host for it in stack.services} | stack.ports.keys()
        hosts = [host.name for host in stack.hosts if host.name in declaring]
        findings += [it for host in hosts for it in _of_host(facts, host)]
        notes = [*_in_host_network(facts)]
    declared = [service for service in stack.services if service.port is not None]
    return Judged(len(declared), tuple(findings), tuple(notes))


def _declared_twice(stack: Stack) -> Iterator[GateFinding]:
    by_place: dict[tuple[str, int], list[ServiceBinding]] = defaultdict(list)
    for service in stack.services:
        if service.port is not None:
            by_place[service.host, service.port].append(service)
    for (host, port), some in by_place.items():
        names = [service.name for service in some]
        active = [service.name for service in some if service.declared is Declared.ACTIVE]
        if len(some) < 2:  # noqa: PLR2004 - one alone collides with nobody
            continue
        told = fail if len(active) > 1 else warn
        what = f"port {port} is declared by {_and(names)}"
        yield told(host, str(port), what, f"give each of them a port of its own in {FILE}")


def _matrix(stack: Stack) -> Iterator[GateFinding]:
    hosts = {host.name for host in stack.hosts}
    services = {service.name: service for service in stack.services}
    for host, ports in stack.ports.items():
        if host not in hosts:
            todo = f"take {host} out of ports: in {FILE}"
            yield warn(host, host, "the port matrix names a host that is not in the stack", todo)
            continue
        for port, name in ports.items():
            service = services.get(name)
            if service is None or service.host != host:
                where = f"which runs on {service.host}" if service else "which is no service"
                what = f"the port matrix gives port {port} to {name}, {where}"
                yield warn(host, str(port), what, f"correct ports: in {FILE}")
    for service in stack.services:
        yield from _against_matrix(service, stack.ports.get(service.host))


def _against_matrix(service: ServiceBinding, matrix: Owners | None) -> Iterator[GateFinding]:
    if matrix is None or service.port is None or service.declared is not Declared.ACTIVE:
        return
    owner = matrix.get(service.port)
    if owner is None:
        what = f"declares port {service.port}, which is not in the port matrix"
        yield warn(service.host, service.name, what, f"add it to ports: in {FILE}")
    elif owner != service.name:
        what = f"declares port {service.port}, which the port matrix gives to {owner}"
        yield fail(service.host, service.name, what, f"correct one of the two in {FILE}")


def _of_host(facts: Facts, host: str) -> Iterator[GateFinding]:
    hidden = facts.hidden(host)
    if hidden:
        what = f"what its containers publish is not known: {hidden}"
        yield unknown(host, host, what, facts.way_in(host))
        return
    yield from _published(facts, host)
    for service in facts.snapshot.on(host):
        if service.error and TAKEN.search(service.error):
            todo = "free the port, or give it another one in its compose file"
            yield fail(host, service.name, f"could not start: {service.error}", todo)


def _published(facts: Facts, host: str) -> Iterator[GateFinding]:
    owners = _owners(facts, host)
    held: dict[Published, str] = {}
    for service in facts.running(host):
        ports = facts.of(host).ports.get(service.container)
        if ports is None:
            todo = f"see `{facts.engine(host)} port {service.container}` on {host}"
            yield unknown(host, service.name, "what it publishes was not told", todo)
            continue
        for port in dict.fromkeys(it.port for it in ports if it.protocol == "tcp"):
            owner = owners.get(port)
            if owner is not None and owner != service.name:
                what = f"publishes port {port}, which is {owner}'s"
                todo = "give it another port in its compose file, or declare whose it is"
                yield fail(host, service.name, what, todo)
        for place in ports:
            other = held.setdefault(place, service.name)
            if other != service.name:
                what = f"publishes port {place.port}/{place.protocol}, as {other} does"
                yield fail(host, service.name, what, "give one of them another port")


def _owners(facts: Facts, host: str) -> Owners:
    """Whose each port of a host is: by the matrix, else by what services declare."""
    declared = {
        service.port: service.name
        for service in facts.bound_to(host)
        if service.port is not None and service.declared is Declared.ACTIVE
    }
    return declared | facts.stack.ports.get(host, {})


def _in_host_network(facts: Facts) -> Iterator[str]:
    """How many containers can't be judged by what they publish."""
    number = sum(
        facts.of(host.name).networks.get(service.container) == "host"
        for host in facts.stack.hosts
        for service in facts.running(host.name)
    )
    if number:
        some = "1 container is in its" if number == 1 else f"{number} containers are in their"
        yield f"{some} host's own network, and on what ports no engine knows"


def _and(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}"


GATE = Gate(
    "D106", "ports", "port", "no port of a host belongs to two services", _judge, logs_in=False
)
