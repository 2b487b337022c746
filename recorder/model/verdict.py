"""What is wrong in a snapshot, and so how it stands in one word.

A cause is named once: what lives on a host that is down, or under an engine that may not be read,
makes no finding of its own.
"""

from collections.abc import Iterable, Iterator, Mapping

from recorder.frozen import frozen
from recorder.model.snapshot import Host, ImportCount, Mount, Service, Snapshot, Volume
from recorder.model.space import Forecast, NoForecast
from recorder.model.states import (
    Condition,
    Declared,
    HostState,
    ImportState,
    MountState,
    Reason,
    ServiceState,
    Verdict,
    VolumeState,
)

NEARLY_FULL_PERCENT = 95.0
SOON_FULL_DAYS = 7
Forecasts = Mapping[tuple[str, str], Forecast | NoForecast]  # by a volume's host and name
NO_FINDING_OF_ITS_OWN = (Reason.HOST_DOWN, Reason.NOT_ASKED)


@frozen
class Finding:
    """One thing that is not as it should be."""

    severity: Verdict  # warn or fail
    kind: str  # host, engine, service, endpoint, mount, volume, import
    host: str | None
    name: str


def findings(snapshot: Snapshot, forecasts: Forecasts | None = None) -> tuple[Finding, ...]:
    """Everything that is not as it should be, in the snapshot's order."""
    ahead, homes = forecasts or {}, snapshot.by_host()
    return tuple(
        finding
        for found in (
            (f for host in snapshot.hosts for f in _of_host(host, homes[host.name])),
            (f for service in snapshot.services for f in _of_service(service)),
            (f for mount in snapshot.mounts for f in _of_mount(mount)),
            (f for volume in snapshot.volumes for f in _of_volume(volume, ahead)),
            (f for imported in snapshot.imports for f in _of_import(imported)),
        )
        for finding in found
    )


def verdict(found: Iterable[Finding]) -> Verdict:
    """The worst of the findings; ok when there is none."""
    severities = {finding.severity for finding in found}
    return next((v for v in (Verdict.FAIL, Verdict.WARN) if v in severities), Verdict.OK)


def _of_host(host: Host, services: tuple[Service, ...]) -> Iterator[Finding]:
    if host.state is HostState.DOWN:
        yield Finding(Verdict.FAIL, "host", host.name, host.name)
    engine = host.engine
    if engine is None or engine.readable:
        return
    wanted = any(service.declared is Declared.ACTIVE for service in services)
    if wanted:
        yield Finding(Verdict.FAIL, "engine", host.name, host.name)
    elif engine.reason is not Reason.NO_ENGINE:
        yield Finding(Verdict.WARN, "engine", host.name, host.name)


def _of_service(service: Service) -> Iterator[Finding]:
    wanted = service.declared is Declared.ACTIVE
    unwanted = service.declared in (Declared.PARKED, Declared.STOPPED)
    ill = service.condition is Condition.ERROR
    absent = service.condition is Condition.EXITED
    if ill or (wanted and absent):
        yield Finding(Verdict.FAIL, "service", service.host, service.name)
    elif unwanted and service.state is ServiceState.RUNNING:
        yield Finding(Verdict.WARN, "service", service.host, service.name)


def _of_mount(mount: Mount) -> Iterator[Finding]:
    if mount.state is MountState.SLOW:
        yield Finding(Verdict.WARN, "mount", mount.host, mount.path)
    elif mount.state is not MountState.OK and mount.reason not in NO_FINDING_OF_ITS_OWN:
        yield Finding(Verdict.FAIL, "mount", mount.host, mount.path)


def _of_volume(volume: Volume, forecasts: Forecasts) -> Iterator[Finding]:
    if volume.state is VolumeState.UNKNOWN:
        if volume.reason not in NO_FINDING_OF_ITS_OWN:
            yield Finding(Verdict.FAIL, "volume", volume.host, volume.name)
    elif is_nearly_full(volume) or is_soon_full(forecasts.get((volume.host, volume.name))):
        yield Finding(Verdict.WARN, "volume", volume.host, volume.name)


def is_nearly_full(volume: Volume) -> bool:
    """Whether little is left of it."""
    return volume.used_percent is not None and volume.used_percent >= NEARLY_FULL_PERCENT


def is_soon_full(forecast: Forecast | NoForecast | None) -> bool:
    """Whether it may be full within a week, at the soonest, and in two at the latest.

    A range that is wider than that tells too little to warn of.
    """
    if not isinstance(forecast, Forecast) or forecast.full_in_days is None:
        return False
    soonest, latest = forecast.full_in_days
    return soonest <= SOON_FULL_DAYS and latest <= 2 * SOON_FULL_DAYS


def _of_import(imported: ImportCount) -> Iterator[Finding]:
    if imported.state is ImportState.UNKNOWN and imported.reason not in NO_FINDING_OF_ITS_OWN:
        severity = Verdict.WARN if imported.reason is Reason.NO_KEY else Verdict.FAIL
        yield Finding(severity, "import", None, imported.app)
