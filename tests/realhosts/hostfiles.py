"""The files of a host: what differs from this machine's own `/etc`, and where its data lives.

A host sees this machine's programs and libraries, under an `/etc`, `/home`, `/run`, `/mnt` and so
on of its own. Accounts, keys and settings written here exist nowhere else.
"""

import os
import textwrap
from pathlib import Path

from realhosts.blueprint import ACCOUNTS
from realhosts.cells import Cell
from realhosts.plan import Account, Host
from realhosts.programs import run

INSIDE = "/var/lib/lab"  # the host's folder, as the host sees it
BOUND = {  # folder of the host: where it is seen
    "home": "/home",
    "root": "/root",
    "mnt": "/mnt",
    "media": "/media",
    "log": "/var/log",
    "engine": "/var/lib/docker",
    "containers": "/var/lib/containers",
}
SSHD_CONFIG = """\
Port 22
HostKey /etc/ssh/ssh_host_ed25519_key
PidFile /run/sshd.pid
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 1000
MaxSessions 100
UseDNS no
PrintMotd no
AllowTcpForwarding yes
Subsystem sftp /usr/lib/openssh/sftp-server
"""
# 50 MB at once, then a line a moment for as long as somebody listens
FLOOD = """\
#!/bin/sh
yes 'nothing to see here, and there is a lot of it' | head -c 50000000
while echo 'and it goes on'; do sleep 0.1; done
"""


def write(folder: Path, host: Host, public_key: str, engine_settings: dict[str, str]) -> None:
    """Lay out the host's folder. `engine_settings` maps a path below `/etc` to its text."""
    for name in ("etc", "etc.work", "varlib", "varlib.work", "bin", "bin.work", "tmp", *BOUND):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "tmp").chmod(0o1777)
    etc = folder / "etc"
    texts = {
        "hostname": f"{host.name}\n",
        "hosts": f"127.0.0.1 localhost pve\n{host.address} {host.name}\n",
        "resolv.conf": "",
        "passwd": _with_accounts("passwd"),
        "group": _with_docker_group(),
        "shadow": _with_accounts("shadow"),
        "sudoers.d/lab": _sudo_rules(),
        "ssh/sshd_config": SSHD_CONFIG,
        "lab/flood": FLOOD,
        **engine_settings,
    }
    for name, text in texts.items():
        path = etc / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (etc / "shadow").chmod(0o600)
    (etc / "sudoers.d/lab").chmod(0o440)
    (etc / "lab/flood").chmod(0o755)
    make_host_key(etc / "ssh/ssh_host_ed25519_key")
    for account in ACCOUNTS:
        _make_home(folder / "home" / account.name, account, public_key)


def make_host_key(path: Path) -> None:
    """Make an SSH key pair, in place of one that is there."""
    path.unlink(missing_ok=True)
    run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", str(path)])


def mount(cell: Cell, folder: Path, hidden: tuple[str, ...]) -> None:
    """Put the host's folder in the places where the host looks; `hidden` programs are not there."""
    binds = "\n".join(
        f"mkdir -p {place}; mount --bind {INSIDE}/{name} {place}" for name, place in BOUND.items()
    )
    cell.shell(
        textwrap.dedent(f"""\
        overlay() {{ mount -t overlay -o "lowerdir=$1,upperdir=$2,workdir=$2.work" lab "$1"; }}
        overlay /etc '{folder}/etc'
        overlay /var/lib '{folder}/varlib'
        mkdir -p {INSIDE}
        mount --bind '{folder}' {INSIDE}
        mount -t tmpfs -o mode=755 lab /run
        mkdir -p /run/sshd /run/lock /run/user /run/lab
        """)
        + binds
        + textwrap.dedent(f"""
        overlay /usr/bin {INSIDE}/bin
        mount --bind {INSIDE}/tmp /tmp
        mount -t tmpfs -o mode=755,ro lab /usr/local
        hostname '{cell.name}'
        """)
        + "".join(f"rm -f /usr/bin/{program}\n" for program in hidden)
    )


def _make_home(home: Path, account: Account, public_key: str) -> None:
    keys = home / ".ssh" / "authorized_keys"
    keys.parent.mkdir(parents=True, exist_ok=True)
    keys.write_text(public_key if account.authorized else "")
    if account.name == "noisy":
        (home / ".bashrc").write_text("echo 'Welcome! 3 updates can be applied.'\necho\n")
    for path in (home, keys.parent, keys, *home.glob(".bashrc")):
        os.chown(path, account.uid, account.uid)


def _with_accounts(name: str) -> str:
    """This machine's passwd or shadow, and the lab's accounts. Nobody has a password."""
    lines = {
        "passwd": "{0.name}:x:{0.uid}:{0.uid}::/home/{0.name}:{0.login_shell}",
        "shadow": "{0.name}:*:19000:0:99999:7:::",
    }[name]
    taken = {account.name for account in ACCOUNTS}
    own = [line for line in _lines_of(name) if line.split(":")[0] not in taken]
    return "\n".join([*own, *(lines.format(account) for account in ACCOUNTS), ""])


def _with_docker_group() -> str:
    names = {account.name for account in ACCOUNTS} | {"docker"}
    own = [line for line in _lines_of("group") if line.split(":")[0] not in names]
    members = ",".join(account.name for account in ACCOUNTS if account.in_docker_group)
    groups = [f"{account.name}:x:{account.uid}:" for account in ACCOUNTS]
    return "\n".join([*own, *groups, f"docker:x:61000:{members}", ""])


def _lines_of(name: str) -> list[str]:
    return Path("/etc", name).read_text().splitlines()


def _sudo_rules() -> str:
    engines = "/usr/bin/docker, /usr/bin/docker-compose, /usr/bin/podman"
    return "".join(
        f"{account.name} ALL=(root) NOPASSWD: {'ALL' if account.admin else engines}\n"
        for account in ACCOUNTS
        if account.sudo or account.admin
    )
