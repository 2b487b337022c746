"""What `~/.ssh/config` says of a host, resolved by the real `ssh -G`."""

import os
import pwd
from pathlib import Path

import pytest

from recorder.collect.shell import Unreachable
from recorder.collect.ssh.config import (
    SYSTEM_KNOWN_HOSTS,
    SshOptions,
    parse_jump,
    parse_resolved,
    resolve,
)
from recorder.model import Reason

from .conftest import require


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with an empty .ssh."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    return tmp_path


def _config(home: Path, text: str) -> None:
    require("ssh")
    (home / ".ssh" / "config").write_text(text)


def _defaults(home: Path, **more: object) -> SshOptions:
    folder = home / ".ssh"
    options = {
        "host_name": "pve",
        "port": 22,
        "user": "root",
        "key_files": tuple(folder / f"id_{kind}" for kind in ("ed25519", "ecdsa", "rsa")),
        "known_hosts": (folder / "known_hosts", folder / "known_hosts2", *SYSTEM_KNOWN_HOSTS),
    }
    return SshOptions(**{**options, **more})  # type: ignore[arg-type]


def test_without_a_config_openssh_s_defaults_stand(home: Path) -> None:
    """The user's own name, port 22, the usual keys and files."""
    assert resolve("pve", "root", None) == _defaults(home)
    assert resolve("pve", "media", 2222) == _defaults(home, user="media", port=2222)


@pytest.mark.parametrize("own", [True, False])
def test_ssh_finds_its_own_config_as_it_does(
    own: bool,  # noqa: FBT001 - a column of the table
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So the system's config counts too; only where $HOME is another home is the file named."""
    config = home / ".ssh" / "config"
    config.touch()
    program = home / "ssh"
    program.write_text('#!/bin/sh\necho "user $*"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(home))
    entry = pwd.struct_passwd(("me", "x", 1, 1, "", str(home) if own else "/elsewhere", "/bin/sh"))
    monkeypatch.setattr("pwd.getpwuid", lambda _: entry)
    told = "-G -- pve" if own else f"-G -F {config} -- pve"
    assert resolve("pve", None, None).user == told


def test_without_an_ssh_program_the_defaults_stand(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A config nobody can resolve is left alone."""
    _config(home, "Host *\n  Port 2222\n")
    monkeypatch.setenv("PATH", str(home))
    assert resolve("pve", "root", None) == _defaults(home)


def test_a_host_is_what_its_block_says(home: Path) -> None:
    """HostName, User, Port, keys, alias, known_hosts, jump and agent."""
    _config(
        home,
        f"""
Host pve
    HostName 192.0.2.1
    User media
    Port 2200
    IdentityFile ~/.ssh/k_%h_%r_%%
    IdentityFile "{home}/with space/key"
    IdentitiesOnly yes
    IdentityAgent {home}/agent.sock
    UserKnownHostsFile {home}/known_%h {home}/more
    GlobalKnownHostsFile /dev/null
    HostKeyAlias the-pve
    ProxyJump a@j1:2201,j2
Host *
    User somebody
""",
    )
    assert resolve("pve", None, None) == SshOptions(
        host_name="192.0.2.1",
        port=2200,
        user="media",
        key_files=(home / ".ssh" / "k_192.0.2.1_media_%", home / "with space" / "key"),
        known_hosts=(home / "known_192.0.2.1", home / "more", Path("/dev/null")),
        only_these_keys=True,
        agent=str(home / "agent.sock"),
        key_alias="the-pve",
        jump="a@j1:2201,j2",
    )
    assert resolve("other", None, None).user == "somebody"


def test_a_file_is_named_as_ssh_names_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """%u is who runs this, not who logs in; a variable is filled in; a quoted space is no end."""
    me = pwd.getpwuid(os.getuid()).pw_name
    monkeypatch.setenv("KEYS", "/srv/keys")
    _config(
        home,
        """
Host pve
    IdentityFile ${KEYS}/%u-%r
    IdentityFile ${UNSET_BY_ALL}/key
    IdentityAgent ${KEYS}/%u.sock
    UserKnownHostsFile "/srv/our hosts/known" ${KEYS}/known /srv/more
    GlobalKnownHostsFile "/etc/all hosts"
""",
    )
    options = resolve("pve", "other", None)
    assert options.key_files == (
        Path(f"/srv/keys/{me}-other"),
        Path("${UNSET_BY_ALL}/key"),
    )
    assert options.agent == f"/srv/keys/{me}.sock"
    assert options.known_hosts == (
        Path("/srv/our hosts/known"),
        Path("/srv/keys/known"),
        Path("/srv/more"),
        Path("/etc/all hosts"),
    )


def test_quotes_keep_a_file_s_name_together(home: Path) -> None:
    """Whether `ssh -G` writes a file in quotes or not, and an odd quote is part of the name."""
    defaults = _defaults(home)
    lines = ('/a "/b /c" /d', "/a b /d", '/a"b /d')
    told = [parse_resolved(f"userknownhostsfile {line}", defaults).known_hosts for line in lines]
    assert told == [
        (Path("/a"), Path("/b /c"), Path("/d")),
        (Path("/a b"), Path("/d")),
        (Path('/a"b'), Path("/d")),
    ]


def test_a_binding_s_own_user_and_port_win(home: Path) -> None:
    """What the binding says is closer than what the config says."""
    _config(home, "Host pve\n  User media\n  Port 2200\n")
    options = resolve("pve", "ops", 2222)
    assert (options.user, options.port) == ("ops", 2222)


def test_included_files_count(home: Path) -> None:
    """Include, with a pattern."""
    _config(home, f"Include {home}/.ssh/config.d/*\n")
    (home / ".ssh" / "config.d").mkdir()
    (home / ".ssh" / "config.d" / "lab").write_text("Host pve\n  HostName 192.0.2.7\n")
    assert resolve("pve", None, None).host_name == "192.0.2.7"


def test_a_match_counts(home: Path) -> None:
    """`Match` is OpenSSH's to understand."""
    _config(home, 'Match host pve exec "test 1 = 1"\n  Port 2207\n')
    assert resolve("pve", None, None).port == 2207


def test_a_proxy_command_has_its_tokens_filled_in(home: Path) -> None:
    """%h, %p, %r and %n; %% is a percent sign."""
    _config(home, "Host pve\n HostName 192.0.2.1\n User u\n ProxyCommand nc %h %p %r %n 100%%\n")
    assert resolve("pve", None, None).command == "nc 192.0.2.1 22 u pve 100%"


@pytest.mark.parametrize("keyword", ["ProxyCommand none", "ProxyJump none"])
def test_none_is_no_proxy(keyword: str, home: Path) -> None:
    """`none` takes a proxy back."""
    _config(home, f"Host pve\n  {keyword}\nHost *\n  ProxyJump j\n")
    options = resolve("pve", None, None)
    assert (options.command, options.jump) == (None, None)


@pytest.mark.parametrize(
    ("said", "agent"),
    [
        ("none", "none"),
        ("SSH_AUTH_SOCK", None),
        ("$OTHER_AGENT", "/run/other.sock"),
        ("/run/own.sock", "/run/own.sock"),
    ],
)
def test_an_agent_may_be_named(
    said: str, agent: str | None, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A socket, a variable that holds one, the usual one, or none."""
    monkeypatch.setenv("OTHER_AGENT", "/run/other.sock")
    _config(home, f"Host pve\n  IdentityAgent {said}\n")
    assert resolve("pve", None, None).agent == agent


def test_a_config_that_ssh_refuses_fails_its_host(home: Path) -> None:
    """A mistake in the file is told in ssh's own words, and where to mend it."""
    _config(home, "Host pve\n  Nonsense yes\n")
    with pytest.raises(Unreachable) as failed:
        resolve("pve", None, None)
    config = home / ".ssh" / "config"
    assert (failed.value.reason, failed.value.detail, failed.value.hint) == (
        Reason.PROBE_FAILED,
        f"ssh: {config}: line 2: Bad configuration option: nonsense",
        f"mend {config}",
    )


def test_an_address_is_never_an_option(home: Path) -> None:
    """What begins with a dash is a name all the same."""
    _config(home, f"Host *\n  Port 2222\n  ProxyCommand touch {home}/executed\n")
    with pytest.raises(Unreachable) as failed:
        resolve(f"-oProxyCommand=touch {home}/executed", None, None)
    assert failed.value.detail == "ssh: hostname contains invalid characters"
    assert not (home / "executed").exists()


@pytest.mark.parametrize(
    ("hop", "place"),
    [
        ("jump", ("jump", None, None)),
        ("me@jump", ("jump", "me", None)),
        ("me@jump:2222", ("jump", "me", 2222)),
        ("jump:2222", ("jump", None, 2222)),
        ("a@b@jump", ("jump", "a@b", None)),
        ("2001:db8::1", ("2001:db8::1", None, None)),
        ("[2001:db8::1]", ("2001:db8::1", None, None)),
        ("me@[2001:db8::1]:2222", ("2001:db8::1", "me", 2222)),
        ("ssh://me@jump:2222", ("jump", "me", 2222)),
    ],
)
def test_a_jump_is_user_host_and_port(hop: str, place: tuple[str, str | None, int | None]) -> None:
    """`[user@]host[:port]`, or a URI."""
    assert parse_jump(hop) == place
