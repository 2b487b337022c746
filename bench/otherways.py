"""Other ways to learn what a look tells, or a part of it: what `bench/look` compares with.

None of them remembers anything. They are written for a stack's bindings, so that each asks the very
hosts, endpoints and mounts a look asks.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from recorder.bindings import HostBinding, Stack
from recorder.model import Declared

CONTAINERS = "docker ps --all --no-trunc --format '{{json .}}'"
QUIET = subprocess.DEVNULL


def bare(stack: Stack) -> None:
    """One `ssh` a host, all at once, each with one `docker ps` and one `df`."""
    processes = [
        subprocess.Popen(
            [*_ssh(host), f"{CONTAINERS}; df -Pk {_paths(host)}"],
            stdin=QUIET,
            stdout=QUIET,
            stderr=QUIET,
        )
        for host in stack.hosts
    ]
    for process in processes:
        process.wait()


def three_scripts(stack: Stack) -> None:
    """Three scripts as people write them, one after the other: containers, endpoints, mounts.

    Each asks one thing at a time: `ssh` for each host's containers and disks, `curl` for each
    endpoint, `ssh` for whether each mount is there, how full it is and whether it can be listed.
    """
    for host in stack.hosts:
        _run([*_ssh(host), CONTAINERS])
        _run([*_ssh(host), f"df -h {_paths(host)}"])
    for service in stack.services:
        health = service.health
        if health is None or service.declared is not Declared.ACTIVE:
            continue
        host = stack.host(service.host)
        name = "127.0.0.1" if health.via_ssh else health.host or host.addresses[0]
        url = f"{health.scheme}://{name}:{health.port}{health.path}"
        asked = ["curl", "-s", "-o", os.devnull, "-m", "10", "-w", "%{http_code}"]
        _run([*_ssh(host), f"curl -s -m 10 '{url}'"] if health.via_ssh else [*asked, url])
    for host in stack.hosts:
        for mount in host.mounts:
            _run([*_ssh(host), f"mount | grep -q ' {mount.path} '"])
            _run([*_ssh(host), f"df -h {mount.path}"])
            _run([*_ssh(host), f"timeout 5 ls {mount.path}"])


class Ansible:
    """One ad-hoc `ansible` call for what the bare way asks, with its fastest settings.

    No facts are gathered, `raw` needs no Python over there, and connections stay open from one call
    to the next, so that only the first one logs in.
    """

    def __init__(self, stack: Stack) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="ansible-"))
        lines = [
            f"{host.name} ansible_host={host.addresses[0]}"
            + (f" ansible_user={host.ssh_user}" if host.ssh_user else "")
            + (f" ansible_port={host.ssh_port}" if host.ssh_port else "")
            for host in stack.hosts
        ]
        (self._folder / "hosts").write_text("\n".join([*lines, ""]), encoding="utf-8")
        paths = " ".join(dict.fromkeys(m.path for host in stack.hosts for m in host.mounts)) or "/"
        asked = CONTAINERS.replace("{{", "{{ '{{' }}").replace("}}'", "{{ '}}' }}'")
        self._command = ["ansible", "all", "-i", str(self._folder / "hosts"), "-f", "50"]
        self._command += ["-m", "raw", "-a", f"{asked}; df -Pk {paths}"]
        config = Path.home() / ".ssh" / "config"
        own = f"-F {config} " if config.exists() else ""
        self._environ = {
            **os.environ,
            "ANSIBLE_SSH_ARGS": f"{own}-o BatchMode=yes -o ControlMaster=auto -o ControlPersist=30",
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self._folder / "cp"),
            "ANSIBLE_LOCAL_TEMP": str(self._folder / "tmp"),
        }

    def __call__(self) -> None:
        subprocess.run(
            self._command, env=self._environ, stdin=QUIET, stdout=QUIET, stderr=QUIET, check=False
        )

    def close(self) -> None:
        """End the connections that are still open."""
        for socket in (self._folder / "cp").glob("*"):
            _run(["ssh", "-O", "exit", "-o", f"ControlPath={socket}", "none"])
        shutil.rmtree(self._folder, ignore_errors=True)


def _run(command: list[str]) -> None:
    subprocess.run(command, stdin=QUIET, stdout=QUIET, stderr=QUIET, check=False)


def _ssh(host: HostBinding) -> list[str]:
    config = Path.home() / ".ssh" / "config"
    options = ["-o", "BatchMode=yes", *(["-F", str(config)] if config.exists() else [])]
    port = ["-p", str(host.ssh_port)] if host.ssh_port else []
    target = f"{host.ssh_user}@{host.addresses[0]}" if host.ssh_user else host.addresses[0]
    return ["ssh", *options, *port, target]


def _paths(host: HostBinding) -> str:
    return " ".join(mount.path for mount in host.mounts) or "/"
