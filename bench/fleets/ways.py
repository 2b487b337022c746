"""The ways to look at a fleet that are held against each other, each as one command."""

import os
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fleets.hosts import Fleet, bindings_of

ROOT = Path(__file__).resolve().parents[2]
FACTS = "docker ps --all --no-trunc; df -Pk"
CLASSIC = ("-o", "KexAlgorithms=curve25519-sha256")
ANSIBLE = {
    "ANSIBLE_HOST_KEY_CHECKING": "True",
    "ANSIBLE_NOCOLOR": "1",
    "ANSIBLE_PIPELINING": "True",
    "ANSIBLE_SSH_RETRIES": "0",
    "PYTHONWARNINGS": "ignore",
}


@dataclass(frozen=True)
class WayToLook:
    """A command, and how it is told apart in a table."""

    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict)


def ours(fleet: Fleet) -> tuple[WayToLook, ...]:
    """media.status, not recorded and recorded, in JSON, and looking back on what was recorded."""
    folder = fleet.home / "ops" / "bindings"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "media.services.yaml").write_text(bindings_of(fleet))
    command = (str(ROOT / "bin" / "ops"), "--root", str(fleet.home), "media.status")
    history = str(fleet.home / "history.db")
    return (
        WayToLook("media.status --no-record", (*command, "--no-record", "--db", f"{history}-none")),
        WayToLook("media.status, recorded", (*command, "--db", history)),
        WayToLook("media.status --json, recorded", (*command, "--db", history, "--json")),
        WayToLook("media.status --history 7d", (*command, "--db", history, "--history", "7d")),
    )


def bare(fleet: Fleet, at_once: int) -> tuple[WayToLook, ...]:
    """One `ssh` process a host, so many at once; as OpenSSH comes, and with a cheaper handshake."""
    addresses = fleet.home / "addresses"
    addresses.write_text("".join(f"{host.address}\n" for host in fleet.hosts))
    loop = ("xargs", "-a", str(addresses), "-P", str(at_once), "-I{}")
    limit = ("-o", "ConnectTimeout=5", "-o", "BatchMode=yes")
    ssh = ("ssh", "-F", str(fleet.config), *limit)
    return (
        WayToLook(f"ssh, {at_once} at once", (*loop, *ssh, "{}", FACTS)),
        WayToLook(f"ssh with curve25519, {at_once} at once", (*loop, *ssh, *CLASSIC, "{}", FACTS)),
    )


def ansible(fleet: Fleet, forks: int, *, persist: bool) -> WayToLook | None:
    """Ansible's ad-hoc `raw`, which needs no Python there; None where it is not installed."""
    if shutil.which("ansible") is None:
        return None
    inventory = fleet.home / "inventory"
    inventory.write_text("".join(f"{host.address}\n" for host in fleet.hosts))
    kept = f"-o ControlMaster=auto -o ControlPersist=60s -o ControlPath={fleet.folder}/c-%C"
    none = "-o ControlMaster=no -o ControlPersist=no -o ControlPath=none"
    arguments = f"-F {fleet.config} {kept if persist else none}"
    command = ("ansible", "all", "-i", str(inventory), "-f", str(forks), "-m", "raw", "-a", FACTS)
    environ = ANSIBLE | {"ANSIBLE_SSH_ARGS": arguments, "ANSIBLE_HOME": str(fleet.home / "ansible")}
    name = f"ansible raw, {forks} forks, ControlPersist {'on' if persist else 'off'}"
    return WayToLook(name, command, environ)


def environment(fleet: Fleet, way: WayToLook) -> dict[str, str]:
    """What a way runs with: the fleet's home, and no agent."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
    return {**kept, "HOME": str(fleet.home), **way.environ}


def told(way: WayToLook) -> str:
    """The command as a person would type it."""
    return shlex.join(way.command)
