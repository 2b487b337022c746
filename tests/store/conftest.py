"""A history of a test's own: in a file, and as a site on a server, by the same rules."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from realhosts.packages import UnavailableError

from recorder.store.connection import History
from recorder.store.engine import opened
from recorder.store.site import Location, Site
from store.servers import Server, programs, running

FILE, SERVER = "file", "server"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server, in whose database there is a site. If none can be had, CI fails."""
    try:
        programs()
    except UnavailableError as reason:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(reason))
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder:
        Path(folder).chmod(0o755)  # the server runs as another user
        with running(Path(folder, "server")) as made:
            with opened(made.site()):
                pass
            yield made


@pytest.fixture
def path(quick: Path) -> Iterator[Path]:
    """Where a history may be made, in a file."""
    with tempfile.TemporaryDirectory(dir=quick) as folder:
        yield Path(folder, "state", "history.db")


@pytest.fixture
def site(server: Server) -> Iterator[Site]:
    """An empty history in a site: the same for each test, emptied after it."""
    yield server.site()
    server.empty()


@pytest.fixture(params=[FILE, SERVER])
def place(request: pytest.FixtureRequest) -> Location:
    """Where a history is or may be made, on either engine."""
    return request.getfixturevalue("path" if request.param == FILE else "site")


@pytest.fixture
def engine(place: Location) -> Iterator[History]:
    """An empty history, on either engine."""
    with opened(place) as made:
        yield made
