"""The lab as a whole: up, down, and the way to everything in it.

A lab is a folder and what runs from it; nothing else remembers it. `Lab.find` finds a lab that
is up, whoever started it. `up` first takes down what a crashed run left in the same folder.
"""

import ctypes
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from realhosts import leftovers, network
from realhosts.blueprint import CONTROL, HOSTS
from realhosts.cells import Cell, find_cells, open_cell
from realhosts.control import IN_FOLDER, Control
from realhosts.faults import FAULTS, Fault
from realhosts.history import History
from realhosts.machine import Machine
from realhosts.packages import require_parts
from realhosts.plan import Service

PREFIX = "media-recorder-lab"
READY = "ready"
IMPORTED_NOW = {"radarr": 6, "sonarr": 12, "lidarr": 3}
Say = Callable[[str], object]
CLONE_NEWNET = 0x40000000


def default_folder() -> Path:
    """$MEDIA_RECORDER_LAB, else a fixed name below the system's folder for temporary files."""
    return Path(os.environ.get("MEDIA_RECORDER_LAB") or Path(tempfile.gettempdir(), PREFIX))


class LabDownError(Exception):
    """There is no lab in that folder."""


class Lab:
    """A lab that is up. `Lab.up()` makes one, `Lab.find()` takes one that is there."""

    def __init__(self, folder: Path, cells: Mapping[str, Cell]) -> None:
        self.folder = folder
        self.cell: Cell = cells[CONTROL]
        self.control = Control(folder / CONTROL)
        self.hosts: dict[str, Machine] = {
            plan.name: Machine(plan, cells[plan.name], folder / "hosts" / plan.name, self.cgroup)
            for plan in HOSTS
        }

    @classmethod
    def find(cls, folder: Path | None = None) -> Self:
        """The lab that is up in that folder; LabDownError when there is none."""
        folder = (folder or default_folder()).resolve()
        cells = find_cells(folder)
        if not (folder / READY).exists() or len(cells) != len(HOSTS) + 1:
            raise LabDownError(f"no lab is up in {folder}: tests/lab up")
        return cls(folder, cells)

    @classmethod
    def up(cls, folder: Path | None = None, say: Say = lambda _: None) -> Self:
        """Bring a lab up from nothing; `say` is told how far it is."""
        require_parts()
        folder = (folder or default_folder()).resolve()
        leftovers.clear(folder)
        leftovers.require_real_filesystem(folder)
        folder.mkdir(parents=True, mode=0o755)
        try:
            lab = cls(folder, _open_cells(folder))
            lab.build(say)
        except BaseException as trouble:
            say(f"gave up: {trouble}")
            leftovers.clear(folder, keep_logs=True)
            raise
        (folder / READY).touch()
        return lab

    def build(self, say: Say) -> None:
        """Fill the empty cells with all that the blueprint wants; part of `up`."""
        network.connect(self.cell, {name: each.cell for name, each in self.hosts.items()})
        public_key = self.control.write()
        self.control.mount(self.cell)
        self.seed_histories()
        keys = self.control.key_file("radarr").parent

        def start(machine: Machine) -> None:
            machine.prepare(public_key)
            machine.start(self.histories, keys)
            say(f"{machine.plan.name} is up")

        with ThreadPoolExecutor(len(HOSTS)) as pool:
            list(pool.map(start, self.hosts.values()))
        self.learn_keys()

    def down(self) -> None:
        """Take everything away: processes, namespaces, mounts, control groups and files."""
        leftovers.clear(self.folder)

    @property
    def cgroup(self) -> str:
        """The control group below which all its containers are."""
        return leftovers.name_of(self.folder)

    @property
    def histories(self) -> Path:
        """The folder of the *arr apps' histories."""
        return self.folder / "arr"

    def history(self, app: str) -> History:
        """The history of "radarr", "sonarr" or "lidarr"; what is added shows at once."""
        return History(app, self.histories / f"{app}.json")

    def seed_histories(self) -> None:
        """Forget what was imported and import anew: some now, one long ago, one only grabbed."""
        self.histories.mkdir(exist_ok=True)
        now = datetime.now(UTC)
        for app, count in IMPORTED_NOW.items():
            history = self.history(app)
            history.clear()
            history.add(f"{app.title()} Long Ago", now - timedelta(days=40))
            history.add(f"{app.title()} Only Grabbed", now, "grabbed")
            for number in range(count):
                history.add(f"{app.title()} Title {number + 1}", now)

    def learn_keys(self) -> None:
        """Let the control machine know every host's key as it now is."""
        self.control.learn_keys({n: machine.sshd.public_key for n, machine in self.hosts.items()})

    def root(
        self,
        name: str,
        *,
        hosts: Sequence[str] | None = None,
        changes: Mapping[str, Mapping[str, object]] | None = None,
        defaults: Mapping[str, object] | None = None,
    ) -> Path:
        """A root folder with bindings of its own, for SPINE_ROOT.

        `hosts` None is all of them; `changes` overlays keys of a host, `defaults` those of the
        `defaults` section: `lab.root("nobody", defaults={"ssh_user": "nodocker"})`.
        """
        return self.control.write_root(name, hosts=hosts, changes=changes, defaults=defaults)

    def command(self, argv: Sequence[str], *, cwd: Path | None = None) -> list[str]:
        """The arguments that run `argv` on the control machine; give it `environment()` too."""
        folder = str(cwd or Path.cwd())
        return self.cell.command(["sh", "-c", IN_FOLDER, "sh", folder, *argv])

    def environment(self, root: Path | None = None) -> dict[str, str]:
        """The variables of the control machine; SPINE_ROOT is the usual two hosts' or `root`."""
        return self.control.environment(root)

    def run(
        self,
        *argv: str,
        root: Path | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdin: str = "",
        timeout_sec: float = 60.0,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program on the control machine to its end; output and exit code as they come."""
        return subprocess.run(
            self.command(argv, cwd=cwd),
            env={**self.environment(root), **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_sec,
            check=False,
        )

    @contextmanager
    def network(self) -> Iterator[None]:
        """Put the calling thread, and threads it starts, on the control machine's network."""
        libc = ctypes.CDLL(None, use_errno=True)
        with (
            Path("/proc/thread-self/ns/net").open() as ours,
            Path(f"/proc/{self.cell.pid}/ns/net").open() as theirs,
        ):
            _enter(libc, theirs.fileno())
            try:
                yield
            finally:
                _enter(libc, ours.fileno())

    def truth(self, host: str) -> list[dict[str, str]]:
        """What `ps -a` says on the host, as root: name, state, status, image, id of each."""
        return self.hosts[host].engine.rows()

    def inspect(self, host: str) -> list[dict[str, Any]]:
        """What `inspect` says of every container of the host."""
        return self.hosts[host].engine.containers()

    def cause(self, fault: str, host: str, subject: str = "") -> None:
        """Make something go wrong; `faults.FAULTS` lists what can."""
        self._fault(fault).cause(self, host, subject)

    def heal(self, fault: str, host: str, subject: str = "") -> None:
        """Undo `cause`."""
        self._fault(fault).heal(self, host, subject)

    @contextmanager
    def fault(self, fault: str, host: str, subject: str = "") -> Iterator[None]:
        """Something that is wrong inside the `with` block and well again after it."""
        self.cause(fault, host, subject)
        try:
            yield
        finally:
            self.heal(fault, host, subject)

    def _fault(self, name: str) -> Fault:
        try:
            return FAULTS[name]
        except KeyError:
            raise ValueError(f"no fault {name!r}; there are: {', '.join(FAULTS)}") from None

    def services(self, host: str) -> tuple[Service, ...]:
        """The blueprint's services of the host, missing ones too."""
        return self.hosts[host].plan.services


def _open_cells(folder: Path) -> dict[str, Cell]:
    names = [CONTROL, *(host.name for host in HOSTS)]
    with ThreadPoolExecutor(len(names)) as pool:
        return dict(zip(names, pool.map(lambda name: open_cell(folder, name), names), strict=True))


def _enter(libc: ctypes.CDLL, namespace: int) -> None:
    if libc.setns(namespace, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
