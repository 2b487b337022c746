"""The ways into hosts: this machine's own shell, or SSH; and what a process needs to take them."""

import importlib
import os
import resource
import sys
import threading
from typing import TYPE_CHECKING

from recorder.bindings.stack import HostBinding, Stack
from recorder.collect.fanout import MOST_THREADS
from recorder.collect.shell import Shell, Unreachable
from recorder.errors import UsageError, starved
from recorder.model import Reason

if TYPE_CHECKING:
    from recorder.collect.ssh import Shelf

OPEN_FILES = 4096
OWN_FILES, WAY_FILES = 24, 5
FEW_HOSTS = 16  # with more, switches between threads cost more than any loading
SWITCH_SEC, SELDOM_SWITCH_SEC = 0.0005, 0.05


class Opener:
    """The real way into hosts; what logins share is read once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shelf: Shelf | None = None

    def __call__(self, host: HostBinding) -> Shell:
        if host.local:
            from recorder.collect.local import LocalShell  # noqa: PLC0415 - loaded when needed

            return LocalShell()
        from recorder.collect.ssh import Shelf, connect  # noqa: PLC0415 - loaded when needed

        with self._lock:
            self._shelf = self._shelf or Shelf()
        return connect(host, self._shelf)


def open_shell(host: HostBinding) -> Shell:
    """The real way into one host."""
    return Opener()(host)


def no_way_in(_host: HostBinding) -> Shell:
    """The way into a host that is not to be logged in to: none."""
    raise Unreachable(Reason.NOT_ASKED, "not logged in to")


def make_ready(stack: Stack) -> None:
    """Load SSH before there are threads, where a host needs it.

    Loading is work for one thread at a time: what is loaded beside it delays the first question.
    For the same reason threads are switched often from here on, where hosts are few: an answer that
    waits for whoever is loading something costs more than the switches do. Where they are many,
    each that waits for its turn would wake that often to ask for it.
    """
    sys.setswitchinterval(SWITCH_SEC if len(stack.hosts) <= FEW_HOSTS else SELDOM_SWITCH_SEC)
    for binding in stack.imports:
        if binding.api_key.env:  # for us alone: no program that is started inherits it
            os.unsetenv(binding.api_key.env)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)  # a Mac's 256 hold few connections
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if hard != resource.RLIM_INFINITY and hard < (needed := files_of(stack)):
        said = f"only {hard} files may be open at once, and this look needs {needed}"
        raise UsageError(f"{said}: raise the limit, `ulimit -n {needed}`")
    threading.excepthook = _unless_starved
    if not all(host.local for host in stack.hosts):
        importlib.import_module("recorder.collect.ssh")


def _unless_starved(trouble: threading.ExceptHookArgs) -> None:
    """Of a thread that had no memory nothing is printed: whoever waits for it tells of that."""
    if not starved(trouble.exc_value):
        threading.__excepthook__(trouble)


def files_of(stack: Stack) -> int:
    """How many files a look at it may have open at once.

    With fewer, what could not be asked would look down. A way into a host takes more for a moment
    than its connection, the pipes of a program that runs here for one.
    """
    asked = sum(service.health is not None for service in stack.services) + len(stack.imports)
    ways = WAY_FILES * min(len(stack.hosts), MOST_THREADS)
    return OWN_FILES + ways + min(asked, MOST_THREADS)
