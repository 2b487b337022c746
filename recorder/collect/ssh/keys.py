"""The keys to log in with: the agent's and those on disk, in OpenSSH's order."""

import os
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from recorder.collect.ssh.config import SshOptions
from recorder.collect.ssh.known_hosts import KnownHosts
from recorder.collect.ssh.library import paramiko
from recorder.collect.ssh.once import Once

AGENT_LIMIT_SEC = 10.0


class KeyFiles:
    """The keys on disk, each read once for all hosts."""

    def __init__(self) -> None:
        self._public: Once[Path, bytes | None] = Once()
        self._private: Once[Path, paramiko.PKey | str | None] = Once()

    def public(self, path: Path) -> bytes | None:
        """The public half that ssh-keygen put beside a key."""
        return self._public.get(path, partial(_public_key, path))

    def private(self, path: Path) -> paramiko.PKey | str | None:
        """A key, or why it is of no use; None where there is none."""
        return self._private.get(path, partial(_private_key, path))


def login_keys(options: SshOptions, files: KeyFiles, notes: list[str]) -> Iterator[paramiko.PKey]:
    """The agent's keys, those that are on disk too first, then the files; `notes` gains why not.

    With IdentitiesOnly, of the agent's only those that are on disk too.
    """
    on_file = [files.public(path) for path in options.key_files]
    offered = _agent_keys(options.agent)
    yield from (key for key in offered if key.asbytes() in on_file)
    if not options.only_these_keys:
        yield from (key for key in offered if key.asbytes() not in on_file)
    held = {key.asbytes() for key in offered}
    for path, public in zip(options.key_files, on_file, strict=True):
        if public is not None and public in held:
            continue
        key = files.private(path)
        if isinstance(key, str):
            notes.append(key)
        elif key:
            yield key


def _private_key(path: Path) -> paramiko.PKey | str | None:
    if not path.is_file():
        return None
    try:
        return paramiko.PKey.from_path(path)
    except TypeError:  # what the key's reader raises for want of a passphrase
        return f"{path} has a passphrase"
    except (OSError, ValueError, paramiko.SSHException, paramiko.pkey.UnknownKeyType):
        return f"{path} can't be read"


def _public_key(path: Path) -> bytes | None:
    try:
        line = path.with_name(path.name + ".pub").read_text("utf-8", "replace")
    except OSError:
        return None
    keys = KnownHosts([f"key {line}"]).keys("key")
    return keys[0].key if keys else None


def _agent_keys(path: str | None) -> tuple[paramiko.AgentKey, ...]:
    """The keys of the user's agent, or of the one a config names; none where none answers."""
    place = os.environ.get("SSH_AUTH_SOCK") if path is None else path
    if not place or place == "none":
        return ()
    try:
        return _AgentAt(place).get_keys()
    except (OSError, paramiko.SSHException):
        return ()


class _AgentAt(paramiko.Agent):
    """An agent, which has its time to answer: a locked one may wait for a person."""

    def __init__(self, path: str) -> None:
        paramiko.agent.AgentSSH.__init__(self)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(AGENT_LIMIT_SEC)
        connection.connect(path)
        self._connect(connection)  # type: ignore[attr-defined] # missing in its stubs
