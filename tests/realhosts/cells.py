"""A cell: one set of network, mount, host-name and process namespaces, and what runs in it.

A lab's only state is what runs and what stands in its folder: cells are found again by the command
line of their process 1, so a crashed run leaves nothing that the next one can't see. Killing
process 1 ends every process, mount, link and loop device of the cell with it.
"""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from realhosts.programs import TIMEOUT_SEC, answers, run
from realhosts.waiting import wait_until

REAPER = Path(__file__).with_name("reaper.py")
ALL_NAMESPACES = ("mount", "uts", "net", "pid", "ipc")
# detach from our pipes and our session; the shell ends, so the cell's process 1 becomes the parent
DETACHED = 'log=$1; shift; exec >>"$log" 2>&1 </dev/null; setsid "$@" &'


@dataclass(frozen=True, slots=True)
class Cell:
    """A running cell; `pid` is its process 1 as seen from this machine."""

    name: str
    pid: int

    def command(self, argv: Sequence[str], namespaces: Sequence[str] = ALL_NAMESPACES) -> list[str]:
        """The arguments that run `argv` in (some of) the cell's namespaces."""
        entered = [f"--{namespace}" for namespace in namespaces]
        return ["nsenter", f"--target={self.pid}", *entered, "--", *argv]

    def run(self, *argv: str, stdin: str | bytes = b"", timeout_sec: float = TIMEOUT_SEC) -> str:
        """Output of a program that runs as root in the cell."""
        return run(self.command(argv), stdin=stdin, timeout_sec=timeout_sec)

    def answers(self, *argv: str, timeout_sec: float = TIMEOUT_SEC) -> bool:
        """Whether a program in the cell exits with 0."""
        return answers(self.command(argv), timeout_sec=timeout_sec)

    def shell(self, script: str, *, timeout_sec: float = TIMEOUT_SEC) -> str:
        """Output of a shell script that runs in the cell and stops at its first failure."""
        return self.run("sh", "-eu", stdin=script, timeout_sec=timeout_sec)

    def start(self, *argv: str, log: str, namespaces: Sequence[str] = ALL_NAMESPACES) -> None:
        """Start a program that stays; it belongs to the cell from then on."""
        run(self.command(["sh", "-c", DETACHED, "sh", log, *argv], namespaces))


def open_cell(folder: Path, name: str) -> Cell:
    """Make the namespaces; the cell is empty but for its process 1."""
    unshare = ["unshare", *(f"--{namespace}" for namespace in ALL_NAMESPACES)]
    unshare += ["--fork", "--kill-child", "--mount-proc"]
    holder = [sys.executable, "-S", str(REAPER), "--lab", str(folder), "--cell", name]
    run(["sh", "-c", DETACHED, "sh", str(folder / f"{name}.log"), *unshare, *holder])
    wait_until(lambda: name in find_cells(folder), f"the namespaces of {name}")
    return find_cells(folder)[name]


def find_cells(folder: Path) -> dict[str, Cell]:
    """The cells of the lab in that folder, by name."""
    return {
        argv[-1]: Cell(argv[-1], pid)
        for pid, argv in _holders(folder)
        if argv[1] == "-S"  # its parents carry the same line behind their own
    }


def close_cells(folder: Path) -> None:
    """End everything that runs in the lab of that folder, and wait until it is gone."""
    holders = [pid for pid, _ in _holders(folder)]
    for pid in holders:
        with suppress(ProcessLookupError):  # it went with its parent
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not any(_lives(pid) for pid in holders), "the end of the lab's processes")


def _lives(pid: int) -> bool:
    """Whether the process is there and not a mere zombie. Process 1 of a cell goes last."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def _holders(folder: Path) -> Iterator[tuple[int, list[str]]]:
    tag = ["--lab", str(folder), "--cell"]
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            argv = (entry / "cmdline").read_text().split("\0")[:-1]
        except (OSError, UnicodeDecodeError):
            continue
        if argv[-4:-1] == tag and Path(argv[-5]).name == REAPER.name:  # of whichever checkout
            yield int(entry.name), argv
