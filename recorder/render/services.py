"""The screen of media.service.status: a table a host."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import compress

from rich.console import Group
from rich.text import Text

from recorder.model import (
    Condition,
    Health,
    Host,
    Service,
    ServiceState,
    Snapshot,
    count,
)
from recorder.render import marks, words
from recorder.render.box import Box, Plain
from recorder.render.closing import Severities, severities
from recorder.render.grid import Grid, Row
from recorder.render.hosts import hint, unanswered
from recorder.render.safe import TEXT_CELLS, safe
from recorder.render.summary import summary
from recorder.render.units import age, duration

_HEADINGS = ("  service", "state", "restarts", "health", "image")
_LAST_CELLS = 10


def screen(snapshot: Snapshot) -> Group:
    """Each service with state and since when, health, restarts and image; and the counts."""
    wrong, homes = severities(snapshot), snapshot.by_host()
    boxes = [
        Box(safe(host.name), _parts(host, services, snapshot.taken_at, wrong))
        for host in snapshot.hosts
        if (services := homes[host.name]) or unanswered(host)
    ]
    return Group(*boxes, _closing(snapshot.services))


def _parts(
    host: Host, services: Sequence[Service], now: datetime, wrong: Severities
) -> list[list[Grid]]:
    why = [*unanswered(host), *_engine(host)]
    seen = [service for service in services if service.condition is not Condition.UNKNOWN]
    unseen = [safe(it.name) for it in services if it.condition is Condition.UNKNOWN]
    headings = tuple(Text(heading, "quiet") for heading in _HEADINGS)
    table = _without_empty([headings, *(_cells(service, now, wrong) for service in seen)])
    rows = [
        *table[:1],
        *(row for it, told in zip(seen, table[1:], strict=True) for row in _with_error(it, told)),
    ]
    parts = [
        [Grid(why)] if why else [],
        [Grid(rows, (2,), last_cells=_LAST_CELLS, cut=True)] if seen else [],
        [Grid([Row((Text(f"{marks.UNKNOWN} unknown:", "unknown"), Text(", ".join(unseen))))], (1,))]
        if unseen
        else [],
    ]
    return [part for part in parts if part]


def _with_error(service: Service, row: Row) -> Iterable[Row]:
    """A service's row, and below it why the engine could not start it."""
    yield row
    if service.error and service.state is not ServiceState.RUNNING:
        yield Row(
            (Text(f"{marks.UNDER} {safe(service.error, TEXT_CELLS)}", "quiet"),), _LAST_CELLS // 2
        )


def _engine(host: Host) -> Sequence[Row]:
    engine = host.engine
    if engine is None or engine.readable:
        return ()
    told = Text(f"{marks.UNKNOWN} unknown", "unknown")
    return Row((told, Text(words.why(engine.reason, engine.detail)))), *hint(engine.hint)


def _without_empty(table: Sequence[tuple[Text, ...]]) -> list[Row]:
    """The rows of a table, a column with nothing under its heading left out."""
    told = [any(cell.plain for cell in column[1:]) for column in zip(*table, strict=True)]
    return [Row(tuple(compress(cells, told))) for cells in table]


def _cells(service: Service, now: datetime, wrong: Severities) -> tuple[Text, ...]:
    severity = wrong.get(("service", service.host, service.name))
    idle = service.condition is Condition.EXITED
    mark = marks.OF_VERDICT[severity] if severity else marks.IDLE if idle else marks.OK
    return (
        Text(f"{mark} {safe(service.name)}", marks.style(mark)),
        Text(" ".join(part for part in (_state(service), _since(service, now)) if part)),
        Text(str(service.restart_count or "")),
        Text(_health(service), "plain" if mark in (marks.OK, marks.IDLE) else marks.style(mark)),
        Text(safe(_image(service.image or ""), TEXT_CELLS), "quiet"),
    )


def _health(service: Service) -> str:
    """What its health check and its endpoint say, and whether it should run at all."""
    if service.state is not ServiceState.RUNNING:
        kept = str(service.declared) if service.declared in marks.UNWANTED else ""
        return "out of memory" if service.oom_killed else kept
    own = service.health if service.health not in (None, Health.NONE) else ""
    return " and ".join(words.ails(service, brief=True)) or str(own)


def _state(service: Service) -> str:
    with_code = service.state in (ServiceState.EXITED, ServiceState.DEAD, ServiceState.RESTARTING)
    code = f" ({service.exit_code})" if with_code and service.exit_code is not None else ""
    return f"{service.state}{code}"


def _image(reference: str) -> str:
    """The reference without its registry: what stands before the first slash and looks like a host.

    As Docker tells them apart: https://github.com/distribution/reference
    """
    registry, _, rest = reference.partition("/")
    return rest if rest and ("." in registry or ":" in registry) else reference


def _since(service: Service, now: datetime) -> str:
    if service.state is ServiceState.RUNNING and service.started_at:
        return duration((now - service.started_at).total_seconds())
    ended = service.finished_at if service.state is ServiceState.EXITED else None
    return age(ended, now) if ended else ""


def _closing(services: tuple[Service, ...]) -> Plain:
    counts = count(services)
    return summary(
        (
            (counts.total, "total", marks.IDLE),
            (counts.running, "running", marks.OK),
            (counts.exited, "exited", marks.WARN),
            (counts.error, "error", marks.FAIL),
            (counts.unknown, "unknown", marks.UNKNOWN),
        )
    )
