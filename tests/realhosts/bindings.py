"""The lab's `media.services.yaml`, made from the blueprint.

Each entry is one line of JSON, which YAML reads as its own.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from realhosts.blueprint import CONTROL, HOSTS, SSH_USER
from realhosts.plan import Host, Service

__all__ = ["text"]
DEFAULTS = {
    "health_timeout_sec": 10,
    "ssh_user": SSH_USER,
    "compose_command": "docker compose",
}
OVERLAPS = [
    {
        "ha_addon": "overseerr",
        "shop_service": "jellyseerr",
        "recommendation": "decommission",
        "reason": "both take requests",
    }
]


def text(
    names: Sequence[str] | None,
    changes: Mapping[str, Mapping[str, object]],
    defaults: Mapping[str, object],
    key_file: str,
) -> str:
    """The file for the hosts of those names; None is all. `key_file` holds Sonarr's API key."""
    hosts = [host for host in HOSTS if names is None or host.name in names]
    declared = [(host, each) for host in hosts for each in host.services if each.declared]
    sections: dict[str, Mapping[Any, object] | Sequence[object]] = {
        "defaults": {**DEFAULTS, **defaults},
        "hosts": {host.name: {**_host(host), **changes.get(host.name, {})} for host in hosts},
        "services": {each.name: _service(host, each) for host, each in declared},
        "volumes": [volume for host in hosts for volume in _volumes(host)],
        "imports": {each.app: _import(each, key_file) for _, each in declared if each.app},
        "ports": {host.name: _ports(host) for host in hosts},
        "ha_overlaps": {"overlaps": OVERLAPS if "streaming-stack" in names_of(hosts) else []},
    }
    return f"# made by the lab on {CONTROL}\nversion: 1\n" + "".join(
        _section(name, content) for name, content in sections.items()
    )


def names_of(hosts: Sequence[Host]) -> list[str]:
    """The hosts' names, in order."""
    return [host.name for host in hosts]


def _host(host: Host) -> dict[str, object]:
    addresses = [address for address in (host.first_address, host.address) if address]
    mounts = [
        {"path": mount.path, "source": mount.source, "mode": mount.declared_mode}
        for mount in host.mounts
    ]
    entry: dict[str, object] = {"id": host.number, "role": host.role, "addresses": addresses}
    if host.ssh_user:
        entry["ssh_user"] = host.ssh_user
    if mounts:
        entry["mounts"] = [{key: value for key, value in m.items() if value} for m in mounts]
    return entry


def _service(host: Host, service: Service) -> dict[str, object]:
    entry: dict[str, object] = {"vm": host.name}
    if service.container:
        entry["container"] = service.container
    entry |= {"port": service.port, "health": service.health}
    if service.health_reason:
        entry["health_reason"] = service.health_reason
    entry |= {"status": service.declared, "category": service.category}
    if service.dependencies:
        entry["dependencies"] = list(service.dependencies)
    return entry


def _volumes(host: Host) -> list[dict[str, str]]:
    """A volume for each mount of a host that holds the first of its kind."""
    if host.name != "download-stack":
        return []
    return [
        {
            "name": mount.source or mount.path.rpartition("/")[2],
            "host": host.name,
            "path": mount.path,
        }
        for mount in host.mounts
        if mount.path in ("/mnt/media", "/mnt/downloads")
    ]


def _import(service: Service, key_file: str) -> dict[str, object]:
    if service.app == "sonarr":
        return {"service": service.name, "api_key": {"file": key_file}}
    return {"service": service.name, "api_key": {"env": f"{service.name.upper()}_API_KEY"}}


def _ports(host: Host) -> dict[int, str]:
    return {each.port: each.name for each in host.services if each.port and each.declared}


def _section(name: str, content: Mapping[Any, object] | Sequence[object]) -> str:
    if not content or name == "defaults":
        return f"{name}: {json.dumps(content)}\n"
    if isinstance(content, Mapping):
        lines = [f"  {key}: {_flow(value)}\n" for key, value in content.items()]
    else:
        lines = [f"  - {_flow(value)}\n" for value in content]
    return f"{name}:\n{''.join(lines)}"


def _flow(value: object) -> str:
    if isinstance(value, Mapping) and any(isinstance(key, int) for key in value):
        return "{" + ", ".join(f"{key}: {json.dumps(each)}" for key, each in value.items()) + "}"
    return json.dumps(value)
