"""Health URLs: one request each, and what its answer or its silence means."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import replace

from recorder.bindings.stack import HealthBinding, HostBinding
from recorder.collect.http import get
from recorder.collect.network import TlsError, describe, reason_of
from recorder.collect.shell import Unreachable
from recorder.collect.web import OpenShell, health_site
from recorder.frozen import frozen
from recorder.model import Endpoint, EndpointState, Host, HostState, Reason

FIRST_ERROR_STATUS = 400
RETRY_AFTER_SEC = 1.0
AWAY = (Reason.TIMEOUT, Reason.NO_ROUTE, Reason.NAME_NOT_FOUND)


@frozen
class Asked:
    """An endpoint's answer, and whether anything at its address answered at all."""

    endpoint: Endpoint
    reached: bool


def ask_endpoint(host: HostBinding, health: HealthBinding, shell: OpenShell) -> Asked:
    """Ask one health URL; it is failed until it has answered well."""
    site = health_site(host, health).found_by(shell)
    silent = Endpoint(EndpointState.FAILED, site.url(health.path))
    limit = min(host.connect_timeout_sec, health.timeout_sec)
    try:
        connection = site.connect(shell, limit)
    except Unreachable:
        away = replace(silent, state=EndpointState.UNKNOWN, reason=Reason.HOST_DOWN)
        return Asked(away, reached=False)
    except OSError as error:
        if health.via_ssh and isinstance(error, PermissionError):
            denied = replace(silent, state=EndpointState.UNKNOWN, detail=str(error))
            return Asked(replace(denied, reason=Reason.FORWARDING_DENIED), reached=True)
        reason, detail = reason_of(error), describe(error, limit)
        reached = reason not in AWAY or health.host is not None
        return Asked(replace(silent, reason=reason, detail=detail), reached=reached)
    began = time.monotonic()  # to log in, or to try an address nobody has, takes time of its own
    with contextlib.closing(connection):
        deadline = began + health.timeout_sec
        try:
            stream = site.secure(connection, deadline)
            status = get(stream, site.authority, health.path, deadline=deadline).status
        except (OSError, ValueError) as error:
            return Asked(_failed(silent, error, health.timeout_sec), reached=True)
    latency_ms = round((time.monotonic() - began) * 1000)
    return Asked(_answered(silent, status, latency_ms), reached=True)


def ask_again(
    host: HostBinding,
    health: HealthBinding,
    shell: OpenShell,
    pause: Callable[[float], None] = time.sleep,
) -> Asked:
    """Ask one health URL; while it fails, as often again as its binding says."""
    asked = ask_endpoint(host, health, shell)
    for _ in range(health.retries):
        if asked.endpoint.state is not EndpointState.FAILED:
            break
        pause(RETRY_AFTER_SEC)
        asked = ask_endpoint(host, health, shell)
    return asked


def no_answer(host: HostBinding, health: HealthBinding, why: str) -> Asked:
    """An endpoint whose question is still under way when nobody waits for it any more."""
    silent = Endpoint(EndpointState.FAILED, health_site(host, health).url(health.path))
    return Asked(replace(silent, reason=Reason.TIMEOUT, detail=why), reached=False)


def _answered(silent: Endpoint, status: int, latency_ms: int) -> Endpoint:
    answered = replace(silent, http_status=status, latency_ms=latency_ms)
    if status < FIRST_ERROR_STATUS:
        return replace(answered, state=EndpointState.OK)
    return replace(answered, reason=Reason.HTTP_STATUS, detail=f"answered {status}")


def _failed(silent: Endpoint, error: Exception, timeout_sec: float) -> Endpoint:
    """An endpoint that took the connection and then gave no good answer."""
    if isinstance(error, TlsError):
        return replace(silent, reason=Reason.TLS, detail=describe(error, timeout_sec))
    if isinstance(error, TimeoutError):
        return replace(silent, reason=Reason.TIMEOUT, detail=f"no answer in {timeout_sec:g} s")
    if isinstance(error, OSError):
        return replace(silent, reason=reason_of(error), detail=describe(error, timeout_sec))
    return replace(silent, reason=Reason.BAD_ANSWER, detail="what it answers is not HTTP")


def seen_with(asked: Asked, host: Host) -> Endpoint:
    """The endpoint, given its host: where neither answered at all, it is the host that is away."""
    if asked.reached or host.state is not HostState.DOWN or host.reason not in AWAY:
        return asked.endpoint
    endpoint = replace(asked.endpoint, state=EndpointState.UNKNOWN, detail=None)
    return replace(endpoint, reason=Reason.HOST_DOWN)
