"""Services and their health URLs through the years."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from simulated.lines import Line, Rate, Step, always, combined, episodes, stepped
from simulated.looks import BEGIN_TS
from simulated.machines import Machine

from recorder.model import (
    Endpoint,
    EndpointState,
    Health,
    Host,
    HostState,
    Reason,
    Service,
    ServiceState,
)

HAPPENINGS = {
    "update": Rate(12),
    "crash": Rate(1.5, 1, 40),
    "out of memory": Rate(0.4, 1, 10),
    "restarted by the engine": Rate(2),
    "pause": Rate(0.2, 5, 60),
    "stopped by hand": Rate(0.3, 10, 3000),
    "removed": Rate(0.2, 2, 20),
    "crash loop": Rate(0.15, 60, 400),
}
UNHEALTHY = {"unhealthy": Rate(6, 2, 30)}
TRIED = {"there": Rate(4, 30, 5000)}
FLAKINESS = (20, 60, 150, 300, 900)  # times a year an endpoint fails, by how good it is
RUNNING_OF_LOOPS = 0.25  # how often a look catches a crash-looping container while it runs
STARTED_SEC = 7  # before the look that sees it


ENDED = {"crash": 1, "out of memory": 137, "stopped by hand": 0}  # with which exit code
Change = Callable[[Service], Service]


def _time(minute: int) -> datetime:
    return datetime.fromtimestamp(BEGIN_TS + 60 * minute - STARTED_SEC, UTC)


def container(
    rng: Random, declared: Service, home: Machine, minutes: int, pace: float, *, checked: bool
) -> Line[Service]:
    """A declared service: the truth, and unknown where its host or engine can't tell."""
    made = _made(rng, declared, -999, checked=checked)
    first = made(declared)
    steps: list[Step[Service]] = []
    for minute in home.restarts:
        steps += _starting(minute, checked=checked)
    rates = {**HAPPENINGS, **(UNHEALTHY if checked else {})}
    for what, begin, end in episodes(rng, minutes, rates, pace):
        steps += _happening(rng, declared, what, begin, end, checked=checked)
    if checked:
        steps.append((1, _with(health=Health.HEALTHY)))
    unknown = replace(declared, state=ServiceState.UNKNOWN)
    return combined(
        lambda seen, dark: replace(unknown, reason=dark) if dark else seen,
        stepped(first, steps),
        home.dark,
    )


def _happening(
    rng: Random, declared: Service, what: str, begin: int, end: int, *, checked: bool
) -> Iterator[Step[Service]]:
    if what == "update":
        yield begin, _made(rng, declared, begin, checked=checked)
        yield begin + 1, _with(health=Health.HEALTHY if checked else Health.NONE)
    elif what in ENDED:
        yield begin, _ended(begin, what)
        yield from _starting(end, checked=checked)
    elif what == "restarted by the engine":
        yield begin, _counted
        yield from _starting(begin, checked=checked)
    elif what == "pause":
        yield begin, _with(state=ServiceState.PAUSED)
        yield end, _with(state=ServiceState.RUNNING)
    elif what == "removed":
        yield begin, lambda _: declared
        yield end, _made(rng, declared, end, checked=checked)
        yield end + 1, _with(health=Health.HEALTHY if checked else Health.NONE)
    elif what == "crash loop":
        for minute in range(begin, end):
            yield minute, _looping(minute, running=rng.random() < RUNNING_OF_LOOPS)
        yield from _starting(end, checked=checked)
    else:
        yield begin, _with(health=Health.UNHEALTHY)
        yield end, _with(health=Health.HEALTHY)


def _with(**values: object) -> Change:
    """A container that is there gets these."""
    return lambda was: was if was.created_at is None else replace(was, **values)


def _made(rng: Random, declared: Service, minute: int, *, checked: bool) -> Change:
    number = rng.getrandbits(64)
    return lambda _: replace(
        declared,
        state=ServiceState.RUNNING,
        health=Health.STARTING if checked else Health.NONE,
        oom_killed=False,
        restart_count=0,
        created_at=_time(minute),
        started_at=_time(minute),
        image=f"lscr.io/linuxserver/{declared.name}:latest",
        image_id=f"sha256:{hashlib.sha256(number.to_bytes(8)).hexdigest()}",
        image_version=f"{number % 9}.{number % 89}.{number % 997}",
        project=declared.host,
        compose_service=declared.name,
    )


def _starting(minute: int, *, checked: bool) -> Iterator[Step[Service]]:
    started = {"state": ServiceState.RUNNING, "started_at": _time(minute), "exit_code": None}
    if checked:
        yield minute, _with(**started, health=Health.STARTING)
        yield minute + 1, _with(health=Health.HEALTHY)
    else:
        yield minute, _with(**started)


def _ended(minute: int, what: str) -> Change:
    return _with(
        state=ServiceState.EXITED,
        exit_code=ENDED[what],
        oom_killed=what == "out of memory",
        finished_at=_time(minute),
    )


def _counted(was: Service) -> Service:
    if was.restart_count is None:
        return was
    return replace(was, restart_count=was.restart_count + 1)


def _looping(minute: int, *, running: bool) -> Change:
    """As a look catches it: just started again, or waiting for that."""
    state = ServiceState.RUNNING if running else ServiceState.RESTARTING
    code = None if running else 1
    started, finished = _time(minute - 1 + running), _time(minute)
    seen = _with(state=state, exit_code=code, started_at=started, finished_at=finished)
    return lambda was: seen(_counted(was))


def stray(
    rng: Random, declared: Service, home: Machine, minutes: int, pace: float
) -> Line[Service | Reason | None]:
    """A container no binding names, tried for a while; why nobody can tell; None: it is not."""
    steps: list[Step[Service | None]] = []
    for _, begin, end in episodes(rng, minutes, TRIED, pace):
        made = _made(rng, declared, begin, checked=False)(declared)
        steps += [(begin, lambda _, made=made: made), (end, lambda _: None)]
    return combined(lambda seen, dark: dark or seen, stepped(None, steps), home.dark)


def endpoint(  # noqa: PLR0917 - as its siblings
    rng: Random, url: str, service: Line[Service], host: Line[Host], minutes: int, pace: float
) -> Line[Endpoint]:
    """A health URL: it fails now and then, and whenever its container does not run."""
    well = Endpoint(EndpointState.OK, url, 200)
    failed = replace(well, state=EndpointState.FAILED, http_status=None)
    failures = {
        "bad gateway": replace(failed, reason=Reason.HTTP_STATUS, http_status=502),
        "timeout": replace(failed, reason=Reason.TIMEOUT, detail="no answer in 10 s"),
        "refused": replace(failed, reason=Reason.REFUSED, detail="connection refused"),
    }
    rates = {what: Rate(rng.choice(FLAKINESS) / 3, 1, 5) for what in failures}
    steps: list[Step[Endpoint]] = []
    for what, begin, end in episodes(rng, minutes, rates, pace):
        steps += [(begin, always(failures[what])), (end, always(well))]
    unknown = replace(failed, state=EndpointState.UNKNOWN, reason=Reason.HOST_DOWN)

    def seen(itself: Endpoint, served: Service, home: Host) -> Endpoint:
        if home.state is HostState.DOWN:
            return unknown
        stopped = served.state not in (ServiceState.RUNNING, ServiceState.UNKNOWN)
        return failures["refused"] if stopped else itself

    return combined(seen, stepped(well, steps), service, host)
