"""The control machine: a home with keys, known hosts and API keys, and bindings to look with.

OpenSSH takes the home of the account, not `$HOME`; in the control machine's cell both are the
lab's, so that `ssh download-stack` means the same to every program.
"""

import os
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from realhosts import bindings
from realhosts.blueprint import CONTROL, HOSTS, SSH_USER, USUAL_HOSTS
from realhosts.cells import Cell
from realhosts.programs import run

API_KEY_OF = {app: f"{app}-key-of-the-lab-0123456789" for app in ("radarr", "sonarr", "lidarr")}
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TERM", "COLUMNS", "LINES", "TZ", "NO_COLOR")
IN_FOLDER = 'cd "$1"; shift; exec "$@"'


@dataclass(frozen=True, slots=True)
class Control:
    """The control machine's files; they are in `folder`, which the cell shows as its own."""

    folder: Path

    @property
    def home(self) -> Path:
        """What `~` means."""
        return self.folder / "home"

    @property
    def known_hosts(self) -> Path:
        """The hosts' keys, as OpenSSH keeps them."""
        return self.home / ".ssh" / "known_hosts"

    def key_file(self, app: str) -> Path:
        """Where the API key of an app is kept, readable by its owner only."""
        return self.home / ".keys" / app

    def write(self) -> str:
        """Lay out the home and the usual bindings; the public key that opens the hosts."""
        ssh = self.home / ".ssh"
        ssh.mkdir(parents=True, mode=0o700)
        identity = ssh / "id_ed25519"
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", str(identity)])
        (ssh / "config").write_text(self._ssh_config())
        for app, key in API_KEY_OF.items():
            self.key_file(app).parent.mkdir(mode=0o700, exist_ok=True)
            self.key_file(app).write_text(f"{key}\n")
            self.key_file(app).chmod(0o600)
        self.write_root("usual", hosts=USUAL_HOSTS)
        self.write_root("everything")
        return identity.with_suffix(".pub").read_text()

    def write_root(
        self,
        name: str,
        *,
        hosts: Sequence[str] | None = None,
        changes: Mapping[str, Mapping[str, object]] | None = None,
        defaults: Mapping[str, object] | None = None,
    ) -> Path:
        """Bindings for some hosts below a root of that name; `changes` overlay a host's keys."""
        root = self.folder / "roots" / name
        path = root / "ops" / "bindings" / "media.services.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        key_file = str(self.key_file("sonarr"))
        path.write_text(bindings.text(hosts, changes or {}, defaults or {}, key_file))
        return root

    def learn_keys(self, keys: Mapping[str, str]) -> None:
        """Write `known_hosts` anew: a public key for each host's name."""
        lines = [
            f"{','.join(filter(None, (each.name, each.address, each.first_address)))} {key}\n"
            for each in HOSTS
            if (key := keys.get(each.name))
        ]
        self.known_hosts.write_text("".join(lines))

    def environment(self, root: Path | None = None) -> dict[str, str]:
        """The variables of a program that runs on the control machine."""
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        return {
            **kept,
            "HOME": str(self.home),
            "USER": "root",
            "LOGNAME": "root",
            "SHELL": "/bin/bash",
            "SPINE_ROOT": str(root or self.folder / "roots" / "usual"),
            "RADARR_API_KEY": API_KEY_OF["radarr"],
            "LIDARR_API_KEY": API_KEY_OF["lidarr"],
        }

    def mount(self, cell: Cell) -> None:
        """Make the cell's root account live in the lab's home, and let it know the hosts' names."""
        etc = self.folder / "etc"
        etc.mkdir()
        passwd = Path("/etc/passwd").read_text().splitlines()
        others = [line for line in passwd if not line.startswith("root:")]
        own = f"root:x:0:0:root:{self.home}:/bin/bash"
        (etc / "passwd").write_text("\n".join([own, *others, ""]))
        names = "".join(f"{host.address} {host.name}\n" for host in HOSTS)
        (etc / "hosts").write_text(f"127.0.0.1 localhost\n::1 localhost\n{names}")
        # names come from the file alone, so an unknown one is unknown at once
        (etc / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files\n")
        names_of_files = ("passwd", "hosts", "nsswitch.conf")
        binds = [f"mount --bind '{etc}/{name}' /etc/{name}" for name in names_of_files]
        cell.shell("\n".join([*binds, f"hostname {CONTROL}"]))

    def _ssh_config(self) -> str:
        ssh = self.home / ".ssh"
        text = ""
        for host in HOSTS:
            if host.behind:
                text += textwrap.dedent(f"""\
                    Host {host.name} {host.address}
                        HostName {host.address}
                        ProxyJump {host.behind}
                    Host {host.name}-by-command
                        HostName {host.address}
                        ProxyCommand ssh -W %h:%p {host.behind}
                    """)
        return text + textwrap.dedent(f"""\
            Host *
                User {SSH_USER}
                IdentityFile {ssh}/id_ed25519
                UserKnownHostsFile {self.known_hosts}
                BatchMode yes
            """)
