"""D108: every active service with a health URL answers it well.

It is asked again, as often as its binding says, before it is said to fail.
"""

from collections.abc import Iterator

from recorder.bindings.stack import ServiceBinding
from recorder.gates.facts import Facts
from recorder.gates.gate import Gate, Judged, fail, unknown
from recorder.history.reasons import why
from recorder.model import (
    Declared,
    Endpoint,
    EndpointState,
    GateFinding,
    Reason,
    Service,
    ServiceState,
)


def _judge(facts: Facts) -> Judged:
    active = [it for it in facts.stack.services if it.declared is Declared.ACTIVE]
    endpoints = [it for it in active if it.health]
    asked = [it for it in endpoints if facts.logged_in or not (it.health and it.health.via_ssh)]
    findings = tuple(finding for service in asked for finding in _of_service(service, facts))
    return Judged(len(asked), findings, tuple(_notes(active, endpoints, asked)))


def _notes(
    active: list[ServiceBinding], endpoints: list[ServiceBinding], asked: list[ServiceBinding]
) -> Iterator[str]:
    if len(endpoints) > len(asked):
        yield f"{len(endpoints) - len(asked)} asked through SSH only: left out"
    silent = [it.name for it in active if not it.health and not it.health_reason]
    if silent:
        named = ", ".join(silent[:6]) + (", ..." if len(silent) > 6 else "")  # noqa: PLR2004
        yield f"no health URL, and no health_reason for that: {named}"


def _of_service(binding: ServiceBinding, facts: Facts) -> Iterator[GateFinding]:
    seen = next((it for it in facts.snapshot.on(binding.host) if it.name == binding.name), None)
    answer = seen.endpoint if seen else None
    if seen is None or answer is None or answer.state is EndpointState.UNKNOWN:
        reason = why(answer.reason, answer.detail) if answer else None
        what = f"was not asked: {reason}" if reason else "was not asked"
        yield unknown(binding.host, binding.name, what, facts.way_in(binding.host))
    elif answer.state is EndpointState.FAILED:
        what = f"{_said(answer)}{_tries(binding)}"
        yield fail(binding.host, binding.name, what, _todo(seen, facts))


def _todo(seen: Service, facts: Facts) -> str:
    """What to type next: nothing that an engine which can't be read would have to answer."""
    host = facts.host(seen.host)
    if host and host.engine and not host.engine.readable:
        return facts.way_in(seen.host)
    engine = facts.engine(seen.host)
    if seen.state in (ServiceState.RUNNING, ServiceState.UNKNOWN):
        return f"see `{engine} logs {seen.container}` on {seen.host}"
    return f"it is {seen.state}: start it, on {seen.host}: {engine} start {seen.container}"


def _said(answer: Endpoint) -> str:
    """What came back instead of an answer, and from where."""
    if answer.reason is Reason.HTTP_STATUS or answer.reason is None:
        return f"{answer.url} answers {answer.http_status}"
    return f"{answer.url}: {why(answer.reason, answer.detail)}"


def _tries(binding: ServiceBinding) -> str:
    retries = binding.health.retries if binding.health else 0
    return f", asked {retries + 1} times" if retries else ""


GATE = Gate(
    "D108",
    "endpoints",
    "endpoint",
    "every active service with a health URL answers it well",
    _judge,
    logs_in=False,
)
