"""The Debian packages that the lab is made of, and their installation where that is possible."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from realhosts.programs import ENVIRONMENT, PATH, run

INSTALL_TIMEOUT_SEC = 600.0
PACKAGE_OF = {  # program: the package that brings it
    "sshd": "openssh-server",
    "ssh": "openssh-client",
    "dockerd": "docker.io",
    "docker": "docker.io",
    "podman": "podman",
    "runc": "runc",
    "busybox": "busybox-static",
    "sshfs": "sshfs",
    "ip": "iproute2",
    "sudo": "sudo",
    "mkfs.ext4": "e2fsprogs",
    "losetup": "mount",
    "docker-compose": "docker-compose",
    "nsenter": "util-linux",
    "sqlite3": "sqlite3",
}
START_NO_SERVICES = Path("/usr/sbin/policy-rc.d")
ONE_AT_A_TIME = Path(tempfile.gettempdir(), "media-recorder-installing.lock")


class UnavailableError(Exception):
    """The lab can't be made here, and why."""


def require_parts(package_of: Mapping[str, str] = PACKAGE_OF) -> None:
    """Make sure that everything the lab needs is here; install what is missing."""
    if os.geteuid() != 0:
        raise UnavailableError("the lab makes namespaces and mounts: run it as root")
    with ONE_AT_A_TIME.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        absent = missing_packages(package_of)
        if absent and shutil.which("apt-get", path=PATH):
            _install(absent)
            absent = missing_packages(package_of)
    if absent:
        raise UnavailableError(f"the lab needs these Debian packages: {' '.join(absent)}")


def missing_packages(package_of: Mapping[str, str]) -> list[str]:
    """The packages whose programs are not here."""
    return sorted({pkg for prog, pkg in package_of.items() if not shutil.which(prog, path=PATH)})


def apt(*argv: str) -> str:
    """What a tool of Debian's packages says; this machine's variables may name its proxy."""
    env = {**ENVIRONMENT, **os.environ, "PATH": PATH, "DEBIAN_FRONTEND": "noninteractive"}
    return run(argv, env=env, timeout_sec=INSTALL_TIMEOUT_SEC)


def _install(packages: list[str]) -> None:
    apt("apt-get", "update")
    with _no_services_started():
        apt("apt-get", "install", "--yes", "--no-install-recommends", *packages)


@contextmanager
def _no_services_started() -> Iterator[None]:
    """Keep Debian from starting the sshd and the engine it installs on this machine itself."""
    if START_NO_SERVICES.exists():
        yield
        return
    START_NO_SERVICES.write_text("#!/bin/sh\nexit 101\n")
    START_NO_SERVICES.chmod(0o755)
    try:
        yield
    finally:
        START_NO_SERVICES.unlink()
