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


@frozen
class Line:
    """A line that holds a key, taken apart."""

    names: str
    kind: str
    key: str  # in base64
    revoked: bool


class KnownHosts:
    """The lines of some files, found by a host's label without reading each of them again."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = [line for line in map(_line, lines) if line]
        self._plain: dict[str, list[int]] = {}  # label → where it is named in so many letters
        self._others: list[int] = []  # hashed, or with patterns
        for number, line in enumerate(self._lines):
            if line.names.startswith("|") or set("*?!") & set(line.names):
                self._others.append(number)
            else:
                for name in set(line.names.lower().split(",")):
                    self._plain.setdefault(name, []).append(number)

    def keys(self, label: str) -> tuple[KnownKey, ...]:
        """The keys on file for a host, given its label."""
        named = self._plain.get(label.lower(), [])
        patterned = [one for one in self._others if _names(self._lines[one].names, label)]
        found = (_key(self._lines[number]) for number in sorted((*named, *patterned)))
        return tuple(key for key in found if key)

    def acceptable(self, label: str) -> tuple[KnownKey, ...]:
        """The keys on file for a host; where `[name]:port` has none, those of the plain name.

        So ssh(1) does. One that differs from the plain name's is still a key unknown, not one
        changed.
        """
        with_port = WITH_PORT.fullmatch(label)
        keys = self.keys(label)
        return keys if keys or with_port is None else self.keys(with_port[1])


def _line(text: str) -> Line | None:
    """A line's fields; None where it holds no key that counts."""
    marker, fields = None, text.split()
    if fields and fields[0].startswith("@"):
        marker, *fields = fields
    if len(fields) < 3 or marker not in (None, REVOKED):  # noqa: PLR2004
        return None
    return Line(fields[0], fields[1], fields[2], revoked=marker == REVOKED)


def _key(line: Line) -> KnownKey | None:
    try:
        key = base64.b64decode(line.key, validate=True)
    except ValueError:
        return None
    return KnownKey(line.kind, key, line.revoked)


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
