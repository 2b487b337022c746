"""What the user's ~/.ssh holds and what logins share: read once, however many hosts are asked."""

import contextlib
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from recorder.collect.ssh.config import Config
from recorder.collect.ssh.keys import KeyFiles
from recorder.collect.ssh.known_hosts import KnownHosts
from recorder.collect.ssh.once import Once

MOST_AT_ONCE = 32


class Shelf:
    """The config, the host keys on file, the keys to log in with, and turns at logging in.

    Agreeing on keys is the work of a login, and the processor's: begun for too many hosts at once
    it would take each of them longer than a host may take to answer.
    """

    def __init__(self) -> None:
        self.config = Config()
        self.keys = KeyFiles()
        self._known: Once[tuple[Path, ...], KnownHosts] = Once()
        self._turns = threading.Semaphore(MOST_AT_ONCE)

    def known_hosts(self, paths: tuple[Path, ...]) -> KnownHosts:
        """What some files say of hosts' keys; those that can't be read say nothing."""
        return self._known.get(paths, partial(_read, paths))

    @contextlib.contextmanager
    def turn(self, patience_sec: float) -> Iterator[None]:
        """A turn at logging in; past its patience a login goes ahead without."""
        ours = self._turns.acquire(timeout=patience_sec)
        try:
            yield
        finally:
            if ours:
                self._turns.release()


def _read(paths: tuple[Path, ...]) -> KnownHosts:
    lines: list[str] = []
    for path in paths:
        with contextlib.suppress(OSError):
            lines += path.read_text("utf-8", "replace").splitlines()
    return KnownHosts(lines)
