"""What both machines boot: Debian's kernel, and a root in memory made from Debian's packages.

The packages are unpacked, not installed: no package's script runs, and the machine that runs the
tests gets nothing of theirs. Process 1 is `guest.sh`. So both are up in seconds, emulated.
"""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from realhosts.packages import apt
from realhosts.programs import ProgramError, run

KERNEL = "linux-image-cloud-amd64"
MODULES = ("virtio_pci", "virtio_blk", "virtio_net", "nfsd", "nfsv4")
PACKAGES = Path(__file__).with_name("packages.txt")  # with the libraries that they need
NOT_NEEDED = ("lib/systemd", "usr/lib/systemd", "usr/share")
FOLDERS = (
    "dev",
    "mnt/media",
    "modules",
    "proc",
    "root",
    "run/sshd",
    "srv",
    "sys",
    "tmp",
    "var/lib/nfs",
)
USER = "ubuntu"
FILES = {
    "etc/passwd": f"""\
root:x:0:0::/root:/bin/sh
{USER}:x:1000:1000::/:/bin/sh
sshd:x:100:65534::/run/sshd:/bin/false
nobody:x:65534:65534::/:/bin/false
""",
    "etc/group": f"root:x:0:\n{USER}:x:1000:\nnogroup:x:65534:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "etc/hosts": "127.0.0.1 localhost\n192.0.2.1 pve\n192.0.2.209 player\n",
    # below one pseudo-root, as NFSv4 has it: the client's /media is the server's /srv/media
    "etc/exports": """\
/srv 192.0.2.0/24(ro,fsid=0,no_subtree_check)
/srv/media 192.0.2.0/24(rw,no_root_squash,no_subtree_check)
/srv/other 192.0.2.0/24(rw,no_root_squash,no_subtree_check)
""",
    "etc/ssh/sshd_config": """\
HostKey /etc/ssh/host_key
AuthorizedKeysFile /etc/ssh/authorized_keys
PermitRootLogin yes
StrictModes no
UsePAM no
""",
}


@dataclass(frozen=True, slots=True)
class Bootable:
    """A kernel, and the root that it unpacks into memory."""

    kernel: Path
    root: Path


def make_bootable(folder: Path, host_key: Path, public_key: Path) -> Bootable:
    """Make both in that folder, from nothing; the machines own the one key and obey the other."""
    kernel, root = folder / "kernel", folder / "root"
    for made in (kernel, *(root / name for name in FOLDERS)):
        made.mkdir(parents=True)
    archives = _download(folder / "packages")
    for archive in archives:
        target = kernel if archive.name.startswith("linux-image") else root
        run(["dpkg-deb", "--extract", str(archive), str(target)])
    for name in NOT_NEEDED:
        shutil.rmtree(root / name, ignore_errors=True)
    for name, text in FILES.items():
        (root / name).write_text(text)
    for number, module in enumerate(_modules(kernel, MODULES)):
        shutil.copyfile(module, root / "modules" / f"{number:02}-{module.name}")
    shutil.copy(host_key, root / "etc/ssh/host_key")
    shutil.copy(public_key, root / "etc/ssh/authorized_keys")
    shutil.copy(Path(__file__).with_name("guest.sh"), root / "init")
    (root / "init").chmod(0o755)
    (vmlinuz,) = kernel.glob("boot/vmlinuz-*")
    bootable = Bootable(vmlinuz.rename(folder / "vmlinuz"), _packed(root, folder / "root.cpio"))
    for used in (kernel, root, folder / "packages"):
        shutil.rmtree(used)
    return bootable


def _download(folder: Path) -> list[Path]:
    """The packages' archives, of the versions that this machine's Debian has now."""
    folder.mkdir()
    try:
        return _fetch(folder)
    except ProgramError:  # its lists may be missing, or name versions that are no more
        apt("apt-get", "update")
        return _fetch(folder)


def _fetch(folder: Path) -> list[Path]:
    (kernel, *_) = re.findall(r"Depends: (linux-image-\S+)", apt("apt-cache", "depends", KERNEL))
    wanted = (kernel, *PACKAGES.read_text().split())
    apt("env", f"--chdir={folder}", "apt-get", "download", *wanted)
    return sorted(folder.glob("*.deb"))


def _modules(kernel: Path, wanted: Sequence[str]) -> list[Path]:
    """The files of the modules, each behind those that it says it depends on."""
    files = {path.stem.replace("-", "_"): path for path in kernel.rglob("*.ko")}
    ordered: dict[Path, None] = {}

    def add(name: str) -> None:
        path = files[name.replace("-", "_")]
        depends = re.search(rb"\0depends=([\w,-]*)\0", path.read_bytes())
        for needed in depends[1].decode().split(",") if depends and depends[1] else ():
            add(needed)
        ordered[path] = None

    for name in wanted:
        add(name)
    return list(ordered)


def _packed(root: Path, image: Path) -> Path:
    """The root as the kernel unpacks it."""
    pack = 'cd "$1" && find . | busybox cpio --create --format newc >"$2"'
    run(["sh", "-c", pack, "sh", str(root), str(image)])
    return image
