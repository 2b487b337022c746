"""A host's mounts: local ones from files, network ones from an SFTP server that can be held still.

The network mount is sshfs on a server in the same host: the kernel sees a FUSE filesystem whose
other side stops answering, which is what it sees of a dead NFS server.
"""

import shlex

from realhosts.cells import Cell
from realhosts.hostfiles import INSIDE
from realhosts.plan import Host, Mount
from realhosts.waiting import wait_until

SFTP_PORT = 2049
SFTP_SERVER = "/usr/lib/openssh/sftp-server"
IMAGE_SIZE = "16M"


def make(cell: Cell, host: Host, lab: str) -> None:
    """Mount what the blueprint says. The name of the lab goes into those of loop devices' files."""
    for mount in host.mounts:
        if mount.kind == "ext4":
            _mount_image(cell, mount, lab)
        elif mount.kind == "sshfs":
            mount_network(cell, mount)


def mount_network(cell: Cell, mount: Mount) -> None:
    """Mount over the network; the server is started first when it is not there."""
    where, source = shlex.quote(mount.path), shlex.quote(mount.source or "pve:/")
    cell.shell(f"mkdir -p {where} {source.partition(':')[2]}")
    if not cell.answers("pgrep", "-x", "busybox"):
        port = str(SFTP_PORT)
        cell.start("busybox", "nc", "-ll", "-p", port, "-e", SFTP_SERVER, log="/var/log/sftp.log")
    options = f"directport={SFTP_PORT},allow_other,{mount.mode}"
    command = f"sshfs {source} {where} -o {options} && mountpoint -q {where}"
    wait_until(lambda: cell.answers("sh", "-c", command), f"{mount.path} of {cell.name}")


def hang(cell: Cell) -> None:
    """Hold the server still: whoever looks below the mount waits."""
    cell.shell("pkill -STOP -x sftp-server")


def heal(cell: Cell) -> None:
    """Undo `hang`: whoever waited goes on."""
    cell.shell("pkill -CONT -x sftp-server")


def unmount(cell: Cell, path: str) -> None:
    """Take a mount away."""
    cell.run("umount", "--lazy", path)


def _mount_image(cell: Cell, mount: Mount, lab: str) -> None:
    """A filesystem of its own in a file; the loop device goes when the mount goes."""
    image = f"{INSIDE}/{lab}{mount.path.replace('/', '-')}.ext4"
    cell.shell(
        f"truncate -s {IMAGE_SIZE} {image}; mkfs.ext4 -q {image}; mkdir -p {mount.path};"
        f"mount -o loop,{mount.mode} {image} {mount.path}"
    )
