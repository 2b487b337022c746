"""A fleet on loopback: an address, a host key and a real sshd a host, and 30 containers.

Every host has an sshd process of its own at its own 127.x address, as OpenSSH makes it: each
connection forks, executes itself anew and separates its privileges. The engine is a stand-in: a
`docker` on the sessions' PATH that prints the host's file, by the address that the session came in
at. A host that is dead has an address whose full backlog swallows every SYN.
"""

import contextlib
import json
import os
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

CONTAINERS = 30
HOSTS_A_NET = 250
START_LIMIT_SEC = 60.0
SSHD = "/usr/sbin/sshd"
SSHD_CONFIG = """\
Port {port}
AuthorizedKeysFile {folder}/key.pub
PasswordAuthentication no
StrictModes no
UsePAM no
PidFile none
SetEnv PATH={folder}/bin:/usr/bin:/bin FLEET={folder}/answers SHLVL=1
"""
SSH_CONFIG = """\
Host *
    User {user}
    Port {port}
    IdentityFile {folder}/key
    UserKnownHostsFile {folder}/home/.ssh/known_hosts
    StrictHostKeyChecking yes
"""
ENGINE = """\
#!/bin/sh
at=${SSH_CONNECTION#* * }
exec cat "$FLEET/${at%% *}/$1$3"
"""


@dataclass(frozen=True, slots=True)
class FleetHost:
    """One host of the fleet."""

    name: str
    address: str
    dead: bool = False


@dataclass(frozen=True, slots=True)
class Fleet:
    """Hosts that are up, and what reaches them."""

    folder: Path
    port: int
    hosts: tuple[FleetHost, ...]
    servers: tuple[int, ...]  # process ids of the sshds

    @property
    def home(self) -> Path:
        """A home whose ~/.ssh reaches the fleet."""
        return self.folder / "home"

    @property
    def config(self) -> Path:
        """For `ssh -F`."""
        return self.home / ".ssh" / "config"


def fleet_of(count: int, dead: int = 0) -> tuple[FleetHost, ...]:
    """Hosts to start: the dead ones evenly among the others."""
    ill = {number * count // dead for number in range(dead)} if dead else set()
    return tuple(
        FleetHost(
            f"host-{number:04}",
            f"127.50.{number // HOSTS_A_NET}.{number % HOSTS_A_NET + 1}",
            dead=number in ill,
        )
        for number in range(count)
    )


@contextlib.contextmanager
def running(folder: Path, hosts: Sequence[FleetHost]) -> Iterator[Fleet]:
    """Start the hosts; all are gone again at the end."""
    port = _free_port()
    folder.chmod(0o755)
    home = folder / "home" / ".ssh"
    home.mkdir(parents=True)
    _write_key(folder / "key")
    words = {"port": port, "folder": folder, "user": "root"}
    (folder / "sshd_config").write_text(SSHD_CONFIG.format(**words))
    (home / "config").write_text(SSH_CONFIG.format(**words))
    (folder / "bin").mkdir()
    engine = folder / "bin" / "docker"
    engine.write_text(ENGINE)
    engine.chmod(0o755)
    _write_hosts(folder, port, hosts)
    Path("/run/sshd").mkdir(exist_ok=True)  # where sshd separates its privileges
    with contextlib.ExitStack() as stack:
        servers = []
        for host in hosts:
            if host.dead:
                stack.enter_context(_swallowing(host.address, port))
            else:
                servers.append(stack.enter_context(_sshd(folder, host)))
        for host in hosts:
            if not host.dead:
                _wait_for(host.address, port)
        yield Fleet(folder, port, tuple(hosts), tuple(servers))


def _write_hosts(folder: Path, port: int, hosts: Sequence[FleetHost]) -> None:
    known = []
    for host in hosts:
        place = folder / "answers" / host.address
        place.mkdir(parents=True)
        known.append(f"[{host.address}]:{port} {_write_key(place / 'key')}\n")
        containers = [container_of(host.name, number) for number in range(CONTAINERS)]
        lines = {
            name: "".join(f"{json.dumps(one[name])}\n" for one in containers)
            for name in ("ps", "inspect")
        }
        (place / "ps--no-trunc").write_text(lines["ps"])
        (place / "inspectcontainer").write_text(lines["inspect"])
        (place / "ps--quiet").write_text("".join(f"{one['ps']['ID']}\n" for one in containers))
    (folder / "home" / ".ssh" / "known_hosts").write_text("".join(known))


def container_of(host: str, number: int) -> dict[str, dict[str, object]]:
    """A container as `docker ps --format json` and as the probe's inspection tell it."""
    name, project = f"{host}-service-{number:02}", f"stack-{number // 10}"
    image, identity = f"registry.example/app-{number:02}:1.{number}", f"{number:02x}{hash_of(host)}"
    return {
        "ps": {
            "ID": identity,
            "Names": name,
            "Image": image,
            "State": "running",
            "Status": "Up 3 days",
            "Labels": f"com.docker.compose.project={project}",
            "Ports": f"0.0.0.0:{8000 + number}->80/tcp",
            "CreatedAt": "2026-02-10 03:00:00 +0000 UTC",
        },
        "inspect": {
            "id": identity,
            "name": f"/{name}",
            "created": "2026-02-10T03:00:00.123456789Z",
            "state": "running",
            "exit_code": 0,
            "oom_killed": False,
            "error": "",
            "started": "2026-02-10T03:00:01.123456789Z",
            "finished": "0001-01-01T00:00:00Z",
            "health": "healthy",
            "restarts": 0,
            "image": image,
            "image_id": f"sha256:{number:064x}",
            "network": "bridge",
            "ports": {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": str(8000 + number)}]},  # noqa: S104
            "version": f"1.{number}",
            "project": project,
            "service": f"service-{number:02}",
            "oneoff": "False",
        },
    }


def hash_of(host: str) -> str:
    """62 hexadecimal digits that belong to a host."""
    return host.encode().hex().ljust(62, "0")[:62]


def _write_key(path: Path) -> str:
    """Make a key pair; returns the public half as OpenSSH spells it."""
    key = Ed25519PrivateKey.generate()
    path.touch(0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    path.with_name(f"{path.name}.pub").write_text(f"{public}\n")
    return public


def _free_port() -> int:
    """A port that nobody listens at on any address."""
    with socket.create_server(("0.0.0.0", 0)) as server:  # noqa: S104 - to have it free on all
        port: int = server.getsockname()[1]
        return port


@contextlib.contextmanager
def _sshd(folder: Path, host: FleetHost) -> Iterator[int]:
    key = folder / "answers" / host.address / "key"
    command = [SSHD, "-D", "-q", "-f", str(folder / "sshd_config"), "-h", str(key)]
    process = subprocess.Popen(
        [*command, "-o", f"ListenAddress={host.address}"],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()


@contextlib.contextmanager
def _swallowing(address: str, port: int) -> Iterator[None]:
    """An address that answers no SYN: its backlog, of one, is full."""
    with socket.socket() as server, contextlib.ExitStack() as waiting:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((address, port))
        server.listen(0)
        for _ in range(2):
            client = waiting.enter_context(socket.socket())
            client.settimeout(0)
            client.connect_ex((address, port))
        yield


def _wait_for(address: str, port: int) -> None:
    deadline = time.monotonic() + START_LIMIT_SEC
    while True:
        with socket.socket() as connection:
            if connection.connect_ex((address, port)) == 0:
                return
        if time.monotonic() > deadline:
            raise TimeoutError(f"the sshd of {address} does not listen")
        time.sleep(0.01)


def bindings_of(fleet: Fleet, *, connect_timeout_sec: int = 5, declared: bool = True) -> str:
    """The binding of a fleet, in the words of media.services.yaml."""
    lines = ["version: 1", f"defaults: {{connect_timeout_sec: {connect_timeout_sec}}}", "hosts:"]
    lines += [f"  {host.name}: {{addresses: [{host.address}]}}" for host in fleet.hosts]
    services = [
        f"  {host.name}-service-{number:02}: {{vm: {host.name}, port: null, health: null, "
        "health_reason: no_http_port, category: fleet}"
        for host in fleet.hosts
        for number in range(CONTAINERS if declared else 0)
    ]
    return "\n".join([*lines, "services:" if services else "services: {}", *services, ""])


def ssh_command(fleet: Fleet) -> str:
    """The beginning of an `ssh` line for a shell."""
    return shlex.join(["ssh", "-F", str(fleet.config), "-o", "BatchMode=yes"])
