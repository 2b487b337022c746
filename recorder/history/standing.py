"""How a thing stands, in one of five words, and why.

`well` and `ailing` are available: it is up, runs, answers. One that ails does so badly: it is slow,
unhealthy, or its container engine can't be read. A service that is parked, stopped or undeclared
and does not run is idle: neither well nor down.
"""

from enum import StrEnum

from recorder.history.places import MOUNT_STATES
from recorder.history.reasons import why
from recorder.history.service import OUT_OF_MEMORY, state
from recorder.model import (
    Condition,
    Declared,
    Endpoint,
    EndpointState,
    Health,
    Host,
    HostState,
    Mount,
    MountState,
    Reason,
    Service,
    ServiceState,
    Thing,
)


class Standing(StrEnum):
    WELL = "well"
    AILING = "ailing"
    IDLE = "idle"
    DOWN = "down"
    UNKNOWN = "unknown"


def standing(thing: Thing) -> Standing:
    """How it stands."""
    if thing.state == "unknown":
        return Standing.UNKNOWN
    match thing:
        case Host():
            return _of_host(thing)
        case Service():
            return _of_service(thing)
        case Endpoint():
            return Standing.DOWN if thing.state is EndpointState.FAILED else Standing.WELL
        case Mount():
            answers = {MountState.OK: Standing.WELL, MountState.SLOW: Standing.AILING}
            return answers.get(thing.state, Standing.DOWN)
    return Standing.WELL


def _of_host(host: Host) -> Standing:
    if host.state is HostState.DOWN:
        return Standing.DOWN
    return Standing.AILING if _blind(host) else Standing.WELL


def _blind(host: Host) -> bool:
    """Whether its engine can't be read; to have none is no ailment."""
    engine = host.engine
    return engine is not None and not engine.readable and engine.reason is not Reason.NO_ENGINE


def _of_service(service: Service) -> Standing:
    if service.state is ServiceState.RUNNING:
        unhealthy = service.health is Health.UNHEALTHY
        return Standing.AILING if unhealthy else Standing.WELL
    wanted = service.declared is Declared.ACTIVE
    return Standing.DOWN if wanted or service.condition is Condition.ERROR else Standing.IDLE


def words(thing: Thing) -> str:
    """Its state and why, in a phrase: "exited (137), out of memory". Raw: text from hosts."""
    match thing:
        case Host():
            return _host_words(thing)
        case Service():
            oom = OUT_OF_MEMORY if thing.oom_killed and thing.exit_code else None
            return ", ".join(part for part in (state(thing), oom, thing.error) if part)
        case Endpoint(http_status=int() as status) if thing.state is EndpointState.FAILED:
            return f"{thing.state} ({status})"
        case Endpoint():
            return why(thing.reason, thing.detail) or str(thing.state)
        case Mount():
            said = MOUNT_STATES.get(thing.state, str(thing.state))
            because = why(thing.reason, thing.detail)
            return f"{said}: {because}" if because else said
    return str(thing.state)


def _host_words(host: Host) -> str:
    if host.state is not HostState.UP:
        return why(host.reason, host.detail) or str(host.state)
    if host.engine is not None and _blind(host):
        because = why(host.engine.reason, host.engine.detail)
        return f"engine unreadable: {because}" if because else "engine unreadable"
    return str(host.state)
