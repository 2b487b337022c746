"""What a command takes: time, processors, memory, connections; of itself and of the fleet's hosts.

The hosts' processor time is that of every sshd and of what it started and waited for. Memory and
connections are sampled in a run of their own, which is not timed.
"""

import contextlib
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from fleets.hosts import Fleet

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
SAMPLE_SEC = 0.05
ESTABLISHED = "01"


@dataclass(frozen=True, slots=True)
class Run:
    """One run's cost."""

    wall_sec: float
    own_sec: float  # user and system time of the command and of what it started
    hosts_sec: float  # of the sshds and what runs under them
    said_bytes: int  # on standard output
    status: int


@dataclass(frozen=True, slots=True)
class Peak:
    """The most at once, of a run."""

    memory_bytes: int  # of all its processes, what they share counted once: PSS
    processes: int
    connections: int


def run(command: Sequence[str], environ: dict[str, str], fleet: Fleet) -> Run:
    """Run a command to its end."""
    quiet = subprocess.DEVNULL
    before, hosts_before, began = os.times(), _spent_sec(fleet.servers), perf_counter()
    with tempfile.TemporaryFile() as said:
        streams = {"stdin": quiet, "stdout": said, "stderr": quiet}
        done = subprocess.run(command, env=environ, check=False, **streams)
        took, after, size = perf_counter() - began, os.times(), os.fstat(said.fileno()).st_size
    own = sum(after[2:4]) - sum(before[2:4])
    return Run(took, own, _spent_sec(fleet.servers) - hosts_before, size, done.returncode)


def observe(command: Sequence[str], environ: dict[str, str], fleet: Fleet) -> Peak:
    """Run a command and watch it."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env=environ, stdin=quiet, stdout=quiet, stderr=quiet)
    watch = Watch(process.pid, fleet.port)
    thread = threading.Thread(target=watch.until, args=(lambda: process.poll() is not None,))
    thread.start()
    process.wait()
    thread.join()
    return Peak(watch.memory, watch.processes, watch.connections)


class Watch:
    """Samples a process and all below it."""

    def __init__(self, pid: int, port: int) -> None:
        self._pid = pid
        self._port = f":{port:04X}"
        self.memory = self.processes = self.connections = 0
        self._before = self._connected()  # those that keep dead hosts' backlogs full

    def until(self, over: Callable[[], bool]) -> None:
        """Sample until it is over."""
        pause = threading.Event()
        while not over():
            family = _family(self._pid)
            self.processes = max(self.processes, len(family))
            self.memory = max(self.memory, sum(map(_memory, family)))
            self.connections = max(self.connections, self._connected() - self._before)
            pause.wait(SAMPLE_SEC)

    def _connected(self) -> int:
        """Connections to the fleet's port, seen from the side that made them."""
        lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
        fields = (line.split() for line in lines)
        return sum(it[2].endswith(self._port) and it[3] == ESTABLISHED for it in fields)


def _family(pid: int) -> list[int]:
    """A process and all that came of it."""
    found, rest = [], [pid]
    while rest:
        one = rest.pop()
        found.append(one)
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                rest += [int(child) for child in (task / "children").read_text().split()]
    return found


def _memory(pid: int) -> int:
    """A process's share of memory, in bytes; 0 once it is gone."""
    with contextlib.suppress(OSError, StopIteration, ProcessLookupError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return 1024 * int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    return 0


def _spent_sec(servers: Sequence[int]) -> float:
    """Processor time of processes and of the children they waited for.

    Each figure is cut to a tick; over many servers that evens out.
    """
    ticks = 0
    for pid in servers:
        said = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(int(number) for number in said[11:15])
    return ticks / TICKS
