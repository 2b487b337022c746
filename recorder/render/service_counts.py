"""SERVICES: how many run on each host, which don't and why, and what the endpoints answer."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import tzinfo

from rich.text import Text

from recorder.model import (
    Counts,
    Endpoint,
    EndpointState,
    Host,
    HostState,
    Reason,
    Service,
    Snapshot,
    count,
)
from recorder.render import categories, marks, words
from recorder.render.box import Box
from recorder.render.closing import Severities, severities
from recorder.render.crowd import MOST_LINES
from recorder.render.grid import Grid, Row
from recorder.render.hosts import hint
from recorder.render.past import NO_PAST, Past
from recorder.render.safe import safe
from recorder.render.units import moment, plural

ENDPOINTS = "endpoints:"
_GAP = 2
_INDENT = 2
_UNSEEN = "unknown"
_MOST_FAILED = 24  # endpoints, by name


def box(
    snapshot: Snapshot,
    label_cells: int,
    tz: tzinfo,
    past: Past = NO_PAST,
    calm: Collection[str] | None = None,
) -> Box | None:
    """The box of all services, its labels `label_cells` wide; None when there are none to see.

    Of a host whose containers could not be seen, what was last known of them is counted. Those of
    hosts that are `calm` are counted together, and so are those of hosts that are down beside them.
    """
    wrong, homes = severities(snapshot), snapshot.by_host()
    hosts = [host for host in snapshot.hosts if _speaks(host, homes[host.name])]
    if not hosts:
        return None
    known = {name: _counts_then(name, it, snapshot, tz) for name, it in past.last_known.items()}
    own = [host for host in hosts if calm is None or _has_own_lines(host, calm)]
    grids = [
        grid
        for host in own[: None if calm is None else MOST_LINES]
        for grid in _host(host, snapshot, wrong, label_cells, known.get(host.name))
    ]
    grids += [] if calm is None else _together(hosts, own, homes, label_cells)
    parts = [[*grids, *_endpoints(snapshot.services, label_cells)]]
    if snapshot.services:
        parts.append([*categories.grids(snapshot.services, wrong, crowded=calm is not None)])
    return Box("SERVICES", parts)


def _has_own_lines(host: Host, calm: Collection[str]) -> bool:
    return host.name not in calm and host.state is HostState.UP


def _together(
    hosts: Sequence[Host],
    own: Sequence[Host],
    homes: Mapping[str, Sequence[Service]],
    label_cells: int,
) -> list[Grid]:
    """The counts of hosts that have no lines of their own, a line for each way they stand."""
    told = {host.name for host in own[:MOST_LINES]}
    groups: dict[str, list[Service]] = {}
    number: Counter[str] = Counter()
    for host in hosts:
        if host.name not in told:
            label = str(host.state)
            groups.setdefault(label, []).extend(homes[host.name])
            number[label] += 1
    rows = [
        Row((Text(f"{plural(number[label], 'host')} {label}:"), counted(count(tuple(services)))))
        for label, services in sorted(groups.items(), key=lambda it: it[0] == HostState.UP)
    ]
    return [Grid(rows, (_GAP,), label_cells)]


def labels(snapshot: Snapshot) -> Iterable[str]:
    """The labels of its lines, for boxes that line up."""
    yield from (f"{safe(host.name)}:" for host in snapshot.hosts)
    if any(service.endpoint for service in snapshot.services):
        yield ENDPOINTS


def _speaks(host: Host, services: Sequence[Service]) -> bool:
    return bool(services) or host.engine is not None


def _host(
    host: Host, snapshot: Snapshot, wrong: Severities, label_cells: int, known: str | None
) -> Iterable[Grid]:
    services = snapshot.on(host.name)
    row = Row((Text(f"{safe(host.name)}:"), _standing(host, services, known)))
    yield Grid([row], (_GAP,), label_cells)
    if host.engine and not host.engine.readable:
        yield Grid(hint(host.engine.hint))
    rows = [
        _trouble(service, snapshot, marks.OF_VERDICT[severity])
        for service in services
        if (severity := wrong.get(("service", service.host, service.name)))
    ]
    if rows:
        yield Grid(rows, (_GAP,), label_cells - _INDENT)


def _trouble(service: Service, snapshot: Snapshot, mark: str) -> Row:
    name = Text(f"{mark} {safe(service.name)}", marks.style(mark))
    return Row((name, Text(words.service(service, snapshot.taken_at))), _INDENT)


def _counts_then(host: str, then: Snapshot, snapshot: Snapshot, tz: tzinfo) -> str | None:
    """What was last known of a host's containers: "as of 13:55: 10 running"."""
    counts = count(then.on(host))
    seen = ((counts.running, "running"), (counts.exited, "exited"), (counts.error, "error"))
    told = " | ".join(marks.glued(f"{number} {word}") for number, word in seen if number)
    at = marks.glued(f"as of {moment(then.taken_at, snapshot.taken_at, tz)}:")
    return f"{at} {told}" if told else None


def _standing(host: Host, services: Sequence[Service], known: str | None) -> Text:
    """The counts of a host, or why there are none and what was last known."""
    counts = count(tuple(services))
    unseen = _unseen(host, wanted=bool(services))
    if unseen and counts.unknown == counts.total:
        total = f"{counts.total} total | " if counts.total else ""
        if known is None:
            return Text(total).append(unseen, marks.style(marks.UNKNOWN))
        short = _UNSEEN if host.state is HostState.DOWN else unseen
        return Text(total).append(f"{short}, {known}", marks.style(marks.UNKNOWN))
    return counted(counts) if counts.total else Text("no containers", "quiet")


def _unseen(host: Host, *, wanted: bool) -> str | None:
    """Why the host's containers could not be seen; None when they were."""
    if host.state is HostState.DOWN:
        return f"{_UNSEEN}: host down"
    if host.state is HostState.UNKNOWN:
        return f"{_UNSEEN}: {words.why(host.reason, None)}"
    engine = host.engine
    if engine is None or engine.readable:
        return None
    if engine.reason is Reason.NO_ENGINE and not wanted:
        return words.why(engine.reason, engine.detail)
    return f"{_UNSEEN}: {words.why(engine.reason, engine.detail)}"


def counted(counts: Counts) -> Text:
    """The counts of services: "22 total | 18 running | 3 exited | 1 error"; unknown if any."""
    parts = [Text(marks.glued(f"{counts.total} total"))]
    for number, word, style in (
        (counts.running, "running", "ok"),
        (counts.exited, "exited", "warn"),
        (counts.error, "error", "fail"),
        (counts.unknown, "unknown", "unknown"),
    ):
        if number or word != "unknown":
            parts.append(Text(marks.glued(f"{number} {word}"), style if number else "quiet"))
    return Text(" | ").join(parts)


def _endpoints(services: Iterable[Service], label_cells: int) -> Iterable[Grid]:
    """One line for all endpoints; the failed ones by name with what they answered."""
    asked = [(it, it.endpoint) for it in services if it.endpoint]
    parts = []
    for state in EndpointState:
        some = [(it.name, answer) for it, answer in asked if answer.state is state]
        if some:
            style = marks.style(marks.OF_ENDPOINT[state])
            number = (marks.glued(f"{len(some)} {state}"), style)
            parts.append(Text.assemble(number, _failed(some)))
    if parts:
        yield Grid([Row((Text(ENDPOINTS), Text(" | ").join(parts)))], (_GAP,), label_cells)


def _failed(some: Sequence[tuple[str, Endpoint]]) -> str:
    told = [
        marks.glued(f"{safe(name)}: {words.endpoint(answer, brief=True)}")
        for name, answer in some
        if answer.state is EndpointState.FAILED
    ]
    if len(told) > _MOST_FAILED:
        told[_MOST_FAILED:] = [marks.glued(f"and {len(told) - _MOST_FAILED} more")]
    return f" ({', '.join(told)})" if told else ""
