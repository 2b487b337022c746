"""The hosts of the script, played: what their probe, their endpoints and their app say as text."""

import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from endurance.looked import APP, NO_WAY_IN, imported, port_of
from endurance.script import RENAMED, App, Script, Way
from simulated.years import PROBED, SERVICES

from recorder.bindings import load
from recorder.bindings.stack import HostBinding, Stack
from recorder.collect.shell import Answer, Connect, Ended, Unreachable
from recorder.model import (
    Endpoint,
    EndpointState,
    Host,
    HostState,
    Mount,
    MountState,
    Reason,
    Service,
    ServiceState,
    Snapshot,
)

BLOCK = 4096
KIB = 1024
KEY_VARIABLE, KEY = "RADARR_API_KEY", "0123456789abcdef"
NEVER = "0001-01-01T00:00:00Z"
ENGINE_IS_DOWN = (
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. "
    "Is the docker daemon running?"
)
ENGINE_DENIES = "permission denied while trying to connect to the Docker daemon socket"
MOUNTED = "164 26 0:40 / {path} {mode},relatime shared:62 - {kind} {source} {mode},vers=4.2"
UNANSWERED = {MountState.HUNG: "137 300 ", MountState.STALE: "1 1 Stale file handle"}


def stack_of(script: Script, folder: Path) -> Stack:
    """The binding of the simulated stack, read from a file as a person's is."""
    truth = script.years.snapshot(0)
    services: dict[str, Any] = {}
    for host, names in SERVICES.items():
        for name in names:
            category = next(it.category for it in truth.services if it.name == name)
            services[name] = {"vm": host, "port": None, "category": category}
            if name in PROBED:
                through_ssh = {"health": "/ping", "health_reason": "localhost_bound"}
                services[name] |= {"port": port_of(name), **through_ssh}
    hosts: dict[str, Any] = {
        host.name: {"id": host.number, "role": host.role, "addresses": [host.address], "mounts": []}
        for host in truth.hosts
    }
    for mount in truth.mounts:
        said = {"path": mount.path, "source": mount.declared_source, "mode": mount.declared_mode}
        hosts[mount.host]["mounts"].append(said)
    volumes = [{"name": it.name, "host": it.host, "path": it.path} for it in truth.volumes]
    bindings = folder / "ops" / "bindings"
    bindings.mkdir(parents=True, exist_ok=True)
    stack = {
        "version": 1,
        "site": truth.site,
        "hosts": hosts,
        "services": services,
        "volumes": volumes,
        "imports": {APP: {"service": APP, "api_key": {"env": KEY_VARIABLE}}},
    }
    (bindings / "media.services.yaml").write_text(yaml.safe_dump(stack, sort_keys=False))
    return load(bindings)


def played(script: Script, minute: int) -> Connect:
    """The way into the hosts as they are at a minute."""
    truth = script.years.snapshot(minute)
    return partial(_connect, script, minute, truth)


def _connect(script: Script, minute: int, truth: Snapshot, binding: HostBinding) -> "PlayedShell":
    host = next(host for host in truth.hosts if host.name == binding.name)
    if host.state is HostState.DOWN:
        raise Unreachable(Reason.TIMEOUT, "timed out after 5 s")
    way = script.ways[host.name].at(minute)
    if way in NO_WAY_IN:
        raise Unreachable(*NO_WAY_IN[way])
    return PlayedShell(script, minute, truth, host, way)


@dataclass(frozen=True)
class PlayedShell:
    """A host that was logged in to."""

    script: Script
    minute: int
    truth: Snapshot
    host: Host
    way: Way

    @property
    def address(self) -> str | None:
        return self.host.address

    @property
    def name(self) -> str:
        return self.host.address or ""

    def run(self, script: bytes, *, until: bytes, timeout_sec: float) -> Answer:
        del until, timeout_sec
        [asked] = shlex.split(script.partition(b"\n")[0].decode())
        _, mark, _, _, _, *paths = asked.removeprefix("request=").split(" ")
        if self.way is Way.NO_SHELL:
            return Answer(b"This account is currently not available.\n", Ended.CLOSED)
        if self.way is Way.ENDLESS:
            return Answer(b"y\n" * 1000, Ended.TOO_LONG)
        head = [f"{mark} machine", *self._machine(), "", f"{mark} paths", *self._paths(mark, paths)]
        head += ["", f"{mark} mounts", *self._mounted()]
        if self.way is Way.ENGINE_SILENT:
            return Answer(_bytes(head), Ended.TIMEOUT)
        whole = _bytes([*head, "", *self._engine(mark), "", f"{mark} end"])
        if self.way is not Way.BROKEN_OFF:
            return Answer(whole, Ended.WHOLE)
        first = len(_bytes(head[:1]))
        cut = self.script.rng(f"cut {self.minute}").randrange(first, len(whole) - 1)
        return Answer(whole[:cut], Ended.CLOSED)

    def start(self, script: bytes, *, timeout_sec: float) -> Any:  # noqa: ANN401 - never
        raise NotImplementedError

    def dial(self, port: int, timeout_sec: float) -> "PlayedConnection":
        del timeout_sec
        service = next(it for it in self.truth.on(self.host.name) if _listens(it, port))
        answer = service.endpoint
        if answer is None or answer.reason is Reason.REFUSED:
            raise ConnectionRefusedError
        return PlayedConnection(self.script, self.minute, answer)

    def close(self) -> None:
        pass

    def _machine(self) -> Iterator[str]:
        host = self.host
        yield f"clock {self.script.true_sec(self.minute)}"
        yield f"boot_id {host.boot_id}"
        yield f"uptime {host.uptime_sec}.42"
        yield f"load {host.load_1min:.2f}"
        yield f"MemTotal: {(host.memory_total_bytes or 0) // KIB}"
        yield f"MemAvailable: {(host.memory_available_bytes or 0) // KIB}"

    def _paths(self, mark: str, paths: Sequence[str]) -> Iterator[str]:
        mounts = {mount.path: mount for mount in self.truth.mounts if mount.host == self.host.name}
        for number, path in enumerate(paths):
            mount = mounts[path]
            if mount.state in UNANSWERED:
                yield f"{mark} asked {number} {UNANSWERED[mount.state]}"
                continue
            # Where nothing is mounted another disk answers.
            total, free = (mount.total_bytes or 1 << 34, mount.free_bytes or 1 << 33)
            yield f"{mark} space {number} {BLOCK} {total // BLOCK} {free // BLOCK}"
            yield f"{mark} asked {number} 0 {(mount.latency_ms or 0) // 10} "

    def _mounted(self) -> Iterator[str]:
        yield "26 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw"
        for mount in self.truth.mounts:
            if mount.host == self.host.name and mount.state is not MountState.MISSING:
                yield _mount_line(mount)

    def _engine(self, mark: str) -> Iterator[str]:
        if self.host.engine is None or not self.host.engine.readable:
            yield f"{mark} engine docker 1"
            yield ENGINE_IS_DOWN
        elif self.way is Way.ENGINE_DENIED:
            yield f"{mark} engine docker 1"
            yield ENGINE_DENIES
        else:
            lines = [self._container(service) for service in self._there()]
            if self.way is Way.LIST_CUT:
                lines[-1] = lines[-1][: len(lines[-1]) // 2]
            yield f"{mark} engine docker 0 listed {len(lines)}"
            yield from lines

    def _there(self) -> list[Service]:
        here = self.truth.on(self.host.name)
        return [service for service in here if service.state is not ServiceState.MISSING]

    def _container(self, service: Service) -> str:
        name = self.script.name.at(self.minute) if service.name == RENAMED else service.container
        said = {
            "id": f"{service.name:0>64}",
            "name": f"/{name}",
            "created": _engine_time(service.created_at),
            "state": service.state.value,
            "exit_code": service.exit_code or 0,
            "oom_killed": service.oom_killed,
            "error": "",
            "started": _engine_time(service.started_at),
            "finished": _engine_time(service.finished_at),
            "health": None if service.health == "none" else service.health,
            "restarts": service.restart_count,
            "image": service.image,
            "image_id": service.image_id,
            "network": "bridge",
            "ports": {},
            "version": service.image_version,
            "project": service.project,
            "service": service.compose_service,
            "oneoff": None,
        }
        return json.dumps(said, separators=(",", ":"))


def _bytes(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in ("", *lines)).encode()


def _mount_line(mount: Mount) -> str:
    said = {"path": mount.path, "mode": mount.mode, "kind": mount.fs_type, "source": mount.source}
    return MOUNTED.format(**said)


def _engine_time(at: datetime | None) -> str:
    return NEVER if at is None else at.strftime("%Y-%m-%dT%H:%M:%S.000000000Z")


def _listens(service: Service, port: int) -> bool:
    return service.name in PROBED and port_of(service.name) == port


@dataclass
class PlayedConnection:
    """A connection to a service that speaks HTTP."""

    script: Script
    minute: int
    health: Endpoint
    asked: bytes = b""
    left: bytes | None = None

    def settimeout(self, timeout: float | None, /) -> None:
        pass

    def sendall(self, data: bytes, /) -> None:
        self.asked += data

    def recv(self, size: int, /) -> bytes:
        if self.left is None:
            path = self.asked.split(b" ")[1].decode()
            self.left = self._app() if path.startswith("/api/") else self._health()
        chunk, self.left = self.left[:size], self.left[size:]
        return chunk

    def close(self) -> None:
        pass

    def _health(self) -> bytes:
        if self.health.reason is Reason.TIMEOUT:
            raise TimeoutError
        return _response(self.health.http_status or 200, b"")

    def _app(self) -> bytes:
        app = self.script.app.at(self.minute)
        if app is App.WELL:
            well = Endpoint(EndpointState.OK, "")
            told = imported(self.script, self.minute, well)
            return _response(
                200, json.dumps([*map(_event, (*told.titles, *told.earlier))]).encode()
            )
        return {
            App.WRONG_KEY: _response(401, b""),
            App.BROKEN: _response(500, b"oh"),
            App.ANOTHER: _response(200, b"<!doctype html>"),
        }[app]


def _event(title: Any) -> dict[str, Any]:  # noqa: ANN401 - an ImportedTitle
    at = title.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    what = {"eventType": "downloadFolderImported", "movieId": 1}
    return {"id": title.event_id, "date": at, "sourceTitle": title.title, **what}


def _response(status: int, body: bytes) -> bytes:
    return f"HTTP/1.1 {status} So\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
