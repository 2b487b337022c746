"""What is known from before the first look, in a few lines: told by the hosts, seen by nobody."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from recorder.model import Host, Service, ServiceState, Snapshot
from recorder.render.marks import glued
from recorder.render.safe import safe
from recorder.render.units import age, duration

BOOTED, STARTED = "booted before it:", "started before it:"
_MOST_NAMED = 4


def lines(snapshot: Snapshot) -> list[str]:
    """The newest boots and starts of containers; none where nothing was told."""
    return [
        f"{word} {', '.join(named)}"
        for word, named in (
            (BOOTED, _named(_boots(snapshot.hosts))),
            (STARTED, _named(_starts(snapshot))),
        )
        if named
    ]


def _boots(hosts: Iterable[Host]) -> Iterator[tuple[float, str, str]]:
    for host in hosts:
        if host.uptime_sec is not None:
            yield host.uptime_sec, safe(host.name), f"{duration(host.uptime_sec)} ago"


def _starts(snapshot: Snapshot) -> Iterator[tuple[float, str, str]]:
    now = snapshot.taken_at
    for service in snapshot.services:
        at = _start(service, now)
        if at is not None:
            yield (now - at).total_seconds(), safe(service.name), age(at, now)


def _start(service: Service, now: datetime) -> datetime | None:
    at = service.started_at if service.state is ServiceState.RUNNING else None
    return at if at and at <= now else None


def _named(told: Iterable[tuple[float, str, str]]) -> list[str]:
    """The newest ones, each glued together so that no line breaks inside it."""
    newest = sorted(told)
    named = [glued(f"{name} {ago}") for _, name, ago in newest[:_MOST_NAMED]]
    rest = len(newest) - len(named)
    return [*named, *([f"and {rest} more"] if rest else [])]
