"""A first day on real hosts: what they and their apps know of the time before, asked over SSH."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from realhosts import Lab

from stack.ops import Ops

APPS = ("radarr", "sonarr", "lidarr")
HOSTS = ("download-stack", "streaming-stack")
NOW = datetime.now(UTC).replace(microsecond=0)
Rows = Callable[[str], list[tuple[object, ...]]]


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A history of the test's own."""
    return tmp_path / "history.db"


@pytest.fixture
def rows(history: Path) -> Rows:
    def asked(query: str) -> list[tuple[object, ...]]:
        with contextlib.closing(sqlite3.connect(history)) as db:
            return db.execute(query).fetchall()

    return asked


@pytest.fixture
def imported(lab: Lab) -> Iterator[None]:
    """Each app imported something 31, 29 and 2 days ago besides what it did already."""
    before = {app: (lab.histories / f"{app}.json").read_bytes() for app in APPS}
    for app in APPS:
        for days in (31, 29, 2):
            lab.history(app).add(f"{days} days ago", NOW - timedelta(days=days))
    yield
    for app, kept in before.items():
        (lab.histories / f"{app}.json").write_bytes(kept)


@pytest.mark.usefixtures("imported")
def test_the_first_run_asks_hosts_and_apps_for_their_past(
    ops: Ops, history: Path, rows: Rows
) -> None:
    """Each host once, each app its thirty days; a second run adds nothing."""
    titles = (
        "SELECT name, title FROM import_event JOIN entity ON entity.id = entity_id "
        "WHERE title LIKE '% days ago' OR title LIKE '%Long Ago' ORDER BY name, ts"
    )
    expected = [(app, f"{days} days ago") for app in sorted(APPS) for days in (29, 2)]
    ops("media.snapshot", "--db", str(history))
    assert rows(titles) == expected
    assert rows("SELECT DISTINCT host FROM known_before WHERE what = 'started' ORDER BY host") == [
        (host,) for host in HOSTS
    ]
    marked = (
        "SELECT kind, name FROM told_until JOIN entity ON entity.id = entity_id ORDER BY kind, name"
    )
    assert rows(marked) == [
        *(("host", host) for host in HOSTS),
        *(("import", app) for app in sorted(APPS)),
    ]
    everything = "SELECT count(*) FROM import_event UNION ALL SELECT count(*) FROM known_before"
    before = rows(everything)
    ops("media.snapshot", "--db", str(history))
    assert rows(everything) == before
