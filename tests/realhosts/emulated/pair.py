"""An NFS server and a client that mounts its export, both of them Linux's own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from realhosts.emulated.machine import Emulated, boot
from realhosts.emulated.root import make_bootable
from realhosts.packages import require_parts
from realhosts.programs import run

PACKAGE_OF = {
    "busybox": "busybox-static",
    "mkfs.ext4": "e2fsprogs",
    "qemu-system-x86_64": "qemu-system-x86",
    "setpriv": "util-linux",
    "ssh": "openssh-client",
}
SOURCE = "pve:/media"
PATH = "/mnt/media"
OPTIONS = "rw,hard,vers=4.2,timeo=50,retrans=2"
DISK_BYTES = 64 << 20
PROCESSES = "busybox ps -o args"


@dataclass(frozen=True, slots=True)
class Pair:
    """Both machines, up, and the home of whoever may enter them."""

    server: Emulated
    client: Emulated
    home: Path

    def mount(self, source: str = SOURCE, options: str = OPTIONS) -> None:
        """Mount it on the client, in place of what is mounted there."""
        self.unmount()
        self.client.run(f"mount -t nfs4 -o {options} {source} {PATH}")

    def unmount(self) -> None:
        """Let nothing be mounted there, whatever state it is in."""
        self.client.run(f"while umount -l {PATH} 2>/dev/null; do :; done")

    @contextmanager
    def mounted(self, source: str = SOURCE, options: str = OPTIONS) -> Iterator[None]:
        """Something else is mounted, inside the `with` block."""
        self.mount(source, options)
        try:
            yield
        finally:
            self.mount()

    @contextmanager
    def unmounted(self) -> Iterator[None]:
        """Nothing is mounted, inside the `with` block."""
        self.unmount()
        try:
            yield
        finally:
            self.mount()

    @contextmanager
    def server_dead(self) -> Iterator[None]:
        """The server answers nothing inside the `with` block; behind it the mount has healed."""
        self.server.freeze()
        try:
            yield
        finally:
            self.server.thaw()
            self.await_mount()

    @contextmanager
    def export_made_anew(self) -> Iterator[None]:
        """The exported folder is another one of that name, inside the `with` block."""
        self.server.run("rm -r /srv/media && mkdir /srv/media && exportfs -r && exportfs -f")
        try:
            yield
        finally:
            self.mount()

    def await_mount(self) -> None:
        """Wait until the mount answers."""
        self.client.run(f"stat -f {PATH}")

    def on_client(self, *words: str) -> list[str]:
        """Command lines with any of the words, of what runs on the client."""
        lines = self.client.run(PROCESSES).splitlines()
        return [line for line in lines if any(word in line for word in words)]

    def end(self) -> None:
        """Take both away."""
        self.client.end()
        self.server.end()


def make_pair(folder: Path) -> Pair:
    """Build and boot both in that empty folder; the export is mounted."""
    require_parts(PACKAGE_OF)
    home = folder / "home"
    home.mkdir()
    identity, host_key, disk = folder / "identity", folder / "host_key", folder / "disk"
    for key in (identity, host_key):
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "emulated", "-f", str(key)])
    disk.touch()
    os.truncate(disk, DISK_BYTES)
    run(["mkfs.ext4", "-q", str(disk)])
    bootable = make_bootable(folder, host_key, identity.with_suffix(".pub"))
    pair = Pair(
        boot("server", "client", bootable, folder, disk),
        boot("client", "server", bootable, folder),
        home,
    )
    try:
        _introduce(pair, host_key.with_suffix(".pub").read_text())
        for machine in (pair.server, pair.client):
            machine.await_boot()
        pair.mount()
    except BaseException:
        pair.end()
        raise
    return pair


def _introduce(pair: Pair, public_key: str) -> None:
    """Let the home know both machines' key, and how to enter them."""
    known = pair.client.known_hosts
    ports = [pair.server.port, pair.client.port]
    known.write_text("".join(f"[127.0.0.1]:{port} {public_key}" for port in ports))
    config = pair.home / ".ssh" / "config"
    config.parent.mkdir(mode=0o700)
    config.write_text(f"IdentityFile {pair.client.identity}\nUserKnownHostsFile {known}\n")
