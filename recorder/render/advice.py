"""The one thing to type next, of all that is wrong: for whoever reads it at three in the morning.

A command that shows more, most often; what acts is told only where nothing else helps.
"""

import shlex

from recorder.model import Finding, Host, Mount, Service, ServiceState, Snapshot, Volume
from recorder.render.safe import TEXT_CELLS, safe

_ACTS = {ServiceState.CREATED: "start", ServiceState.PAUSED: "unpause"}


def next_step(snapshot: Snapshot, found: Finding) -> str | None:
    """What to type about something that is wrong; None where there is nothing to tell."""
    told = _told(snapshot, found)
    return safe(told, 2 * TEXT_CELLS) if told else None


def _told(snapshot: Snapshot, found: Finding) -> str | None:
    if found.kind == "mount":
        where = (found.host, found.name)
        return _of_mount(next(it for it in snapshot.mounts if (it.host, it.path) == where))
    if found.kind == "import":
        return next(it.hint for it in snapshot.imports if it.app == found.name)
    host = next((it for it in snapshot.hosts if it.name == found.host), None)
    return _on_host(snapshot, host, found) if host else None


def _on_host(snapshot: Snapshot, host: Host, found: Finding) -> str | None:
    if found.kind == "host":
        return host.hint or f"ops media.status --history 1d --host {shlex.quote(host.name)}"
    if found.kind == "engine":
        return host.engine.hint if host.engine else None
    if found.kind == "volume":
        return _of_volume(host, next(it for it in snapshot.volumes if it.name == found.name))
    return _of_service(host, next(it for it in snapshot.on(host.name) if it.name == found.name))


def _of_service(host: Host, service: Service) -> str:
    if service.state is ServiceState.MISSING:
        return "ops verify D109"
    engine = (host.engine and host.engine.kind) or "docker"
    command = _ACTS.get(service.state, "logs --tail 50")
    return _on(host, f"{engine} {command} {shlex.quote(service.container)}")


def _of_mount(mount: Mount) -> str:
    return "ops verify D107" if mount.declared_source else "ops media.nfs.verify"


def _of_volume(host: Host, volume: Volume) -> str:
    return _on(host, f"df -h {shlex.quote(volume.path)}")


def _on(host: Host, command: str) -> str:
    """A command, and on which host to type it where that is not this one."""
    return command if host.address is None else f"on {host.name}: {command}"
