"""The hosts: those `hosts:` declares, then those only services name."""

import re
from collections.abc import Iterable, Iterator

from recorder.bindings.section import NUMBERS, PORTS, RETRIES, Section
from recorder.bindings.spelling import quoted
from recorder.bindings.spine import HostFacts, Spine
from recorder.bindings.stack import (
    COMPOSE_COMMAND,
    CONNECT_TIMEOUT_SEC,
    HEALTH_RETRIES,
    HEALTH_TIMEOUT_SEC,
    HostBinding,
)
from recorder.bindings.storage import read_mounts
from recorder.frozen import frozen

DEFAULT_KEYS = (
    "compose_command",
    "connect_timeout_sec",
    "health_retries",
    "health_timeout_sec",
    "ssh_port",
    "ssh_user",
)
HOST_KEYS = (
    "addresses",
    "compose_command",
    "compose_path",
    "connect",
    "connect_timeout_sec",
    "description",
    "discover",
    "id",
    "mounts",
    "note",
    "notes",
    "role",
    "ssh_port",
    "ssh_user",
)
MEANT = {
    "host": "addresses",
    "hostname": "addresses",
    "ip": "addresses",
    "port": "ssh_port",
    "user": "ssh_user",
}
CONNECTS = ("ssh", "local")
ADDRESS = re.compile(r"[^\s/@-][^\s/@]*")


@frozen
class Defaults:
    """What a host or service has that says nothing of its own."""

    ssh_user: str | None
    ssh_port: int | None
    connect_timeout_sec: float
    health_timeout_sec: float
    health_retries: int
    compose_command: str


def read_defaults(root: Section, spine: Spine) -> Defaults:
    """Ours first, then the spine's, then the program's."""
    ours, theirs = root.section("defaults"), spine.ssh_defaults
    ours.check_keys(DEFAULT_KEYS)
    retries = ours.whole("health_retries", *RETRIES)
    return Defaults(
        ssh_user=ours.text("ssh_user") or theirs.text("user"),
        ssh_port=ours.whole("ssh_port", *PORTS) or theirs.whole("port", *PORTS),
        connect_timeout_sec=ours.seconds("connect_timeout_sec")
        or theirs.seconds("connect_timeout_sec")
        or CONNECT_TIMEOUT_SEC,
        health_timeout_sec=ours.seconds("health_timeout_sec") or HEALTH_TIMEOUT_SEC,
        health_retries=HEALTH_RETRIES if retries is None else retries,
        compose_command=ours.text("compose_command") or COMPOSE_COMMAND,
    )


def read_hosts(
    root: Section, named: Iterable[str], spine: Spine, defaults: Defaults
) -> tuple[HostBinding, ...]:
    """`named` are the hosts that services run on."""
    hosts = root.section("hosts")
    declared = dict(root.sections("hosts"))
    others = {name: hosts.section("") for name in named if name not in hosts.entry.fields}
    return tuple(
        _host(name, section, spine.facts(name), defaults)
        for name, section in (declared | others).items()
    )


def _host(name: str, host: Section, facts: HostFacts, defaults: Defaults) -> HostBinding:
    host.check_keys(HOST_KEYS, MEANT)
    mounts = read_mounts(host)
    return HostBinding(
        name=name,
        addresses=tuple(_addresses(host)) or facts.addresses or (name,),
        local=host.choice("connect", CONNECTS) == "local",
        number=host.whole("id", *NUMBERS) or facts.number,
        role=host.text("role") or facts.role,
        ssh_user=host.text("ssh_user") or facts.ssh_user or defaults.ssh_user,
        ssh_port=host.whole("ssh_port", *PORTS) or facts.ssh_port or defaults.ssh_port,
        connect_timeout_sec=host.seconds("connect_timeout_sec")
        or facts.connect_timeout_sec
        or defaults.connect_timeout_sec,
        compose_path=host.text("compose_path") or facts.compose_path,
        compose_command=host.text("compose_command") or defaults.compose_command,
        mounts=mounts if host.given("mounts") else facts.mounts,
        discover=host.flag("discover") or False,
    )


def _addresses(host: Section) -> Iterator[str]:
    for address in dict.fromkeys(host.texts("addresses")):
        if ADDRESS.fullmatch(address):
            yield address
        else:
            host.wrong("addresses", f"must be a name or an IP address, not {quoted(address)}")
