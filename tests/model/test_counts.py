"""Counts: each service in exactly one column, and the columns add up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.model import (
    Condition,
    Counts,
    Declared,
    Endpoint,
    EndpointState,
    Health,
    Host,
    HostState,
    ImportCount,
    ImportState,
    Mount,
    MountState,
    Service,
    ServiceState,
    Snapshot,
    Trigger,
    Volume,
    VolumeState,
    count,
)

PLAIN = Service("s", "h", "s", Declared.ACTIVE, ServiceState.RUNNING)
endpoints = st.one_of(st.none(), st.sampled_from(EndpointState).map(lambda s: Endpoint(s, "u")))
healths = st.one_of(st.none(), st.sampled_from(Health))
services = st.builds(
    lambda declared, state, health, endpoint: replace(
        PLAIN, declared=declared, state=state, health=health, endpoint=endpoint
    ),
    st.sampled_from(Declared),
    st.sampled_from(ServiceState),
    healths,
    endpoints,
)


@given(st.lists(services, max_size=30).map(tuple))
def test_counts_add_up(seen: tuple[Service, ...]) -> None:
    """Running, exited, error and unknown are exclusive, and their sum is the total."""
    counts = count(seen)
    assert counts.total == len(seen)
    assert counts.running + counts.exited + counts.error + counts.unknown == counts.total


@given(services)
def test_a_service_is_counted_by_its_condition(service: Service) -> None:
    """One service, one column, the one of its condition."""
    expected = {condition.value: int(service.condition is condition) for condition in Condition}
    assert count((service,)) == Counts(total=1, **expected)


@given(services)
def test_unknown_is_never_anything_else(service: Service) -> None:
    """A service is counted unknown where nobody could look, and nowhere else."""
    assert (service.condition is Condition.UNKNOWN) is (service.state is ServiceState.UNKNOWN)


def _service(state: ServiceState, declared: Declared = Declared.ACTIVE, **more: object) -> Service:
    return replace(PLAIN, state=state, declared=declared, **more)  # type: ignore[arg-type]


FAILED = Endpoint(EndpointState.FAILED, "u")
AWAY = Endpoint(EndpointState.UNKNOWN, "u")


@pytest.mark.parametrize(
    ("service", "condition"),
    [
        (_service(ServiceState.RUNNING), Condition.RUNNING),
        (_service(ServiceState.RUNNING, health=Health.STARTING), Condition.RUNNING),
        (_service(ServiceState.RUNNING, health=Health.UNHEALTHY), Condition.ERROR),
        (_service(ServiceState.RUNNING, endpoint=FAILED), Condition.ERROR),
        (_service(ServiceState.RUNNING, endpoint=AWAY), Condition.RUNNING),
        (_service(ServiceState.EXITED), Condition.EXITED),
        (_service(ServiceState.EXITED, health=Health.UNHEALTHY), Condition.EXITED),
        (_service(ServiceState.EXITED, endpoint=FAILED), Condition.EXITED),
        (_service(ServiceState.CREATED), Condition.EXITED),
        (_service(ServiceState.PAUSED), Condition.EXITED),
        (_service(ServiceState.RESTARTING), Condition.ERROR),
        (_service(ServiceState.DEAD), Condition.ERROR),
        (_service(ServiceState.MISSING), Condition.ERROR),
        (_service(ServiceState.MISSING, Declared.PARKED), Condition.EXITED),
        (_service(ServiceState.MISSING, Declared.STOPPED), Condition.EXITED),
        (_service(ServiceState.UNKNOWN), Condition.UNKNOWN),
        (_service(ServiceState.UNKNOWN, endpoint=FAILED), Condition.UNKNOWN),
        (_service(ServiceState.UNKNOWN, Declared.PARKED), Condition.UNKNOWN),
    ],
)
def test_a_condition_follows_the_table(service: Service, condition: Condition) -> None:
    """Running means well; exited means not running; error means that somebody should look."""
    assert service.condition is condition


def _volume(free: int | None, total: int | None) -> Volume:
    return Volume("v", "h", "/v", VolumeState.OK, free_bytes=free, total_bytes=total)


def test_a_share_in_use_is_known_or_none() -> None:
    """A volume of no size, or of none that is known, has no share in use."""
    told = [
        _volume(free, total).used_percent
        for free, total in [(25, 100), (0, 100), (100, 100), (0, 0), (None, 100), (5, None)]
    ]
    assert told == [75.0, 100.0, 0.0, None, None, None]


SNAPSHOT = Snapshot(
    taken_at=datetime(2026, 2, 16, tzinfo=UTC),
    duration_ms=1,
    trigger=Trigger.PERSON,
    site="home",
    hosts=(Host("a", HostState.UP), Host("b", HostState.UP)),
    services=(
        replace(PLAIN, name="radarr", host="a"),
        replace(PLAIN, name="watchtower-b", container="watchtower", host="b"),
    ),
    mounts=(Mount("a", "/m", MountState.OK), Mount("b", "/m", MountState.OK)),
    volumes=(Volume("v", "b", "/v", VolumeState.OK),),
    imports=(ImportCount("radarr", "movie", ImportState.OK, 1),),
)


def _names(snapshot: Snapshot) -> tuple[list[str], list[str], list[str], list[str], list[str]]:
    return (
        [host.name for host in snapshot.hosts],
        [service.name for service in snapshot.services],
        [mount.host for mount in snapshot.mounts],
        [volume.name for volume in snapshot.volumes],
        [imported.app for imported in snapshot.imports],
    )


@pytest.mark.parametrize(
    ("narrow", "names"),
    [
        (lambda s: s, (["a", "b"], ["radarr", "watchtower-b"], ["a", "b"], ["v"], ["radarr"])),
        (lambda s: s.of_hosts(["b"]), (["b"], ["watchtower-b"], ["b"], ["v"], ["radarr"])),
        (lambda s: s.of_services(["radarr"]), (["a"], ["radarr"], [], [], ["radarr"])),
        (lambda s: s.of_services(["watchtower"]), (["b"], ["watchtower-b"], [], [], ["radarr"])),
        (lambda s: s.of_services(["other"]), ([], [], [], [], ["radarr"])),
    ],
)
def test_a_snapshot_narrows_to_what_is_asked(
    narrow: Callable[[Snapshot], Snapshot], names: tuple[list[str], ...]
) -> None:
    """By host, or by a service's own or its container's name."""
    assert _names(narrow(SNAPSHOT)) == names


def test_a_snapshot_knows_the_services_of_a_host() -> None:
    """In their order."""
    assert [service.name for service in SNAPSHOT.on("b")] == ["watchtower-b"]
    assert SNAPSHOT.on("nowhere") == ()
