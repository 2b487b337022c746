"""Looks at a fleet as they would be seen, without a host: for the store and the screen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from recorder.model import (
    Declared,
    Engine,
    Health,
    Host,
    HostState,
    Reason,
    Service,
    ServiceState,
    Snapshot,
    Trigger,
)

SERVICES = 30
BEGIN = datetime(2026, 2, 16, 14, 2, tzinfo=UTC)
DOCKER = Engine("docker", readable=True)


def look_at_fleet(hosts: int, minute: int = 0, down: frozenset[int] = frozenset()) -> Snapshot:
    """The look of a minute at a fleet; `down` are the numbers of the hosts that are away."""
    taken_at = BEGIN + timedelta(minutes=minute)
    return Snapshot(
        taken_at,
        duration_ms=1000,
        trigger=Trigger.PERSON,
        site="fleet",
        hosts=tuple(_host(number, minute, away=number in down) for number in range(hosts)),
        services=tuple(
            _service(number, which, away=number in down)
            for number in range(hosts)
            for which in range(SERVICES)
        ),
    )


def _host(number: int, minute: int, *, away: bool) -> Host:
    name, address = f"host-{number:04}", f"192.0.2.{number % 250}"
    if away:
        detail = "timed out after 5 s"
        return Host(name, HostState.DOWN, address=address, reason=Reason.TIMEOUT, detail=detail)
    return Host(
        name,
        HostState.UP,
        address=address,
        engine=DOCKER,
        boot_id=f"boot-{number}",
        uptime_sec=86400 + 60 * minute,
        clock_offset_sec=0,
        load_1min=0.5,
        memory_total_bytes=8 << 30,
        memory_available_bytes=(4 << 30) + minute * 4096,
    )


def _service(number: int, which: int, *, away: bool) -> Service:
    host, name = f"host-{number:04}", f"host-{number:04}-service-{which:02}"
    category = f"stack-{which // 10}"
    if away:
        unseen = Service(name, host, name, Declared.ACTIVE, ServiceState.UNKNOWN, category=category)
        return replace(unseen, reason=Reason.HOST_DOWN)
    return Service(
        name,
        host,
        name,
        Declared.ACTIVE,
        ServiceState.RUNNING,
        category=category,
        health=Health.HEALTHY,
        restart_count=0,
        created_at=BEGIN - timedelta(days=7),
        started_at=BEGIN - timedelta(days=3),
        image=f"registry.example/app-{which:02}:1.{which}",
        image_id=f"sha256:{which:064x}",
        image_version=f"1.{which}",
        project=f"stack-{which // 10}",
        compose_service=f"service-{which:02}",
    )
