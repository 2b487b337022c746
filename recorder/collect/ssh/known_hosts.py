"""Which host keys a person has accepted: the format of sshd(8), SSH_KNOWN_HOSTS FILE FORMAT.

Plain names, `[name]:port`, wildcards with negation, hashed names and `@revoked` are understood;
`@cert-authority` lines are passed over, so a host known only by its certificate stays unknown.
"""

import base64
import fnmatch
import hashlib
import hmac
import re
from collections.abc import Iterable

from recorder.collect.ssh.config import SSH_PORT
from recorder.frozen import frozen

REVOKED = "@revoked"
WITH_PORT = re.compile(r"\[(.+)\]:\d+", re.ASCII)


@frozen
class KnownKey:
    """A key on file for a host."""

    kind: str  # "ssh-ed25519"
    key: bytes  # as it goes over the wire
    revoked: bool


def host_label(name: str, port: int) -> str:
    """A host's name as known_hosts spells it."""
    name = name.lower()
    return name if port == SSH_PORT else f"[{name}]:{port}"


def known_keys(lines: Iterable[str], label: str) -> tuple[KnownKey, ...]:
    """The keys on file for a host, given its label."""
    keys = []
    for line in lines:
        marker, fields = None, line.split()
        if fields and fields[0].startswith("@"):
            marker, *fields = fields
        if len(fields) < 3 or marker not in (None, REVOKED) or not _names(fields[0], label):  # noqa: PLR2004
            continue
        try:
            key = base64.b64decode(fields[2], validate=True)
        except ValueError:
            continue
        keys.append(KnownKey(fields[1], key, revoked=marker == REVOKED))
    return tuple(keys)


def acceptable_keys(lines: Iterable[str], label: str) -> tuple[KnownKey, ...]:
    """The keys on file for a host; where `[name]:port` has none, those of the plain name.

    So ssh(1) does. One that differs from the plain name's is still a key unknown, not one changed.
    """
    every = tuple(lines)
    with_port = WITH_PORT.fullmatch(label)
    keys = known_keys(every, label)
    return keys if keys or with_port is None else known_keys(every, with_port[1])


def accepts(known: Iterable[KnownKey], key: bytes) -> bool:
    """Whether a person has accepted a key; once revoked it stays so, whatever another line says."""
    verdicts = [one.revoked for one in known if one.key == key]
    return bool(verdicts) and not any(verdicts)


def fingerprint(key: bytes) -> str:
    """A key's SHA256 fingerprint, as ssh prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def _names(patterns: str, label: str) -> bool:
    if patterns.startswith("|1|"):
        return _hashed(patterns, label)
    named = False
    for pattern in patterns.lower().split(","):
        # Only * and ? are wild here; brackets are [name]:port.
        wild = pattern.removeprefix("!").replace("[", "[[]")
        if fnmatch.fnmatchcase(label.lower(), wild):
            if pattern.startswith("!"):
                return False
            named = True
    return named


def _hashed(pattern: str, label: str) -> bool:
    try:
        salt, digest = (base64.b64decode(part, validate=True) for part in pattern.split("|")[2:4])
    except ValueError:
        return False
    # SHA-1 is what the format prescribes.
    return hmac.compare_digest(hmac.digest(salt, label.encode(), "sha1"), digest)
