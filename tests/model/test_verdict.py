"""What counts as wrong, and how bad it is."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from recorder.model import (
    Declared,
    Endpoint,
    EndpointState,
    Engine,
    Finding,
    Forecast,
    Health,
    Host,
    HostState,
    ImportCount,
    ImportState,
    Mount,
    MountState,
    NoForecast,
    Reason,
    Service,
    ServiceState,
    Snapshot,
    Trigger,
    Unforeseen,
    Verdict,
    Volume,
    VolumeState,
    findings,
    verdict,
)

EMPTY = Snapshot(datetime(2026, 2, 16, tzinfo=UTC), 1, Trigger.PERSON, "home")
FAIL, WARN = Verdict.FAIL, Verdict.WARN
UP = Host("h", HostState.UP)


def _found(**more: object) -> list[tuple[Verdict, str]]:
    return [(one.severity, one.kind) for one in findings(replace(EMPTY, **more))]  # type: ignore[arg-type]


def _service(state: ServiceState, declared: Declared, **more: object) -> Service:
    return replace(Service("s", "h", "s", declared, state), **more)  # type: ignore[arg-type]


ACTIVE, PARKED, UNDECLARED = Declared.ACTIVE, Declared.PARKED, Declared.UNDECLARED
RUNNING, EXITED, MISSING = ServiceState.RUNNING, ServiceState.EXITED, ServiceState.MISSING
RESTARTING = ServiceState.RESTARTING


@pytest.mark.parametrize(
    ("service", "severity"),
    [
        (_service(RUNNING, ACTIVE), None),
        (_service(RUNNING, ACTIVE, health=Health.UNHEALTHY), FAIL),
        (
            _service(RUNNING, ACTIVE, endpoint=Endpoint(EndpointState.FAILED, "u")),
            FAIL,
        ),
        (_service(EXITED, ACTIVE), FAIL),
        (_service(ServiceState.CREATED, ACTIVE), FAIL),
        (_service(ServiceState.PAUSED, ACTIVE), FAIL),
        (_service(MISSING, ACTIVE), FAIL),
        (_service(RESTARTING, ACTIVE), FAIL),
        (_service(ServiceState.DEAD, ACTIVE), FAIL),
        (_service(ServiceState.UNKNOWN, ACTIVE), None),
        (_service(RUNNING, PARKED), WARN),
        (_service(RUNNING, Declared.STOPPED), WARN),
        (_service(EXITED, PARKED), None),
        (_service(MISSING, PARKED), None),
        (_service(RESTARTING, PARKED), FAIL),
        (_service(RUNNING, UNDECLARED), None),
        (_service(EXITED, UNDECLARED), None),
        (_service(RESTARTING, UNDECLARED), FAIL),
        (_service(RUNNING, UNDECLARED, health=Health.UNHEALTHY), FAIL),
    ],
)
def test_a_service_is_measured_by_what_was_declared(
    service: Service, severity: Verdict | None
) -> None:
    """What should run and does not fails; what should not run and does is a warning."""
    assert _found(services=(service,)) == ([(severity, "service")] if severity else [])


@pytest.mark.parametrize(
    ("state", "severity"),
    [
        (MountState.OK, None),
        (MountState.UNKNOWN, FAIL),
        (MountState.SLOW, WARN),
        (MountState.HUNG, FAIL),
        (MountState.STALE, FAIL),
        (MountState.MISSING, FAIL),
        (MountState.WRONG_SOURCE, FAIL),
        (MountState.WRONG_MODE, FAIL),
    ],
)
def test_a_mount_fails_unless_it_is_well_or_slow(
    state: MountState, severity: Verdict | None
) -> None:
    """Slow is a warning. One that nobody could ask fails too, but for a host that is down."""
    assert _found(mounts=(Mount("h", "/m", state),)) == ([(severity, "mount")] if severity else [])


def _unknown(reason: Reason) -> Volume:
    return Volume("v", "h", "/v", VolumeState.UNKNOWN, reason)


def _used(percent: int) -> Volume:
    return Volume("v", "h", "/v", VolumeState.OK, free_bytes=100 - percent, total_bytes=100)


@pytest.mark.parametrize(
    ("volume", "severity"),
    [
        (_used(94), None),
        (_used(95), WARN),
        (_used(100), WARN),
        (_unknown(Reason.PATH_HUNG), FAIL),
        (_unknown(Reason.PATH_MISSING), FAIL),
        (_unknown(Reason.HOST_DOWN), None),
        (_unknown(Reason.NOT_ASKED), None),
    ],
)
def test_a_volume_fails_where_it_alone_is_to_blame(
    volume: Volume, severity: Verdict | None
) -> None:
    """Nearly full is a warning; of a host that is down its volumes say nothing more."""
    assert _found(volumes=(volume,)) == ([(severity, "volume")] if severity else [])


def _engine(reason: Reason | None) -> Host:
    return replace(UP, engine=Engine("docker", readable=reason is None, reason=reason))


@pytest.mark.parametrize(
    ("host", "declared", "found"),
    [
        (UP, ACTIVE, []),
        (_engine(None), ACTIVE, []),
        (_engine(Reason.PERMISSION_DENIED), ACTIVE, [(FAIL, "engine")]),
        (_engine(Reason.NO_ENGINE), ACTIVE, [(FAIL, "engine")]),
        (_engine(Reason.PERMISSION_DENIED), PARKED, [(WARN, "engine")]),
        (_engine(Reason.NO_ENGINE), PARKED, []),
        (Host("h", HostState.DOWN, reason=Reason.TIMEOUT), ACTIVE, [(FAIL, "host")]),
        (Host("h", HostState.UNKNOWN, reason=Reason.NOT_ASKED), ACTIVE, []),
    ],
)
def test_a_cause_is_named_once(
    host: Host, declared: Declared, found: list[tuple[Verdict, str]]
) -> None:
    """What is unknown for its host's or its engine's sake makes no finding of its own."""
    service = _service(ServiceState.UNKNOWN, declared)
    mount = Mount("h", "/m", MountState.UNKNOWN, reason=Reason.HOST_DOWN)
    told = _found(
        hosts=(host,), services=(service,), mounts=(mount,), volumes=(_unknown(Reason.HOST_DOWN),)
    )
    assert told == found


DAY = date(2026, 2, 16)


@pytest.mark.parametrize(
    ("full_in_days", "severity"),
    [((0, 0), WARN), ((7, 14), WARN), ((7, 15), None), ((8, 9), None), (None, None)],
)
def test_a_volume_that_is_soon_full_is_a_warning(
    full_in_days: tuple[int, int] | None, severity: Verdict | None
) -> None:
    """Within a week at the soonest and two at the latest; a wider range tells too little."""
    volume = Volume("v", "h", "/v", VolumeState.OK, None, None, 50, 100)
    seen = replace(EMPTY, volumes=(volume,))
    told = Forecast(DAY, 60, -5, -6, -4, full_in_days)
    expected = (Finding(severity, "volume", "h", "v"),) if severity else ()
    assert findings(seen, {("h", "v"): told}) == expected
    assert findings(seen, {("h", "v"): NoForecast(Unforeseen.UNCERTAIN, DAY, 60)}) == ()
    assert findings(seen, {("other", "v"): told}) == ()


@pytest.mark.parametrize(
    ("reason", "severity"),
    [(None, None), (Reason.NO_KEY, WARN), (Reason.AUTH_FAILED, FAIL), (Reason.UNREACHABLE, FAIL)],
)
def test_an_app_without_a_key_is_a_warning(reason: Reason | None, severity: Verdict | None) -> None:
    """A key that is wrong is a failure, one that is not there yet is not."""
    state = ImportState.UNKNOWN if reason else ImportState.OK
    imported = ImportCount("radarr", "movie", state, reason=reason)
    assert _found(imports=(imported,)) == ([(severity, "import")] if severity else [])


def test_findings_stand_in_the_snapshots_order_with_their_names() -> None:
    """Hosts, services, mounts, volumes, imports; each with its host and its name."""
    seen = replace(
        EMPTY,
        hosts=(Host("down", HostState.DOWN, reason=Reason.TIMEOUT),),
        services=(_service(EXITED, ACTIVE),),
        mounts=(Mount("h", "/m", MountState.HUNG),),
        volumes=(_unknown(Reason.PATH_HUNG),),
        imports=(ImportCount("radarr", "movie", ImportState.UNKNOWN, reason=Reason.AUTH_FAILED),),
    )
    assert findings(seen) == (
        Finding(FAIL, "host", "down", "down"),
        Finding(FAIL, "service", "h", "s"),
        Finding(FAIL, "mount", "h", "/m"),
        Finding(FAIL, "volume", "h", "v"),
        Finding(FAIL, "import", None, "radarr"),
    )


@pytest.mark.parametrize(
    ("severities", "word"),
    [((), Verdict.OK), ((WARN,), WARN), ((WARN, FAIL, WARN), FAIL), ((FAIL,), FAIL)],
)
def test_the_verdict_is_the_worst_of_the_findings(
    severities: tuple[Verdict, ...], word: Verdict
) -> None:
    """Nothing found is ok."""
    assert verdict(Finding(one, "host", "h", "h") for one in severities) is word
