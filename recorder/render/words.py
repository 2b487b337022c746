"""States and reasons in words, for someone woken at three in the morning."""

from collections.abc import Callable
from datetime import datetime

from recorder.history.reasons import REASONS, phrase
from recorder.model import (
    Endpoint,
    EndpointState,
    Health,
    Mount,
    MountState,
    Reason,
    Service,
    ServiceState,
)
from recorder.render.marks import UNWANTED
from recorder.render.safe import TEXT_CELLS, safe
from recorder.render.units import age, elapsed, plural

OF_IMPORT = REASONS | {Reason.AUTH_FAILED: "API key refused"}
OF_VOLUME = REASONS | {Reason.PERMISSION_DENIED: "permission denied"}

MOUNT_STATES = {
    MountState.OK: "OK",
    MountState.SLOW: "SLOW",
    MountState.HUNG: "HUNG",
    MountState.STALE: "STALE",
    MountState.MISSING: "NOT MOUNTED",
    MountState.WRONG_SOURCE: "WRONG SOURCE",
    MountState.WRONG_MODE: "WRONG MODE",
    MountState.UNKNOWN: "unknown",
}


def why(reason: Reason | None, detail: str | None, of: dict[Reason, str] = REASONS) -> str:
    """Reason and detail in one phrase; a detail that says the reason itself stands alone."""
    told = safe(detail, TEXT_CELLS) if detail else None
    return phrase(of[reason] if reason else "", told)


def endpoint(answer: Endpoint, *, brief: bool = False) -> str:
    """What a health URL answered: "200", "502", "timed out: no answer in 10 s"."""
    if answer.reason in (None, Reason.HTTP_STATUS) and answer.http_status is not None:
        return str(answer.http_status)
    return why(answer.reason, None if brief else answer.detail)


def service(it: Service, now: datetime | None = None, *, brief: bool = False) -> str:
    """How a service stands: "exited (137) 2h ago, out of memory", "unhealthy and endpoint 502"."""
    match it.state:
        case ServiceState.UNKNOWN:
            return f"unknown: {why(it.reason, None)}"
        case ServiceState.MISSING:
            return "missing" if brief else f"missing: no container named {safe(it.container)}"
        case ServiceState.RUNNING:
            return _running(it, brief=brief)
        case _:
            ended = _ended(it)
            if brief:
                return ended
            since = f"{ended} {age(it.finished_at, now)}" if now and it.finished_at else ended
            return ", ".join((since, *_causes(it)))


def _running(it: Service, *, brief: bool) -> str:
    starting = "starting" if it.health is Health.STARTING else "running"
    return " and ".join(ails(it, brief=brief)) or starting


def ails(it: Service, *, brief: bool = False) -> list[str]:
    """What is wrong with a service that runs; nothing when it is well."""
    ails = []
    if it.health is Health.UNHEALTHY:
        ails.append("unhealthy")
    if it.endpoint and it.endpoint.state is EndpointState.FAILED:
        ails.append(f"endpoint {endpoint(it.endpoint, brief=brief)}")
    if it.declared in UNWANTED:
        ails.append(f"{it.declared}, yet it runs")
    return ails


def _ended(it: Service) -> str:
    if it.state is ServiceState.CREATED:
        return "created, never started"
    with_code = it.state is not ServiceState.PAUSED and it.exit_code is not None
    return f"{it.state} ({it.exit_code})" if with_code else str(it.state)


def _causes(it: Service) -> list[str]:
    causes = ["out of memory"] if it.oom_killed else []
    if it.state is ServiceState.RESTARTING and it.restart_count:
        causes.append(plural(it.restart_count, "restart"))
    if it.error:
        causes.append(safe(it.error, TEXT_CELLS))
    return causes


def mount(it: Mount) -> str:
    """What is wrong with a mount, or worth knowing of it; empty when there is nothing."""
    note = safe(it.note, TEXT_CELLS) if it.note else ""
    return ", ".join(part for part in (_wrong(it), note) if part)


def _wrong(it: Mount) -> str:
    if it.state is MountState.OK:
        return ""
    if it.state is MountState.UNKNOWN:
        return why(it.reason, it.detail)
    told = safe(it.detail, TEXT_CELLS) if it.detail else ""
    return _OF_MOUNT[it.state](it) or told


_OF_MOUNT: dict[MountState, Callable[[Mount], str]] = {
    MountState.SLOW: lambda it: f"answered after {elapsed(it.latency_ms)}" if it.latency_ms else "",
    MountState.HUNG: lambda it: "" if it.detail else "no answer: is its server up?",
    MountState.STALE: lambda it: "" if it.detail else "stale file handle: mount it again",
    MountState.MISSING: lambda it: _should("", it.declared_source),
    MountState.WRONG_SOURCE: lambda it: _should(f"is {_named(it.source)}", it.declared_source),
    MountState.WRONG_MODE: lambda it: _should(f"is {_named(it.mode)}", it.declared_mode),
}


def _named(text: str | None) -> str:
    return safe(text, TEXT_CELLS) if text else "something else"


def _should(there: str, wanted: str | None) -> str:
    should = f"should be {_named(wanted)}" if wanted else ""
    return ", ".join(part for part in (there, should) if part)
