"""A history that an older program made: reading leaves it, the next look upgrades it."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from recorder.cli import ops
from recorder.errors import OlderError
from recorder.store import migrate
from recorder.store.connection import connect
from recorder.store.revision import revision_of as revision_in

from .test_recording import Machine

NEXT = f"""
from alembic import op
revision, down_revision = "next", "{migrate.HEAD}"

def upgrade():
    op.execute("ALTER TABLE site ADD COLUMN motto TEXT")
"""
WHY = (
    "{path} has an older schema, and reading does not change it; "
    "`ops media.history.upgrade` upgrades it, and so does the next look its owner takes"
)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with a history, and a program that knows one revision more."""
    made = Machine(tmp_path)
    made.runs(radarr="running")
    assert made.ops("media.status").returncode == 0
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.migrations(), folder)
    (folder / "versions" / "next.py").write_text(NEXT)
    monkeypatch.setattr(migrate, "migrations", lambda: folder)
    monkeypatch.setattr(migrate, "REVISIONS", (*migrate.REVISIONS, "next"))
    monkeypatch.setattr(migrate, "HEAD", "next")
    monkeypatch.chdir(tmp_path)
    return made


def run(machine: Machine, *arguments: str) -> Result:
    """In this process, whose program is the newer one."""
    return CliRunner(env=machine.environ()).invoke(ops, arguments, standalone_mode=False)


def revision(machine: Machine) -> str | None:
    connection = connect(machine.history)
    try:
        return revision_in(connection)
    finally:
        connection.close()


def beside(machine: Machine) -> list[str]:
    return sorted(file.name for file in machine.history.parent.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ("media.status", "--at", "0s"),
        ("media.history.info",),
        ("media.history.export", "spans"),
    ],
    ids=" ".join,
)
def test_to_read_an_older_history_is_refused_and_changes_nothing(
    machine: Machine, arguments: tuple[str, ...]
) -> None:
    """One line with what to type; the file stays the older program's."""
    before = machine.history.read_bytes()
    done = run(machine, *arguments)
    assert isinstance(done.exception, OlderError)
    assert str(done.exception) == WHY.format(path=machine.history)
    assert machine.history.read_bytes() == before
    assert beside(machine) == ["history.db", "history.db.lock"]


def test_a_look_that_is_not_recorded_upgrades_nothing_and_says_so(machine: Machine) -> None:
    """--no-record leaves the file as it is, shows the picture, and why it tells no changes."""
    before = machine.history.read_bytes()
    done = run(machine, "media.status", "--json", "--no-record")
    data = json.loads(done.stdout)["data"]
    why = WHY.format(path=machine.history)
    assert done.exception is None
    assert data["notes"] == [f"changes can't be told: {why}"]
    assert [service["name"] for service in data["services"]] == ["radarr"]
    assert machine.history.read_bytes() == before
    assert beside(machine) == ["history.db", "history.db.lock"]


def test_the_next_look_that_is_recorded_upgrades_it(machine: Machine) -> None:
    """With a checked copy first, and nothing to be typed."""
    done = run(machine, "media.status", "--json")
    assert json.loads(done.stdout)["data"]["snapshot"]["recorded"] is True
    assert (revision(machine), done.stderr) == ("next", "")
    assert beside(machine) == ["history.db", "history.db.before-next", "history.db.lock"]
