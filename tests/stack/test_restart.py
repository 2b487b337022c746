"""media.stack.restart on a real compose project: it comes back, or it is said what does not."""

import json
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from realhosts import Lab
from realhosts.waiting import wait_until

from stack.ops import Document, rebound
from stack.projects import CHECKED, FOLDER, HOST, Project, container, project

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schema" / "media.stack.restart.json"
RESTART = ("media.stack.restart", "--host", HOST)
SERVICES = {
    "alpha": container(),
    "beta": container(healthcheck=CHECKED),
    "gamma": container(),
    "job": container(["true"]),
}
DECLARED = {
    "one": {"container": "itsmedia_alpha_1"},
    "beta": {},
    "gamma": {"status": "parked"},
}


@pytest.fixture(scope="module")
def made(lab: Lab) -> Iterator[Project]:
    """Two services that run, one of them checked, one that is parked, one that ends well."""
    with project(lab, "restart", SERVICES, DECLARED) as up:
        yield up


@pytest.fixture
def up(made: Project) -> Project:
    """The same, as it was made; the parked one stopped."""
    made.write(SERVICES)
    made.compose("up", "-d")
    made.compose("stop", "--timeout", "0", "gamma")
    return made


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A history of its own."""
    return tmp_path / "history.db"


def rows(db: Path) -> list[tuple[object, ...]]:
    """Arguments, whether it ended, exit code and note of each action."""
    connection = sqlite3.connect(db)
    found = connection.execute(
        "SELECT arguments, ended_at IS NOT NULL, exit_code, note FROM action_log"
    ).fetchall()
    connection.close()
    return found


def document(text: str) -> Document:
    """A document that keeps to its schema."""
    made = json.loads(text)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(made)
    return made


def outcomes(told: Document) -> dict[str, tuple[bool, str | None]]:
    """Of each service: whether it came back, and why not."""
    [host] = told["data"]["hosts"]
    return {it["name"]: (it["came_back"], it["reason"]) for it in host["services"]}


def test_all_of_a_host_is_restarted_but_what_is_parked(up: Project, db: Path) -> None:
    """By the names of the binding where it has them; each really started anew."""
    before = up.started()
    done = up.ops(*RESTART, "--yes", "--json", "--db", str(db))
    assert done.returncode == 0, done.stdout + done.stderr
    told = document(done.stdout)
    assert outcomes(told) == {
        "one": (True, None),
        "beta": (True, None),
        "itsmedia_job_1": (True, None),
    }
    [host] = told["data"]["hosts"]
    assert host["left"] == [{"name": "gamma", "why": "parked"}]
    assert host["commands"] == ["docker-compose restart alpha beta job"]
    after = up.started()
    assert {name for name in after if after[name] != before[name]} == {"alpha", "beta", "job"}
    [(arguments, ended, code, note)] = rows(db)
    assert arguments == f"--host {HOST} --service one --service beta --service itsmedia_job_1"
    assert (ended, code, note) == (1, 0, f"{HOST}: 3 of 3 back")


def test_one_service_is_restarted_alone(up: Project, db: Path) -> None:
    """Its plan first, then before and after; nothing else is touched."""
    before = up.started()
    done = up.ops("media.stack.restart", "--service", "one", "--yes", "--db", str(db))
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "`docker-compose restart alpha`" in done.stdout
    assert done.stdout.index("RESTART 1 service") < done.stdout.index("1 of 1 service back")
    after = up.started()
    assert {name for name in after if after[name] != before[name]} == {"alpha"}


def test_recreate_of_a_host_leaves_what_is_parked_as_it_is(up: Project, db: Path) -> None:
    """Its container stays, and is not started, not even where another service depends on it."""
    up.write({**SERVICES, "alpha": container(depends_on=["gamma"])})
    before, made = up.started(), up.containers()
    done = up.ops(*RESTART, "--recreate", "--yes", "--json", "--db", str(db))
    assert done.returncode == 0, done.stdout + done.stderr
    [host] = document(done.stdout)["data"]["hosts"]
    assert host["left"] == [{"name": "gamma", "why": "parked"}]
    [command] = host["commands"]
    anew, services = command.split(" --no-deps ")
    assert anew == "docker-compose up -d --force-recreate"
    assert sorted(services.split()) == ["alpha", "beta", "job"]
    kept = {service for service, it in up.containers().items() if made.get(service) == it}
    assert (kept, up.started()["gamma"]) == ({"gamma"}, before["gamma"])
    assert set(up.containers()) == set(made)


def test_recreate_of_one_leaves_the_others_alone(up: Project, db: Path) -> None:
    """Another container serves it afterwards."""
    before = up.started()
    done = up.ops(*RESTART, "--service", "beta", "--recreate", "--yes", "--db", str(db))
    assert done.returncode == 0, done.stdout + done.stderr
    after = up.started()
    assert {name for name in after if after[name] != before.get(name)} == {"beta"}


def test_without_a_yes_nothing_is_changed(up: Project, db: Path) -> None:
    """The plan is shown, nobody is asked where there is no terminal, and there is no action."""
    before = up.started()
    done = up.ops(*RESTART, "--db", str(db))
    assert (done.returncode, done.stderr) == (
        2,
        "ops: nothing was changed; to do it, add --yes\n",
    )
    assert "RESTART 3 services" in done.stdout
    assert (up.started(), db.exists()) == (before, False)


def test_one_that_does_not_come_back_is_named(up: Project, db: Path) -> None:
    """After the time it was given; the others are back. The exit code is 4."""
    up.write({**SERVICES, "alpha": container(["false"])})
    done = up.ops(*RESTART, "--recreate", "--wait", "15", "--yes", "--json", "--db", str(db))
    told = document(done.stdout)
    assert (done.returncode, told["status"]) == (4, "fail")
    assert outcomes(told) == {
        "one": (False, "exited (1)"),
        "beta": (True, None),
        "itsmedia_job_1": (True, None),
    }
    [host] = told["data"]["hosts"]
    logs = f"see `docker logs itsmedia_alpha_1` on {HOST}"
    assert [it["todo"] for it in host["services"] if it["todo"]] == [logs]
    [(_, ended, code, note)] = rows(db)
    assert (ended, code, note) == (1, 4, f"{HOST}: 2 of 3 back; one: exited (1)")


def test_one_that_keeps_restarting_is_not_back(up: Project, db: Path) -> None:
    """To run at one moment is not enough."""
    crashing = container(["sh", "-c", "sleep 1; exit 1"], restart="always")
    up.write({**SERVICES, "alpha": crashing})
    done = up.ops(
        *RESTART, "--service", "one", "--recreate", "--wait", "3", "--yes", "--db", str(db)
    )
    assert done.returncode == 4, done.stdout
    assert "0 of 1 service back" in done.stdout


REFUSED = {
    "missing": ("compose_path", "/srv/nothing", "no folder for /srv/nothing"),
    "unreadable": ("ssh_user", "nodocker", "its containers can't be read"),
    "other compose": (
        "compose_command",
        "docker compose",
        "there is no `docker compose`: write `compose_command: docker-compose`",
    ),
    "away": ("addresses", ["192.0.2.66"], "is down: "),
}


@pytest.mark.parametrize(("key", "value", "words"), REFUSED.values(), ids=REFUSED)
def test_what_can_not_be_done_is_said_before(
    up: Project, db: Path, key: str, value: object, words: str
) -> None:
    """A folder that is not there, an engine that can't be read, a host that is away."""

    def change(bindings: Document) -> None:
        bindings["hosts"] = {HOST: {**host, key: value}}
        bindings["services"] = {"one": {"vm": HOST}}
        bindings["defaults"] = {"compose_command": "docker-compose", "ssh_user": "ubuntu"}
        for section in ("volumes", "imports", "ports", "ha_overlaps"):
            bindings.pop(section)

    host = {"addresses": ["192.0.2.209"], "compose_path": FOLDER, "connect_timeout_sec": 2}
    before = up.started()
    done = rebound(up.ops, "refused", change)(*RESTART, "--yes", "--db", str(db))
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.startswith(f"ops: nothing was changed: {HOST}")
    assert words in done.stderr
    assert (up.started(), db.exists()) == (before, False)


@pytest.mark.parametrize(
    ("text", "words"),
    [("services: [", "config` says:"), ('{"version": "3.7", "services": {}}', "no service")],
)
def test_a_broken_compose_file_stops_nothing(up: Project, db: Path, text: str, words: str) -> None:
    """Compose itself says what is wrong with it."""
    before = up.started()
    up.text(text)
    done = up.ops(*RESTART, "--service", "one", "--yes", "--db", str(db))
    up.write(SERVICES)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert words in done.stderr
    assert (up.started(), db.exists()) == (before, False)


def test_a_compose_file_that_is_missing_stops_nothing(up: Project, db: Path) -> None:
    """Its folder is there, and it is not."""
    before = up.started()
    up.cell.shell(f'mv "{FOLDER}/docker-compose.yml" "{FOLDER}/kept"')
    done = up.ops(*RESTART, "--yes", "--db", str(db))
    up.write(SERVICES)
    assert (done.returncode, done.stdout) == (2, "")
    assert "config` says:" in done.stderr
    assert up.started() == before


def test_a_host_that_dies_midway_is_told_as_it_is(lab: Lab, up: Project, db: Path) -> None:
    """What it still did is not known, and not claimed. The exit code is 4."""
    slow = container(["sh", "-c", "trap '' TERM; sleep 99 & wait; sleep 99"], stop_signal="SIGTERM")
    up.write({**SERVICES, "alpha": slow})
    up.compose("up", "-d")
    with up.ops.start(*RESTART, "--wait", "4", "--yes", "--db", str(db)) as running:
        wait_until(lambda: db.exists() and rows(db), "the restart to begin")
        with lab.fault("off", HOST):
            code, told, complaints = running.end()
    assert (code, complaints) == (4, "")
    assert f"{HOST} went away during" in " ".join(told.replace("│", " ").split())
    assert "not seen since" in told
    [(_, ended, code, note)] = rows(db)
    assert (ended, code) == (1, 4)
    assert "0 of 3 back" in note


@pytest.mark.parametrize(
    ("number", "code", "row"),
    [
        (signal.SIGINT, 130, (1, 130, f"interrupted; {HOST}: begun, not seen to its end")),
        (signal.SIGKILL, 137, (0, None, None)),
    ],
)
def test_an_interrupted_restart_leaves_a_true_row(
    up: Project, db: Path, number: signal.Signals, code: int, row: tuple[object, ...]
) -> None:
    """Ctrl-C ends the row; SIGKILL leaves it begun. Nothing of compose goes on."""
    slow = container(["sh", "-c", "trap '' TERM; sleep 98 & wait; sleep 98"], stop_signal="SIGTERM")
    up.write({**SERVICES, "alpha": slow})
    up.compose("up", "-d")
    with up.ops.start(*RESTART, "--service", "one", "--yes", "--db", str(db)) as running:
        wait_until(lambda: up.cell.answers("pgrep", "-f", "compose restart"), "compose to begin")
        running.send(number)
        assert running.end()[0] == code
    assert [found[1:] for found in rows(db)] == [row]
    wait_until(lambda: not up.cell.answers("pgrep", "-f", "compose restart"), "its end")


def test_sudo_is_used_where_it_helps(up: Project, db: Path) -> None:
    """As a look does: straight where the engine may be read so, else by sudo."""
    services = {"one": {"vm": HOST, "container": "itsmedia_alpha_1"}}
    host = {"addresses": ["192.0.2.209"], "compose_path": FOLDER, "ssh_user": "sudoer"}

    def change(bindings: Document) -> None:
        bindings.clear()
        bindings |= {"version": 1, "hosts": {HOST: host}, "services": services}
        bindings["defaults"] = {"compose_command": "docker-compose"}

    done = rebound(up.ops, "sudo", change)(
        *RESTART, "--service", "one", "--yes", "--json", "--db", str(db)
    )
    assert done.returncode == 0, done.stderr + done.stdout
    [told] = document(done.stdout)["data"]["hosts"]
    assert told["commands"] == ["sudo -n docker-compose restart alpha"]


def test_what_it_did_is_named_as_the_cause(up: Project, db: Path) -> None:
    """A look after it tells restarts, not outages, and by what."""
    history = ("--db", str(db))
    up.ops("media.status", *history)
    assert up.ops(*RESTART, "--yes", *history).returncode == 0
    told = json.loads(up.ops("media.status", "--json", *history).stdout)
    events = {it["name"]: (it["now"], it["detail"]) for it in told["data"]["changes"]["events"]}
    by = "by `media.stack.restart`"
    assert events["one"] == events["beta"] == ("restarted", by)
    shown = " ".join(up.ops("media.status", "--since", "1h", *history).stdout.split())
    assert "one restarted by `media.stack.restart`" in shown
    looked = time.time()
    wait_until(lambda: time.time() >= looked + 1, "the next second")  # a window ends before its end
    back = up.ops("media.status", "--history", "1h", "--json", *history)
    assert json.dumps(by) in back.stdout
