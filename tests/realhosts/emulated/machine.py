"""One emulated machine: booted, entered, held still as a dead one is, and ended."""

import os
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from realhosts.emulated.root import Bootable
from realhosts.programs import run
from realhosts.waiting import wait_until

MEMORY_MB = 320
BOOT_SEC = 240.0
ENTER_SEC = 120.0
URGENT = -5  # a machine goes on whatever is run beside it; one that lags is told as slow
NUMBERS = {"server": 1, "client": 2}  # in its network cards' addresses


@dataclass(frozen=True, slots=True)
class Emulated:
    """A machine that runs; `port` of loopback is its sshd."""

    name: str
    process: subprocess.Popen[bytes]
    port: int
    identity: Path
    known_hosts: Path
    log: Path

    def run(self, script: str) -> str:
        """What a shell script says that root runs on it; ProgramError unless it ends well."""
        options = {
            "IdentityFile": self.identity,
            "UserKnownHostsFile": self.known_hosts,
            "BatchMode": "yes",
            "LogLevel": "ERROR",
        }
        said = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        entered = ["ssh", "-F", "none", *said, f"-p{self.port}", "root@127.0.0.1", script]
        return run(entered, timeout_sec=ENTER_SEC)

    def await_boot(self) -> None:
        """Wait until it can be entered."""
        wait_until(lambda: self._said("booted"), f"the {self.name} to boot", BOOT_SEC)

    def freeze(self) -> None:
        """Let it be dead to all others: it does nothing, and says nothing, until it is thawed."""
        os.kill(self.process.pid, signal.SIGSTOP)
        wait_until(lambda: self._state() == "T", f"the {self.name} to stand still")

    def thaw(self) -> None:
        """Undo `freeze`."""
        os.kill(self.process.pid, signal.SIGCONT)

    def end(self) -> None:
        """Pull its plug."""
        self.process.kill()
        self.process.wait()

    def _said(self, word: str) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(f"the {self.name} ended: see {self.log}")
        return word in self.log.read_text(errors="replace").splitlines()

    def _state(self) -> str:
        stat = Path(f"/proc/{self.process.pid}/stat").read_text()
        return stat.rpartition(")")[2].split()[0]


def boot(
    name: str, peer: str, bootable: Bootable, folder: Path, disk: Path | None = None
) -> Emulated:
    """Begin to boot a machine whose second network card is wired to its peer's.

    The wire is a pair of sockets in the folder, the way in a port of loopback: nothing of theirs
    gets out. They end with whoever booted them.
    """
    port = _free_port()
    log = folder / f"{name}.log"
    log.touch()
    wire = (
        f"local.type=unix,local.path={folder}/{name},remote.type=unix,remote.path={folder}/{peer}"
    )
    options = {
        "machine": "pc",
        "accel": "tcg",
        "m": f"{MEMORY_MB}",
        "display": "none",
        "serial": f"file:{log}",
        "kernel": f"{bootable.kernel}",
        "initrd": f"{bootable.root}",
        # an emulated timer may tick too late to be found when this machine is busy
        "append": f"console=ttyS0 quiet panic=-1 no_timer_check mitigations=off machine={name}",
    }
    cards = {
        f"user,id=way-in,restrict=on,hostfwd=tcp:127.0.0.1:{port}-:22": "way-in",
        f"dgram,id=wire,{wire}": "wire",
    }
    argv = ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-no-reboot"]
    argv += [word for option, value in options.items() for word in (f"-{option}", value)]
    for number, (network, card) in enumerate(cards.items()):
        mac = f"52:54:00:00:{number:02}:{NUMBERS[name]:02}"
        argv += ["-netdev", network, "-device", f"virtio-net-pci,netdev={card},mac={mac}"]
    if disk:
        argv += ["-drive", f"if=virtio,format=raw,file={disk}"]
    with (folder / f"{name}.qemu.log").open("wb") as output:
        process = subprocess.Popen(
            ["nice", "-n", f"{URGENT}", "setpriv", "--pdeathsig", "KILL", *argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    return Emulated(name, process, port, folder / "identity", folder / "known_hosts", log)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port
