"""A key that may look and do nothing else: the script that installs what it takes on a host.

A host is asked in the same words whether its key is forced to the program installed there or not:
`recorder.collect.probe` tells how. All of it is root's: the account it is for can change nothing of
it. By sudo that account may run one program of ours, which takes no arguments.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from pathlib import Path

from recorder.bindings.stack import HostBinding, Stack
from recorder.collect.arr import site_of
from recorder.collect.boots import SCRIPT as BOOTS
from recorder.collect.probe import ENGINE, INSTALLED, PROBE, VERSION, plain
from recorder.frozen import frozen
from recorder.model import Declared

FOLDER = Path(__file__).parent
USER = "media-recorder"
NO_COMPOSE = "-"
SSHD_TOLD = "\n#     /etc/ssh/sshd_config.d/media-recorder.conf 0644, sshd's rule against sockets"
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_KEY = re.compile(r"(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d{3}|sk-[\w.@-]+) ([A-Za-z0-9+/=]+)")
_PLACE = re.compile(r"@([A-Z_]+)@")


@frozen
class Access:
    """Who may look at a host, and at what of it that is not the same everywhere."""

    host: HostBinding
    key: str  # type and base64, as in a .pub file
    user: str = USER
    ports: tuple[int, ...] = ()  # of the host's localhost, reached through SSH
    already: str | None = None  # the account it is looked at as now, where that is known


def public_key(text: str) -> str:
    """The key a .pub file holds, without its comment. Raises ValueError with why it is none."""
    if "PRIVATE KEY" in text:
        raise ValueError("that is the private half, which stays where it is: name its .pub")
    found = _KEY.match(text.strip())
    try:
        blob = base64.b64decode(found[2], validate=True) if found else b""
    except binascii.Error:
        blob = b""
    if (
        found is None or found[1].encode() not in blob[:64]
    ):  # RFC 4253, 6.6: it begins with its type
        raise ValueError("that is no SSH public key")
    return f"{found[1]} {found[2]}"


def is_account(name: str) -> bool:
    """Whether an account can be called that, other than root."""
    return _USER.fullmatch(name) is not None and name != "root"


def localhost_ports(stack: Stack, host: HostBinding) -> tuple[int, ...]:
    """The ports of a host's localhost that a look reaches through SSH."""
    own = [it for it in stack.services if it.host == host.name]
    ports = {
        it.health.port
        for it in own
        if it.health and it.health.via_ssh and it.declared is Declared.ACTIVE
    }
    counted = {binding.service for binding in stack.imports}
    sites = [site_of(host, it) for it in own if it.name in counted]
    return tuple(sorted(ports | {site.port for site in sites if site.via_ssh}))


def installer(access: Access) -> str:
    """The script that installs it all; root's sh runs it."""
    return _filled(
        "install",
        **_names(access.host, access.user),
        ADDRESS=_shown(access.host.addresses[0]),
        PROBE=probe(access.host),
        CONTAINERS=_filled("granted", ENGINE=_text(ENGINE)),
        RULES=rules(access.user),
        LINE=key_line(access.key),
        SSHD_TOLD=SSHD_TOLD if access.ports else "",
        FORWARDING=_forwarding(access) if access.ports else "",
        NEXT="" if access.already == access.user else _next(access),
    )


def remover(host: HostBinding, user: str) -> str:
    """The script that takes all of it away again."""
    return _filled("remove", **_names(host, user))


def probe(host: HostBinding) -> str:
    """All that the key may run."""
    return _filled(
        "only",
        VERSION=str(VERSION),
        COMPOSE=plain(host.compose_path) if host.compose_path else NO_COMPOSE,
        LOOK=_text(ENGINE) + "\n" + _text(PROBE),
        BOOTS=_text(BOOTS),
    )


def rules(user: str) -> str:
    """What sudo may do for the account: one program, without arguments."""
    return (
        f"Defaults:{user} env_reset, !requiretty\n"
        f'{user} ALL=(root) NOPASSWD: {INSTALLED}/containers ""'
    )


def key_line(key: str, ports: Sequence[int] = ()) -> str:
    """The line of authorized_keys: sshd runs the probe whatever is asked for, and forwards nothing.

    But to `ports` of its localhost. Whoever may forward may listen too, if only where nobody but
    root can: so is it forbidden.
    """
    options = ["restrict", f'command="{INSTALLED}/probe"']
    if ports:
        options += ["port-forwarding", 'permitlisten="127.0.0.1:1"']
        options += [f'permitopen="127.0.0.1:{port}"' for port in ports]
    return f"{','.join(options)} {key} media-recorder"


def _forwarding(access: Access) -> str:
    return _filled("forward", USER=access.user, LINE=key_line(access.key, access.ports))


def _next(access: Access) -> str:
    name = _shown(access.host.name)
    return f": write ssh_user: {access.user} under hosts: {name}: in your binding"


def _names(host: HostBinding, user: str) -> dict[str, str]:
    return {"HOST": _shown(host.name), "USER": user, "FOLDER": INSTALLED}


def _shown(name: str) -> str:
    """A name of a binding inside a script: in a comment or in quotes, and nothing but a name."""
    return re.sub(r"[^\w.:-]", "?", name, flags=re.ASCII)


def _filled(template: str, **words: str) -> str:
    """A template's text, each `@WORD@` of it replaced once, whatever stands in its place."""
    text = _text(FOLDER / f"{template}.sh")
    return _PLACE.sub(lambda it: words[it[1]], text)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8").rstrip("\n")
