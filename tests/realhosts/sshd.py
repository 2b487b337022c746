"""A host's SSH server: started, stopped, held still, given another key."""

from dataclasses import dataclass

from realhosts.cells import Cell
from realhosts.waiting import wait_until

CONFIG = "/etc/ssh/sshd_config"
KEY = "/etc/ssh/ssh_host_ed25519_key"
PID = "$(cat /run/sshd.pid)"


@dataclass(frozen=True, slots=True)
class Sshd:
    """The SSH server of one host."""

    cell: Cell

    @property
    def public_key(self) -> str:
        """The key it shows, as `known_hosts` wants it: type and key."""
        return " ".join(self.cell.run("cat", f"{KEY}.pub").split()[:2])

    def start(self) -> None:
        """Start it and wait until it listens."""
        self.cell.start("/usr/sbin/sshd", "-D", "-e", log="/var/log/sshd.log")
        wait_until(self.listens, f"the sshd of {self.cell.name}")

    def listens(self) -> bool:
        """Whether something listens on port 22 and says who it is."""
        return self.cell.answers("sh", "-c", f"kill -0 {PID} && ssh-keyscan -T 2 127.0.0.1")

    def stop(self) -> None:
        """End the server and every session, as a host does that is shut down."""
        self.cell.shell(f"kill -CONT {PID}; kill {PID}; pkill -x sshd || true")
        wait_until(lambda: not self.listens(), f"the end of the sshd of {self.cell.name}")

    def restart(self) -> None:
        """Start it anew, with its configuration and key as they now are."""
        if self.listens():
            self.stop()
        self.start()

    def hold(self) -> None:
        """Hold it still: it accepts connections and says nothing."""
        self.cell.shell(f"kill -STOP {PID}")

    def release(self) -> None:
        """Undo `hold`."""
        self.cell.shell(f"kill -CONT {PID}")

    def forward(self, *, allowed: bool) -> None:
        """Allow or forbid TCP forwarding."""
        was, now = ("no", "yes") if allowed else ("yes", "no")
        text = self.cell.run("cat", CONFIG)
        changed = text.replace(f"AllowTcpForwarding {was}", f"AllowTcpForwarding {now}")
        self.cell.run("tee", CONFIG, stdin=changed)
        self.restart()

    def change_key(self) -> None:
        """Give the server another key, as a host has that was installed anew."""
        self.cell.shell(f"rm -f {KEY}; ssh-keygen -q -t ed25519 -N '' -C lab -f {KEY}")
        self.restart()
