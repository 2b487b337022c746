"""Real disks and mounts for tests: a small one, a full one, a read-only one, a network's.

All take root.
"""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SFTP_SERVER = "/usr/lib/openssh/sftp-server"
SMALL = "8M"


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 8 MB: ext4 in a file; memory, and that said, where no loop device is to be had."""
    disk, image = folder / "disk", folder / "disk.ext4"
    disk.mkdir()
    run("truncate", "-s", SMALL, image)
    run("mkfs.ext4", "-q", "-m", "0", image)
    try:
        run("mount", "-o", "loop", image, disk)
        (disk / "lost+found").rmdir()
    except subprocess.CalledProcessError as error:
        sys.stdout.write(f"no loop device ({error.stderr.strip()}): a disk in memory instead\n")
        run("mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", disk)
    try:
        yield disk
    finally:
        run("umount", "--lazy", disk)


def fill(disk: Path, leave_bytes: int = 0) -> Path:
    """Fill a disk up to its last block but for so many bytes; returns what fills it."""
    spare, ballast = disk / "spare", disk / "ballast"
    spare.write_bytes(bytes(leave_bytes))
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    spare.unlink()
    return ballast


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A folder on a disk that is mounted to be read."""
    run("mount", "--bind", folder, folder)
    try:
        run("mount", "-o", "remount,ro,bind", folder)
        yield
    finally:
        run("umount", "--lazy", folder)


@contextlib.contextmanager
def over_network(folder: Path) -> Iterator[Path]:
    """The same folder as a network mount shows it: sshfs, straight to an SFTP server."""
    there, server = folder.with_name("share"), folder.with_name("server")
    there.mkdir()
    server.write_text(f"#!/bin/sh\nexec {SFTP_SERVER}\n")
    server.chmod(0o755)
    run("sshfs", f"nas:{folder}", there, "-o", f"ssh_command={server}")
    try:
        yield there
    finally:
        run("umount", "--lazy", there)


def run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
