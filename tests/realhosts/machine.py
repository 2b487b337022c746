"""One host of the lab: its cell, and the parts that run in it."""

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from realhosts import engine, hostfiles, mounts
from realhosts.cells import Cell
from realhosts.engine import INNER_PORT, Engine
from realhosts.plan import Host
from realhosts.sshd import Sshd
from realhosts.waiting import wait_until

ENGINES = ("docker", "podman")


@dataclass(frozen=True, slots=True)
class Machine:
    """A running host: `plan` says what it should be, `folder` holds its files."""

    plan: Host
    cell: Cell
    folder: Path
    cgroup: str

    @property
    def sshd(self) -> Sshd:
        """Its SSH server."""
        return Sshd(self.cell)

    @property
    def engine(self) -> Engine:
        """Its container engine; ValueError when it has none."""
        if self.plan.engine is None:
            raise ValueError(f"{self.plan.name} has no container engine")
        return Engine(self.cell, self.plan.engine, self.cgroup)

    def prepare(self, public_key: str) -> None:
        """Lay out its files; it must be in the network before anything is started."""
        settings = engine.settings(self.plan, self.cgroup)
        hostfiles.write(self.folder, self.plan, public_key, settings)
        hidden = tuple(program for program in ENGINES if program != self.plan.engine)
        hostfiles.mount(self.cell, self.folder, hidden)

    def start(self, arr_folder: Path, keys: Path) -> None:
        """Start everything that runs on it, and return when it is as the blueprint says."""
        self.sshd.start()
        mounts.make(self.cell, self.plan, self.cgroup)
        self.start_apps(arr_folder, keys)
        if self.plan.engine:
            self.engine.start()
            self.engine.fill(self.plan.services)
            self.engine.settle(self.plan.services)

    def start_apps(self, histories: Path, keys: Path) -> None:
        """Start the *arr look-alikes behind those containers that lead to one.

        They run this checkout's Python, so they see this machine's files, in the host's network.
        """
        apps = [(each.app, each.port) for each in self.plan.services if each.app and each.port]
        for app, port in apps:
            files = (str(histories / f"{app}.json"), str(keys / app))
            module = (sys.executable, "-S", "-m", "realhosts.serve_arr")
            self.cell.start(
                *("env", f"PYTHONPATH={Path(__file__).parents[1]}", *module),
                *(app, str(port + INNER_PORT), *files),
                log=str(self.folder / f"{app}.log"),
                namespaces=("net", "pid", "uts"),
            )
        for _, port in apps:
            ping = f"http://127.0.0.1:{port + INNER_PORT}/ping"
            wait_until(partial(self._gets, ping), ping)

    def _gets(self, url: str) -> bool:
        return self.cell.answers("busybox", "wget", "-q", "-O", "/dev/null", url)
