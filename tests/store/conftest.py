"""A history of a test's own: in a file, and as a site on a server, by the same rules."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recorder.store.connection import History
from recorder.store.engine import opened
from recorder.store.site import Location, Site

FILE, SERVER = "file", "server"


@pytest.fixture
def path(quick: Path) -> Iterator[Path]:
    """Where a history may be made, in a file."""
    with tempfile.TemporaryDirectory(dir=quick) as folder:
        yield Path(folder, "state", "history.db")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of the test's own: there a site's backups go."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(params=[FILE, SERVER])
def place(request: pytest.FixtureRequest) -> Location:
    """Where a history is or may be made, on either engine."""
    return request.getfixturevalue("path" if request.param == FILE else "site")


@pytest.fixture
def engine(place: Location) -> Iterator[History]:
    """An empty history, on either engine."""
    with opened(place) as made:
        yield made


@pytest.fixture
def anew(place: Location, request: pytest.FixtureRequest) -> Callable[[], Location]:
    """Empties the test's history, on either engine: what each example of a property begins with."""

    def empty() -> Location:
        if isinstance(place, Site):
            request.getfixturevalue("server").empty(place.name)
        else:
            shutil.rmtree(place.parent, ignore_errors=True)
        return place

    return empty


@pytest.fixture
def beside(place: Location, request: pytest.FixtureRequest) -> Callable[[str], Location]:
    """More places for the test's histories on the same engine, by name, where nothing is yet."""

    def named(name: str) -> Location:
        if isinstance(place, Site):
            return request.getfixturevalue("server").site(name, request.getfixturevalue("database"))
        return place.parent.with_name(name) / place.name

    return named


@pytest.fixture
def share(place: Location) -> float:
    """The part of a property's examples that is tried: on a server each takes longer."""
    return 0.2 if isinstance(place, Site) else 1.0
