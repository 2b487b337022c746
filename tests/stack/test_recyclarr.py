"""recyclarr.sync with a stand-in for Recyclarr, in a container that runs and in one made for it."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from realhosts import Lab
from realhosts.waiting import wait_until

from stack.ops import Document
from stack.projects import HOST, Project, container, project
from stack.test_restart import rows

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schema" / "recyclarr.sync.json"
KEY = "0123456789abcdef0123456789abcdef"
SYNC = ("recyclarr.sync", "--yes")
ESCAPES = r"printf '\033[31mred\007\n'; "
TELLS = f"{ESCAPES}echo 'api_key={KEY}'"
DECLARED = {"recyclarr": {"container": "itsmedia_recyclarr_1"}, "once": {}}


def _services(stand_in: str) -> dict[str, object]:
    runs = container(environment={"STAND_IN": stand_in})
    once = container(["cron"], entrypoint=["recyclarr"], environment={"STAND_IN": TELLS})
    return {"recyclarr": runs, "once": once}


@pytest.fixture(scope="module")
def made(lab: Lab) -> Iterator[Project]:
    """A service called recyclarr that runs, and one that has ended."""
    with project(lab, "recyclarr", _services(TELLS), DECLARED) as up:
        yield up


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A history of its own."""
    return tmp_path / "history.db"


def _document(text: str) -> Document:
    told = json.loads(text)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(told)
    return told


def test_it_runs_in_its_container(made: Project, db: Path) -> None:
    """What it says is shown, harmless; what is recorded holds no key."""
    done = made.ops(*SYNC, "--db", str(db))
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    lines = done.stdout.splitlines()
    assert lines[-3:] == ["recyclarr sync", "\\x1b[31mred\\x07", f"api_key={KEY}"]
    assert "RECYCLARR SYNC" in lines[0]
    assert rows(db) == [
        (f"--host {HOST} --service recyclarr", 1, 0, "3 lines, the last: api_key=***")
    ]


def test_the_preview_needs_no_yes(made: Project, db: Path) -> None:
    """It changes nothing, and is no action."""
    done = made.ops("recyclarr.sync", "--preview", "--json", "--db", str(db))
    assert (done.returncode, done.stderr) == (0, "")
    told = _document(done.stdout)["data"]
    assert told["said"][0] == "recyclarr sync --preview"
    assert (told["preview"], told["recorded"], db.exists()) == (True, False, False)


def test_without_a_yes_nothing_is_run(made: Project, db: Path) -> None:
    """The plan, and exit code 2."""
    done = made.ops("recyclarr.sync", "--db", str(db))
    assert (done.returncode, done.stderr) == (2, "ops: nothing was changed; to do it, add --yes\n")
    assert ("recyclarr sync`" in " ".join(done.stdout.split()), db.exists()) == (True, False)


def test_compose_makes_a_container_where_none_runs(made: Project, db: Path) -> None:
    """One that is gone again afterwards."""
    before = made.started()
    done = made.ops(*SYNC, "--service", "once", "--json", "--db", str(db))
    told = _document(done.stdout)["data"]
    assert (done.returncode, told["container"], told["exit_status"]) == (0, None, 0), told
    assert "recyclarr sync" in told["said"]
    assert made.started() == before


def test_a_failure_is_an_exit_code_of_4(made: Project, db: Path) -> None:
    """Its own exit code is told and recorded."""
    made.write(_services("echo 'no such profile'; exit 7"))
    made.compose("up", "-d", "--timeout", "0")
    done = made.ops(*SYNC, "--db", str(db))
    assert done.returncode == 4
    assert done.stderr == f"ops: {HOST}: recyclarr failed with exit code 7\n"
    [(_, ended, code, note)] = rows(db)
    told = "recyclarr failed with exit code 7; 2 lines, the last: no such profile"
    assert (ended, code, note) == (1, 4, told)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, 137)]
)
def test_nothing_runs_on_where_nobody_listens(
    made: Project, db: Path, number: signal.Signals, code: int
) -> None:
    """Neither here nor there, and the row says what is true."""
    made.write(_services("sleep 7654"))
    made.compose("up", "-d", "--timeout", "0")
    with made.ops.start(*SYNC, "--db", str(db)) as running:
        wait_until(lambda: made.cell.answers("pgrep", "-f", "sleep 7654"), "it to begin")
        running.send(number)
        assert running.end()[0] == code
    expected = (0, None) if number is signal.SIGKILL else (1, code)
    assert [row[1:3] for row in rows(db)] == [expected]
    for left in ("recyclarr sync", "sleep 7654"):
        wait_until(
            lambda left=left: not made.cell.answers("pgrep", "-f", left), f"the end of {left}"
        )


def test_a_service_nobody_knows_is_refused(made: Project, db: Path) -> None:
    """Said before anything is run."""
    done = made.ops(*SYNC, "--host", HOST, "--service", "profilarr", "--db", str(db))
    assert (done.returncode, done.stdout) == (2, "")
    assert 'no service "profilarr" in ' in done.stderr
