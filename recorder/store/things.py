"""Rows of spans as the things they tell of: pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from recorder.model import (
    Declared,
    Endpoint,
    EndpointState,
    Engine,
    Health,
    Host,
    HostState,
    ImportCount,
    ImportState,
    Kind,
    Mount,
    MountState,
    Reason,
    Service,
    ServiceState,
    Thing,
    Volume,
    VolumeState,
)
from recorder.store.rows import Image, Row


class Place(NamedTuple):
    """Whose a row is."""

    host: str  # "" where it has none
    name: str  # an endpoint's: its service's
    label: str  # what the row itself is called; an endpoint's: its URL


def moment(ts: int | None) -> datetime | None:
    """The UTC time of seconds since the epoch."""
    return None if ts is None else time_of(ts)


def time_of(ts: int) -> datetime:
    """The UTC time of seconds since the epoch."""
    return datetime.fromtimestamp(ts, UTC)


def thing_of(
    kind: Kind, place: Place, row: Row, numbers: Mapping[str, int], ts: int | None = None
) -> Thing:
    """The thing a row tells of, as seen at `ts`, with its numbers by metric.

    Without a time it has no uptime: a host's is counted from when it booted.
    """
    if kind is Kind.HOST:
        return _host(place, row, numbers, ts)
    if kind is Kind.SERVICE:
        return _service(place, row, numbers)
    if kind is Kind.ENDPOINT:
        return _endpoint(place, row, numbers)
    if kind is Kind.MOUNT:
        return _mount(place, row, numbers)
    if kind is Kind.VOLUME:
        return _volume(place, row, numbers)
    return _import(place, row, numbers)


def _reason(value: str | None) -> Reason | None:
    return None if value is None else Reason(value)


def _host(place: Place, row: Row, numbers: Mapping[str, int], ts: int | None) -> Host:
    readable, load = row["engine_readable"], numbers.get("load_1min_hundredths")
    engine = Engine(row["engine_kind"], bool(readable), _reason(row["engine_reason"]))
    booted = row["booted_ts"]
    return Host(
        place.name,
        HostState(row["state"]),
        number=row["number"],
        role=row["role"],
        reason=_reason(row["reason"]),
        detail=row["detail"],
        address=row["address"],
        engine=None if readable is None else engine,
        boot_id=row["boot_id"],
        uptime_sec=None if booted is None or ts is None else ts - booted,
        load_1min=None if load is None else load / 100,
        memory_total_bytes=row["memory_total_bytes"],
        memory_available_bytes=numbers.get("memory_available_bytes"),
    )


def _service(place: Place, row: Row, numbers: Mapping[str, int]) -> Service:
    definition, image = row["definition_id"], row["image_id"] or Image(None, None, None)
    health, killed, restarts = row["health"], row["oom_killed"], row["restart_count"]
    return Service(
        place.name,
        place.host,
        definition.container,
        Declared(definition.declared),
        ServiceState(row["state"]),
        category=definition.category,
        reason=_reason(row["reason"]),
        health=None if health is None else Health(health),
        exit_code=row["exit_code"],
        oom_killed=None if killed is None else bool(killed),
        restart_count=None if restarts is None else numbers.get("restart_count", restarts),
        created_at=moment(row["created_ts"]),
        started_at=moment(row["started_ts"]),
        finished_at=moment(row["finished_ts"]),
        image=image.ref,
        image_id=image.digest,
        image_version=image.version,
        project=definition.project,
        compose_service=definition.compose_service,
        error=row["error"],
    )


def _endpoint(place: Place, row: Row, numbers: Mapping[str, int]) -> Endpoint:
    return Endpoint(
        EndpointState(row["state"]),
        place.label,
        row["http_status"],
        numbers.get("latency_ms"),
        _reason(row["reason"]),
        row["detail"],
    )


def _mount(place: Place, row: Row, numbers: Mapping[str, int]) -> Mount:
    state = MountState(row["state"])
    return Mount(
        place.host,
        place.name,
        state,
        source=row["declared_source"] if state is MountState.UNKNOWN else row["source"],
        declared_source=row["declared_source"],
        declared_mode=row["declared_mode"],
        mode=row["mode"],
        fs_type=row["fs_type"],
        reason=_reason(row["reason"]),
        detail=row["detail"],
        note=row["note"],
        free_bytes=numbers.get("free_bytes"),
        total_bytes=numbers.get("total_bytes"),
        latency_ms=numbers.get("latency_ms"),
    )


def _volume(place: Place, row: Row, numbers: Mapping[str, int]) -> Volume:
    return Volume(
        place.name,
        place.host,
        row["path"],
        VolumeState(row["state"]),
        _reason(row["reason"]),
        row["detail"],
        numbers.get("free_bytes"),
        numbers.get("total_bytes"),
    )


def _import(place: Place, row: Row, numbers: Mapping[str, int]) -> ImportCount:
    return ImportCount(
        place.name,
        row["noun"],
        ImportState(row["state"]),
        numbers.get("import_count"),
        _reason(row["reason"]),
        row["detail"],
    )
