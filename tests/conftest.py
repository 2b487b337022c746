"""Fixtures for all tests: the lab of real hosts, made once a session and only when asked for."""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.plugin import pytest_xdist_auto_num_workers as cores
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
sys.path.insert(0, str(Path(__file__).parent))

from realhosts import Lab
from realhosts.leftovers import clear_abandoned
from realhosts.packages import UnavailableError, require_parts
from store.servers import LOCKED, Server, programs, running

from recorder.store.engine import opened
from recorder.store.site import Site

# How long an example takes is the machine's affair, not a rule of the product. CI tries the same
# ones each time, so that a change is judged by what it changes; any other run tries new ones.
settings.register_profile("any machine", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("any machine")
# In the background of a script Ctrl-C is ignored, and so would every program that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
LABS = {  # whose tests go one after another; each has a lab of its own
    "one lab": ("tests/stack/test_backups", "tests/stack/test_restart", "tests/test_realhosts"),
    "another lab": ("tests/stack/", "tests/faults/", "tests/cli/test_this"),
}
# What takes half a minute and more, in the order to begin it in, the longest first. A fresh machine
# installs what labs are made of first, and others wait for that: not those behind them.
LONGEST = (
    *LABS,
    "tests/store/test_processes.py",
    "tests/bench/test_endure.py",
    "tests/nfs/test_mount.py",
    "tests/bench/test_looking_back.py",
    "tests/cli/test_fresh_start.py",
    "tests/store/test_keeping.py",
    "tests/bench/test_store.py",
    "tests/cli/test_history.py",
    "tests/store/test_server.py",
)
MEMORY = Path("/dev/shm")
OWN_LAB = Path(tempfile.gettempdir(), "media-recorder-lab-of-")


class SideBySide(LoadScopeScheduling):
    """Deals tests to workers: a file's go one after another, and so do all of a lab's."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((lab for lab, files in LABS.items() if file.startswith(files)), file)

    def _assign_work_unit(self, node: WorkerController) -> None:
        """The longest of those left, so that none is begun when all others are done."""
        longest = min(self.workqueue, key=lambda unit: [*LONGEST, unit].index(unit))
        self.workqueue.move_to_end(longest, last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> SideBySide:
    """How xdist deals tests out; its own groups are lost on pytest 9."""
    return SideBySide(config, log)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are cores: who has a lab waits for it most of the time."""
    return cores(config) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the lab, so that `-m 'not lab'` leaves it out."""
    for item in items:
        if {"lab", "lab_parts"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("lab")


@pytest.fixture(scope="session")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in memory, where there is a place for that: no disk is waited for.

    What a process wrote before it was killed is the kernel's, whichever place that is.
    """
    if not os.access(MEMORY, os.W_OK):
        yield tmp_path_factory.mktemp("quick")
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def lab_parts() -> None:
    """All that a lab is made of is here. If not, CI fails; elsewhere the tests are not run."""
    try:
        require_parts()
    except UnavailableError as reason:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def lab(lab_parts: None) -> Iterator[Lab]:  # noqa: ARG001 -- asked for its effect
    """A lab that is up: the one in $MEDIA_RECORDER_LAB, else one of this session's own."""
    if "MEDIA_RECORDER_LAB" in os.environ:
        yield Lab.find()
        return
    clear_abandoned(OWN_LAB)
    made = Lab.up(OWN_LAB.with_name(f"{OWN_LAB.name}{os.getpid()}"))
    yield made
    made.down()


@pytest.fixture(scope="session")
def postgresql() -> None:
    """The programs of a PostgreSQL server are here. If none can be had, CI fails."""
    try:
        programs()
    except UnavailableError as reason:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def server(postgresql: None) -> Iterator[Server]:  # noqa: ARG001 -- asked for its effect
    """A PostgreSQL server, in whose database there is a site."""
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder:
        Path(folder).chmod(0o755)  # the server runs as another user
        with running(Path(folder, "server"), lets_in=LOCKED) as made:
            with opened(made.site()):
                pass
            yield made


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """A database in which nothing is."""
    name = server.database()
    yield name
    server.drop(name)


@pytest.fixture
def site(server: Server) -> Iterator[Site]:
    """An empty history in a site: the same for each test, emptied after it."""
    yield server.site()
    server.empty()
