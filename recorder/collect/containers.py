"""The `engine` section: the engine's word on itself, and its containers."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeGuard

from recorder.collect.probe import Section
from recorder.frozen import frozen
from recorder.model import Engine, Health, Reason, ServiceState

TEXT_LIMIT = 500
MOST_PORTS = 4000  # of one container
STATES = {
    "running": ServiceState.RUNNING,
    "exited": ServiceState.EXITED,
    "created": ServiceState.CREATED,
    "restarting": ServiceState.RESTARTING,
    "paused": ServiceState.PAUSED,
    "dead": ServiceState.DEAD,
    "removing": ServiceState.DEAD,
    # podman's own words
    "configured": ServiceState.CREATED,
    "initialized": ServiceState.CREATED,
    "stopped": ServiceState.EXITED,
    "stopping": ServiceState.RUNNING,
}
HINTS = {
    ("docker", Reason.PERMISSION_DENIED): "sudo usermod -aG docker $USER",
    ("docker", Reason.ENGINE_DOWN): "sudo systemctl status docker",
    ("podman", Reason.PERMISSION_DENIED): "sudo visudo, to let $USER run `sudo -n podman`",
    ("podman", Reason.ENGINE_DOWN): "podman info",
}
VANISHED = re.compile(r"no such (container|object)|no container with", re.IGNORECASE)


@frozen
class Published:
    """A port of the host that leads into a container."""

    port: int
    protocol: str  # "tcp", "udp", "sctp"
    address: str  # of the host: "0.0.0.0", "::", "127.0.0.1"


@frozen
class Container:
    """A container, as its engine describes it."""

    name: str
    state: ServiceState
    health: Health
    exit_code: int | None
    oom_killed: bool | None
    restart_count: int | None
    created_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    image: str | None
    image_id: str | None
    image_version: str | None
    project: str | None
    compose_service: str | None
    one_off: bool  # made by `compose run`: bears a service's labels without being it
    error: str | None
    network: str | None = None  # "bridge", "host", "container:ID"
    ports: tuple[Published, ...] | None = None  # published now; None: not told


def parse_engine(
    section: Section | None, host: str, *, silent: str
) -> tuple[Engine, tuple[Container, ...]]:
    """Read the engine's section; `silent` is told where it never arrived.

    Lines that are not a container are the engine's complaints: one that vanished between the
    listing and the question makes one, and is no more. A list that lacks others is none.
    """
    if section is None:
        return _unreadable(host, None, Reason.ENGINE_DOWN, silent), ()
    kind, status, listed, number = (*section.words, "", "", "", "")[:4]
    containers, complaints = _containers(section.lines)
    if kind == "-":
        return Engine(None, readable=False, reason=Reason.NO_ENGINE), ()
    gone = sum(bool(VANISHED.search(line)) for line in complaints)
    if number.isdecimal() and number.isascii():
        whole = len(containers) + gone >= int(number[:9])
    else:
        whole = bool(containers) or not listed or 0 < gone == len(complaints)
    if status == "0" and whole:
        return Engine(kind, readable=True), containers
    said = " ".join(line for line in complaints if not VANISHED.search(line))
    return _unreadable(host, kind, _why(said, status), said or "no answer in time"), ()


def _why(said: str, status: str) -> Reason:
    if re.search("permission denied", said, re.IGNORECASE):
        return Reason.PERMISSION_DENIED
    if status == "127":
        return Reason.NO_ENGINE
    return Reason.ENGINE_DOWN


def _unreadable(host: str, kind: str | None, reason: Reason, detail: str) -> Engine:
    command = HINTS.get((kind or "docker", reason))
    hint = f"on {host}: {command}" if command else None
    return Engine(kind, readable=False, reason=reason, detail=detail[:TEXT_LIMIT], hint=hint)


def _containers(lines: Sequence[str]) -> tuple[tuple[Container, ...], list[str]]:
    containers: dict[str, Container] = {}
    complaints = []
    for line in lines:
        described = _described(line)
        if described is None:
            complaints.append(line)
        else:
            containers[described.name] = described
    return tuple(containers[name] for name in sorted(containers)), complaints


def _described(line: str) -> Container | None:
    """The container a line describes, or None where it describes none."""
    if not line.startswith("{"):
        return None
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    name = _text(said.get("name"))
    if name is None:
        return None
    health = said.get("health")
    restarts, exit_code = said.get("restarts"), said.get("exit_code")
    return Container(
        name=name.removeprefix("/"),
        state=STATES.get(str(said.get("state")), ServiceState.UNKNOWN),
        health=Health(health) if health in tuple(Health) else Health.NONE,
        exit_code=exit_code if is_whole(exit_code) else None,
        oom_killed=said.get("oom_killed") if isinstance(said.get("oom_killed"), bool) else None,
        restart_count=restarts if is_whole(restarts) else None,
        created_at=parse_time(said.get("created")),
        started_at=parse_time(said.get("started")),
        finished_at=parse_time(said.get("finished")),
        image=_text(said.get("image")),
        image_id=_text(said.get("image_id")),
        image_version=_text(said.get("version")),
        project=_text(said.get("project")),
        compose_service=_text(said.get("service")),
        one_off=str(said.get("oneoff")).lower() == "true",
        error=_text(said.get("error")),
        network=_text(said.get("network")),
        ports=_ports(said["ports"]) if "ports" in said else None,
    )


def _ports(said: Any) -> tuple[Published, ...]:  # noqa: ANN401 - whatever JSON held
    """The ports of the host in `{"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}]}`.

    A port that is exposed and not published has null for its list.
    """
    found: dict[Published, None] = {}
    for inner, outer in said.items() if isinstance(said, dict) else ():
        _, _, protocol = str(inner).partition("/")
        for place in outer if isinstance(outer, list) else ():
            port = str(place.get("HostPort")) if isinstance(place, dict) else ""
            if re.fullmatch(r"[1-9]\d{0,4}", port, re.ASCII) and len(found) < MOST_PORTS:
                address = _text(place.get("HostIp")) or "0.0.0.0"  # noqa: S104 - as engines say
                found[Published(int(port), protocol or "tcp", address)] = None
    return tuple(found)


def is_whole(value: Any) -> TypeGuard[int]:  # noqa: ANN401 - whatever JSON held
    """Whether it is a whole number of sane size; JSON's `true` is none."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 31


def _text(value: Any) -> str | None:  # noqa: ANN401 - whatever JSON held
    return whole_text(value)[:TEXT_LIMIT] if isinstance(value, str) and value else None


def whole_text(text: str) -> str:
    """A text without the halves of characters that JSON can spell and nothing else can hold."""
    return text.encode("utf-8", "replace").decode()


def parse_time(value: Any) -> datetime | None:  # noqa: ANN401 - whatever JSON held
    """Read an engine's RFC 3339 time, nanoseconds and all, as UTC to the microsecond.

    The year 1 is how engines say "never"; it and what is no time give None.
    """
    if not isinstance(value, str) or value.startswith("0001-"):
        return None
    match = re.fullmatch(
        r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?\s?(Z|[+-]\d\d:\d\d)",
        value,
        re.ASCII,
    )
    if match is None:
        return None
    day, time, fraction, zone = match.groups()
    try:
        at = datetime.fromisoformat(f"{day}T{time}{(fraction or '.0')[:7]:0<7}{zone}")
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
