"""The screen of media.health.check: one line an endpoint."""

from collections.abc import Sequence

from rich.console import Group
from rich.text import Text

from recorder.model import (
    Declared,
    Endpoint,
    EndpointState,
    Service,
    ServiceState,
    Snapshot,
)
from recorder.render import marks, words
from recorder.render.box import Box
from recorder.render.grid import Grid, Row
from recorder.render.hosts import unanswered
from recorder.render.safe import safe
from recorder.render.summary import summary
from recorder.render.units import elapsed


def screen(snapshot: Snapshot) -> Group:
    """What each health URL answered, which services have none, and how many stand how."""
    asked = [(it, it.endpoint) for it in snapshot.services if it.endpoint]
    rows = [_row(service, answer) for service, answer in asked]
    silent = _without_url([it for it in snapshot.services if _silent(it)])
    parts = [[Grid(part, (3, 3, 3))] for part in (_away(snapshot), rows, silent) if part]
    counts = [
        (sum(answer.state is it for _, answer in asked), str(it), marks.OF_ENDPOINT[it])
        for it in EndpointState
    ]
    return Group(*([Box("HEALTH", parts)] if parts else []), summary(counts))


def _row(service: Service, answer: Endpoint) -> Row:
    mark = marks.OF_ENDPOINT[answer.state]
    name = Text(f"{mark} {safe(service.name)}", marks.style(mark))
    told = Text(words.endpoint(answer))
    if answer.latency_ms is not None:
        told.append(f"   {elapsed(answer.latency_ms)}", "quiet")
    if service.state not in (ServiceState.RUNNING, ServiceState.UNKNOWN):
        told.append(f"   {marks.glued(f'container {words.service(service, brief=True)}')}")
    return Row((name, Text(safe(service.host)), told))


def _silent(service: Service) -> bool:
    return service.endpoint is None and service.declared is not Declared.UNDECLARED


def _away(snapshot: Snapshot) -> Sequence[Row]:
    rows: list[Row] = []
    for host in snapshot.hosts:
        for row in unanswered(host):
            named = (Text(safe(host.name), "name"), *row.cells) if len(row.cells) > 1 else row.cells
            rows.append(Row(named, row.indent))
    return rows


def _without_url(services: Sequence[Service]) -> Sequence[Row]:
    if not services:
        return ()
    names = ", ".join(safe(service.name) for service in services)
    return (Row((Text("no health URL:", "quiet"), Text(names, "quiet"))),)
