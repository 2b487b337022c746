"""Each value of the model as a JSON object, key by key.

Explicit on purpose: a field renamed in the model must not silently rename a key others rely on.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import Enum

from recorder.model import (
    Changes,
    Endpoint,
    Engine,
    Event,
    Finding,
    Gap,
    GateChange,
    Host,
    ImportCount,
    Mount,
    Service,
    Snapshot,
    Volume,
    count,
)
from recorder.render.past import Past

Object = dict[str, object]


def instant(at: datetime) -> str:
    """A time in UTC, ISO 8601, to the second: "2026-02-16T13:02:00Z"."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _instant(at: datetime | None) -> str | None:
    return instant(at) if at else None


def _word(value: Enum | None) -> str | None:
    return str(value) if value else None


def host(it: Host) -> Object:
    return {
        "name": it.name,
        "id": it.number,
        "role": it.role,
        "state": _word(it.state),
        "reason": _word(it.reason),
        "detail": it.detail,
        "hint": it.hint,
        "address": it.address,
        "engine": _engine(it.engine) if it.engine else None,
        "boot_id": it.boot_id,
        "uptime_sec": it.uptime_sec,
        "clock_offset_sec": it.clock_offset_sec,
        "load_1min": it.load_1min,
        "memory_total_bytes": it.memory_total_bytes,
        "memory_available_bytes": it.memory_available_bytes,
        "last_seen": _instant(it.last_seen),
    }


def _engine(it: Engine) -> Object:
    return {
        "kind": it.kind,
        "readable": it.readable,
        "reason": _word(it.reason),
        "detail": it.detail,
        "hint": it.hint,
    }


def service(it: Service) -> Object:
    return {
        "name": it.name,
        "host": it.host,
        "container": it.container,
        "category": it.category,
        "declared": _word(it.declared),
        "state": _word(it.state),
        "condition": _word(it.condition),
        "reason": _word(it.reason),
        "health": _word(it.health),
        "exit_code": it.exit_code,
        "oom_killed": it.oom_killed,
        "error": it.error,
        "restart_count": it.restart_count,
        "created_at": _instant(it.created_at),
        "started_at": _instant(it.started_at),
        "finished_at": _instant(it.finished_at),
        "image": it.image,
        "image_id": it.image_id,
        "image_version": it.image_version,
        "project": it.project,
        "compose_service": it.compose_service,
        "endpoint": _endpoint(it.endpoint) if it.endpoint else None,
    }


def _endpoint(it: Endpoint) -> Object:
    return {
        "state": _word(it.state),
        "url": it.url,
        "http_status": it.http_status,
        "latency_ms": it.latency_ms,
        "reason": _word(it.reason),
        "detail": it.detail,
    }


def counts_by_host(snapshot: Snapshot) -> Object:
    """The service counts of every host, also of one that has no service."""
    homes = snapshot.by_host()
    return {host.name: _counts(homes[host.name]) for host in snapshot.hosts}


def _counts(services: tuple[Service, ...]) -> Object:
    counts = count(services)
    return {
        "total": counts.total,
        "running": counts.running,
        "exited": counts.exited,
        "error": counts.error,
        "unknown": counts.unknown,
    }


def mount(it: Mount) -> Object:
    return {
        "host": it.host,
        "path": it.path,
        "source": it.source,
        "declared_source": it.declared_source,
        "fs_type": it.fs_type,
        "state": _word(it.state),
        "reason": _word(it.reason),
        "detail": it.detail,
        "note": it.note,
        "mode": it.mode,
        "declared_mode": it.declared_mode,
        "free_bytes": it.free_bytes,
        "total_bytes": it.total_bytes,
        "latency_ms": it.latency_ms,
    }


def volume(it: Volume) -> Object:
    used = it.used_percent
    return {
        "name": it.name,
        "host": it.host,
        "path": it.path,
        "state": _word(it.state),
        "reason": _word(it.reason),
        "detail": it.detail,
        "free_bytes": it.free_bytes,
        "total_bytes": it.total_bytes,
        "used_percent": None if used is None else round(used, 1),
    }


def last_free(it: Volume, past: Past) -> Object:
    """When a volume's space was last known, and how much was free; null while it is known."""
    reading = past.last_free.get((it.host, it.name)) if it.free_bytes is None else None
    known = {"at": instant(reading.at), "free_bytes": reading.free_bytes} if reading else None
    return {"last_free": known}


def last_known(past: Past) -> Object:
    """By host whose containers are unknown: when they were last seen, and their counts then."""
    return {
        host: {"at": instant(then.taken_at), **_counts(then.on(host))}
        for host, then in past.last_known.items()
    }


def changes(it: Changes) -> Object:
    """What changed since somebody looked."""
    return {
        "since": _instant(it.since),
        "snapshots": it.snapshots,
        "events": events(it.events),
        "gates": [_gate_change(one) for one in it.gates],
    }


def _gate_change(it: GateChange) -> Object:
    return {
        "at": instant(it.at),
        "gate": it.gate,
        "title": it.title,
        "was": _word(it.was),
        "now": _word(it.now),
        "findings": [*it.findings],
    }


def events(some: Iterable[Event]) -> list[Object]:
    """Events as one flat list: each one's consequences after it, naming its place."""
    told: list[Object] = []
    for one in some:
        cause = len(told)
        told.append(_event(one, None))
        told.extend(_event(below, cause) for below in one.consequences)
    return told


def _event(it: Event, cause: int | None) -> Object:
    return {
        "at": instant(it.at),
        "kind": str(it.kind),
        "host": it.host,
        "name": it.name,
        "was": it.was,
        "now": it.now,
        "detail": it.detail,
        "severity": it.severity,
        "cause": cause,
    }


def imported(it: ImportCount) -> Object:
    return {
        "count": it.count,
        "noun": it.noun,
        "state": _word(it.state),
        "reason": _word(it.reason),
        "detail": it.detail,
        "hint": it.hint,
    }


def gap(it: Gap) -> Object:
    return {"id": it.id, "severity": it.severity, "title": it.title, "status": it.status}


def finding(it: Finding) -> Object:
    return {"severity": str(it.severity), "kind": it.kind, "host": it.host, "name": it.name}
