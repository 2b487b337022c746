"""What `~/.ssh/config` says of a host, as OpenSSH itself reads it.

`ssh -G` resolves Include, Match and every default, those of /etc/ssh/ssh_config too; without a
config file, or without an `ssh` program, OpenSSH's documented defaults stand. `~` is the user's
HOME. Where that is another than the password database's, which `ssh` goes by, its config is named
to `ssh`, and stands alone.
"""

import getpass
import os
import pwd
import re
import shlex
import subprocess
from dataclasses import replace
from functools import partial
from pathlib import Path

from recorder.collect.shell import Unreachable
from recorder.collect.ssh.blocks import Blocks, read_blocks
from recorder.collect.ssh.once import Once
from recorder.frozen import frozen
from recorder.model import Reason

SSH_PORT = 22
MOST_PORT = 65535
RESOLVE_LIMIT_SEC = 10
SYSTEM_CONFIG = Path("/etc/ssh/ssh_config")
SYSTEM_KNOWN_HOSTS = (Path("/etc/ssh/ssh_known_hosts"), Path("/etc/ssh/ssh_known_hosts2"))
VARIABLE = re.compile(r"\$\{(\w+)\}")
DEFAULT_KEYS = ("id_ed25519", "id_ecdsa", "id_rsa")


@frozen
class SshOptions:
    """How to reach one address."""

    host_name: str
    port: int
    user: str
    key_files: tuple[Path, ...]
    known_hosts: tuple[Path, ...]
    only_these_keys: bool = False
    agent: str | None = None  # a socket's path; None: $SSH_AUTH_SOCK; "none": no agent
    key_alias: str | None = None  # the name to look for in known_hosts
    jump: str | None = None  # [user@]host[:port], the nearest last
    command: str | None = None  # ProxyCommand, tokens filled in


@frozen
class Said:
    """What `ssh -G` said of an address."""

    address: str
    text: str

    def of(self, other: str) -> str | None:
        """The same said of another address; None where it holds more of the address than a name."""
        if other == self.address:
            return self.text
        own = (f"host {self.address}", f"hostname {self.address}")
        lines = self.text.splitlines()
        if any(self.address in line for line in lines if line not in own):
            return None
        return "\n".join(
            line.replace(self.address, other) if line in own else line for line in lines
        )


class Config:
    """The user's config of `ssh`, asked once for all addresses of which it says the same."""

    def __init__(self) -> None:
        self._file = Path.home() / ".ssh" / "config"
        self._own = _is_own_home(Path.home())
        files = (self._file, SYSTEM_CONFIG) if self._own else (self._file,)
        self._files = [path for path in files if path.is_file()]
        self._blocks: Once[None, Blocks | None] = Once()
        self._said: Once[object, Said] = Once()

    def options(self, address: str, user: str | None, port: int | None) -> SshOptions:
        """The options for an address; a `user` or `port` of the binding's own wins."""
        defaults = _defaults(address, user, port)
        if not self._files:
            return defaults
        try:
            said = self._of(address, user, port)
        except FileNotFoundError:
            return defaults
        except subprocess.SubprocessError as error:
            detail = _complaint(error, self._file)
            mend = SYSTEM_CONFIG if str(SYSTEM_CONFIG) in detail else self._file
            raise Unreachable(Reason.PROBE_FAILED, detail, hint=f"mend {mend}") from error
        return parse_resolved(said, defaults)

    def _of(self, address: str, user: str | None, port: int | None) -> str:
        blocks = self._blocks.get(None, lambda: read_blocks(self._files, own_home=self._own))
        ask = partial(self._ask, address, user, port)
        alike = blocks.alike(address) if blocks else None
        shared = self._said.get((alike, user, port), ask).of(address) if alike else None
        return shared or self._said.get((address, user, port), ask).text

    def _ask(self, address: str, user: str | None, port: int | None) -> Said:
        command = ["ssh", "-G"] if self._own else ["ssh", "-G", "-F", str(self._file)]
        command += ["-l", user] if user else []
        command += ["-p", str(port)] if port else []
        said = subprocess.run(
            [*command, "--", address],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=RESOLVE_LIMIT_SEC,
        ).stdout.decode("utf-8", "replace")
        return Said(address, said)


def resolve(address: str, user: str | None, port: int | None) -> SshOptions:
    """The options for one address."""
    return Config().options(address, user, port)


def _is_own_home(home: Path) -> bool:
    """Whether a home is the one `ssh` itself finds, which heeds no $HOME."""
    try:
        return home == Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:  # a user without an entry, as in a container
        return False


def _complaint(error: subprocess.SubprocessError, config: Path) -> str:
    """The first line of what `ssh` says against a config file."""
    said = error.stderr if isinstance(error, subprocess.CalledProcessError) else b""
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return f"ssh: {lines[0]}" if lines else f"ssh does not read {config}"


def parse_resolved(said: str, defaults: SshOptions) -> SshOptions:
    """Read the `keyword value` lines of `ssh -G`."""
    one: dict[str, str] = {}
    key_files = []
    for line in said.splitlines():
        keyword, _, value = line.partition(" ")
        one[keyword] = value
        if keyword == "identityfile":
            key_files.append(value)
    host_name = one.get("hostname", defaults.host_name)
    port = _port(one.get("port")) or defaults.port
    user = one.get("user", defaults.user)
    tokens = {"h": host_name, "p": str(port), "r": user, "n": defaults.host_name}
    tokens |= {"u": _local_user(), "d": str(Path.home()), "%": "%"}
    known = [
        *_files(one.get("userknownhostsfile", "")),
        *_files(one.get("globalknownhostsfile", "")),
    ]
    agent = one.get("identityagent", "SSH_AUTH_SOCK")
    command = _said(one, "proxycommand")
    return replace(
        defaults,
        host_name=host_name,
        port=port,
        user=user,
        key_files=tuple(_path(name, tokens) for name in key_files) or defaults.key_files,
        known_hosts=tuple(_path(name, tokens) for name in known) or defaults.known_hosts,
        only_these_keys=one.get("identitiesonly") == "yes",
        agent=None if agent == "SSH_AUTH_SOCK" else str(_path(os.path.expandvars(agent), tokens)),
        key_alias=_said(one, "hostkeyalias"),
        jump=_said(one, "proxyjump"),
        command=fill(command, tokens) if command else None,
    )


def fill(text: str, tokens: dict[str, str]) -> str:
    """Replace ssh_config's `%h` and its like; an unknown token stays as it is."""
    filled, rest = "", text
    while "%" in rest:
        before, _, rest = rest.partition("%")
        filled += before + tokens.get(rest[:1], "%" + rest[:1])
        rest = rest[1:]
    return filled + rest


def _port(text: str | None) -> int | None:
    number = int(text) if text and re.fullmatch(r"\d{1,5}", text, re.ASCII) else 0
    return number if 0 < number <= MOST_PORT else None


def _said(one: dict[str, str], keyword: str) -> str | None:
    value = one.get(keyword, "none")
    return None if value.lower() == "none" else value


def _files(said: str) -> list[str]:
    """The files of one line, in quotes or, as `ssh -G` writes them, without.

    Then a path goes on to where the next one begins: `/a folder/known ~/more` are two.
    """
    if '"' in said:
        try:
            return shlex.split(said)
        except ValueError:  # an odd number of quotes: part of a name
            pass
    return [name for name in re.split(r"\s+(?=[/~])", said.strip()) if name]


def _path(name: str, tokens: dict[str, str]) -> Path:
    """A file as ssh_config(5) names it: `~`, tokens and `${VARIABLE}`s filled in."""
    if name.startswith("~/"):
        name = f"{Path.home()}/{name[2:]}"
    return Path(VARIABLE.sub(_value, fill(name, tokens)))


def _value(variable: re.Match[str]) -> str:
    return os.environ.get(variable[1], variable[0])


def _local_user() -> str:
    """Who runs this, as `ssh` has it: by the password database, whatever $LOGNAME says."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return getpass.getuser()


def _defaults(address: str, user: str | None, port: int | None) -> SshOptions:
    folder = Path.home() / ".ssh"
    return SshOptions(
        host_name=address,
        port=port or SSH_PORT,
        user=user or getpass.getuser(),
        key_files=tuple(folder / name for name in DEFAULT_KEYS),
        known_hosts=(folder / "known_hosts", folder / "known_hosts2", *SYSTEM_KNOWN_HOSTS),
    )


def parse_jump(hop: str) -> tuple[str, str | None, int | None]:
    """Host, user and port of one ProxyJump hop: `[user@]host[:port]` or an ssh:// URI."""
    user, _, place = hop.removeprefix("ssh://").rpartition("@")
    name, _, digits = place.rpartition(":")
    port = _port(digits) if ":" not in name or name.endswith("]") else None
    if name and port is not None:
        place = name
    else:
        port = None
    return place.strip("[]"), user or None, port
