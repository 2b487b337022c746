"""What was before the first look, and what was missed: on this machine, apps on loopback."""

import contextlib
import json
import os
import pty
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from realhosts import ArrServer

ROOT = Path(__file__).resolve().parents[2]
KEY = "0123456789abcdef0123456789abcdef"
APPS = ("radarr", "sonarr", "lidarr")
DAY = timedelta(days=1)
NOW = datetime.now(UTC).replace(microsecond=0)
BOOT = NOW - 360 * DAY  # longer ago than this machine's own
JOURNAL = """#!/bin/sh
echo asked >>"$ASKED"
echo '-1 4b5e8f00aa11bb22cc33dd44ee55ff66 Thu {boot} UTC Sun 2026-01-18 03:12:01 UTC'
"""
ENGINE = """#!/bin/sh
case $1 in
    ps) printf '%064x\\n' 7 ;;
    inspect) printf '{"name":"/batch","state":"exited","exit_code":137,"restarts":0,' &&
        printf '"created":"2024-01-10T10:00:00Z","started":"2024-01-10T10:00:01Z",' &&
        printf '"finished":"2024-01-10T11:00:00Z"}\\n' ;;
esac
"""


class Home:
    """This machine as a stack with three apps, and a history of its own."""

    def __init__(self, folder: Path, servers: dict[str, ArrServer]) -> None:
        self.folder = folder
        self.servers = servers
        self.history = folder / "state" / "history.db"
        self.asked = folder / "asked"
        for name in ("bin", "ops/bindings"):
            (folder / name).mkdir(parents=True)
        boot = f"{BOOT:%Y-%m-%d %H:%M:%S}"
        for name, text in (("journalctl", JOURNAL.replace("{boot}", boot)), ("docker", ENGINE)):
            (folder / "bin" / name).write_text(text)
            (folder / "bin" / name).chmod(0o755)
        services = {
            name: {"vm": "here", "port": server.server_port, "health": None, "status": "parked"}
            for name, server in servers.items()
        }
        bindings = {
            "version": 1,
            "hosts": {"here": {"connect": "local"}},
            "services": services,
            "imports": {name: {"api_key": {"env": "KEY"}} for name in servers},
        }
        path = folder / "ops" / "bindings" / "media.services.yaml"
        path.write_text(json.dumps(bindings))

    def environ(self) -> dict[str, str]:
        return {
            "PATH": f"{self.folder}/bin:/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "HOME": str(self.folder),
            "MEDIA_RECORDER_DB": str(self.history),
            "ASKED": str(self.asked),
            "KEY": KEY,
        }

    def ops(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", "recorder", *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env=self.environ(),
        )

    def look(self, *options: str) -> dict[str, object]:
        done = self.ops("media.status", "--json", *options)
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)["data"]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with contextlib.closing(sqlite3.connect(self.history)) as db:
            return db.execute(query).fetchall()

    def titles(self) -> list[tuple[object, ...]]:
        """Every import there is: its app, its title."""
        return self.rows(
            "SELECT name, title FROM import_event JOIN entity ON entity.id = entity_id "
            "ORDER BY name, ts, event_id"
        )

    def ends_ago(self, ago: timedelta) -> None:
        """Make the history one whose newest look was so long ago, by what it knows of the apps."""
        until = int((NOW - ago).timestamp())
        with contextlib.closing(sqlite3.connect(self.history)) as db:
            db.execute("DELETE FROM import_event WHERE ts > ?", (until,))
            db.execute(
                "UPDATE told_until SET ts = ? "
                "WHERE entity_id IN (SELECT id FROM entity WHERE kind = 'import')",
                (until,),
            )
            db.commit()

    def failed_ago(self, ago: timedelta) -> None:
        """Make what would not tell one that was asked so long ago for the last time."""
        ts = int((NOW - ago).timestamp())
        with contextlib.closing(sqlite3.connect(self.history)) as db:
            db.execute(
                "UPDATE meta SET value = min(CAST(value AS INTEGER), :ts) || ' ' || :ts "
                "WHERE key LIKE 'asked_in_vain:%'",
                {"ts": ts},
            )
            db.commit()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with contextlib.ExitStack() as servers:
        yield Home(
            tmp_path,
            {app: servers.enter_context(ArrServer(app, api_key=KEY)) for app in APPS},
        )


def _pages_asked(home: Home) -> dict[str, int]:
    return {
        app: sum("/history?" in request for request in server.requests)
        for app, server in home.servers.items()
    }


def test_the_first_run_has_a_past(home: Home) -> None:
    """Boots, the pasts of containers, and thirty days of imports; the count is of today alone."""
    for server in home.servers.values():
        for days in (31, 29, 3):
            server.history.add(f"{days} days ago", NOW - days * DAY)
        server.history.add("now", NOW)
    data = home.look()
    assert data["changes"]["events"] == []
    assert {app: said["count"] for app, said in data["imports"].items()} == dict.fromkeys(APPS, 1)
    assert home.titles() == [
        (app, title) for app in sorted(APPS) for title in ("29 days ago", "3 days ago", "now")
    ]
    known = home.rows("SELECT kind, name, what, detail, source FROM known_before ORDER BY at_ts")
    assert [one for one in known if one[-1] != "uptime"] == [
        ("service", "batch", "created", None, "engine"),
        ("service", "batch", "started", None, "engine"),
        ("service", "batch", "finished", "exit code 137", "engine"),
        ("host", "here", "booted", None, "journal"),
    ]
    assert home.rows("SELECT ts FROM prior_boot") == [(int(BOOT.timestamp()),)]
    assert home.ops("media.status", "--at", "yesterday").returncode == 3


def test_a_window_from_before_the_first_look_shows_what_hosts_told(home: Home) -> None:
    """Marked as told; it counts for nothing, and a window that begins later is without it."""
    home.look()
    home.look()
    long_ago = home.ops("media.status", "--history", "2024-01-01..now", "--json")
    data = json.loads(long_ago.stdout)["data"]
    told = [(it["at"], it["name"], it["what"], it["source"]) for it in data["told_before"]]
    assert [it for it in told if it[3] != "uptime"] == [
        (f"{BOOT:%Y-%m-%dT%H:%M:%SZ}", "here", "booted", "journal"),
        ("2024-01-10T11:00:00Z", "batch", "finished", "engine"),
        ("2024-01-10T10:00:01Z", "batch", "started", "engine"),
        ("2024-01-10T10:00:00Z", "batch", "created", "engine"),
    ]
    assert data["window"]["from"] == data["coverage"]["recorded_from"]
    assert data["events"] == []
    shown = home.ops("media.status", "--history", "2024-01-01..2024-06-01", "--host", "here").stdout
    assert "here: batch finished (exit code 137, by its engine)" in shown
    assert "nobody looked in this time" in shown
    later = home.ops("media.status", "--history", "2024-06-01..2024-07-01", "--json")
    assert json.loads(later.stdout)["data"]["told_before"] == []


def test_the_same_run_twice_adds_nothing_and_asks_nobody_again(home: Home) -> None:
    """Once it is known it costs a look nothing more."""
    home.servers["sonarr"].history.add("3 days ago", NOW - 3 * DAY)
    home.look()
    first = (home.titles(), home.asked.read_text(), _pages_asked(home))
    assert first == ([("sonarr", "3 days ago")], "asked\n", dict.fromkeys(APPS, 1))
    home.look()
    home.ops("media.snapshot")
    assert (home.titles(), home.asked.read_text(), _pages_asked(home)) == first


def test_a_break_of_three_days_is_filled_in(home: Home) -> None:
    """By the next run, a schedule's too, and from where it began."""
    home.look()
    home.ends_ago(3 * DAY)
    radarr = home.servers["radarr"].history
    for hours in (71, 50, 1):
        radarr.add(f"{hours} hours ago", NOW - timedelta(hours=hours))
    radarr.add("known before", NOW - 20 * DAY)
    done = home.ops("media.snapshot")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert home.titles() == [("radarr", f"{hours} hours ago") for hours in (71, 50, 1)]


def test_an_app_that_was_down_is_filled_in_when_it_is_back(home: Home) -> None:
    """A run that can't ask it records the rest."""
    home.servers["lidarr"].history.add("3 days ago", NOW - 3 * DAY)
    home.servers["lidarr"].api_key = "another"
    done = home.ops("media.status", "--json")
    assert json.loads(done.stdout)["data"]["imports"]["lidarr"]["reason"] == "auth_failed"
    assert home.titles() == []
    home.servers["lidarr"].api_key = KEY
    home.look()
    assert home.titles() == [("lidarr", "3 days ago")]


def test_an_app_that_keeps_its_pages_is_left_alone_a_while(home: Home) -> None:
    """It answers every look, and not every look asks it for what it would not tell."""
    sonarr = home.servers["sonarr"]
    sonarr.history.add("3 days ago", NOW - 3 * DAY)
    sonarr.pages = HTTPStatus.INTERNAL_SERVER_ERROR
    home.look()
    home.look()
    assert (home.titles(), _pages_asked(home)) == ([], dict.fromkeys(APPS, 1))
    home.failed_ago(timedelta(minutes=11))
    home.look()
    assert _pages_asked(home)["sonarr"] == 2
    sonarr.pages = HTTPStatus.OK
    home.look()
    assert home.titles() == []
    home.failed_ago(timedelta(minutes=20))
    home.look()
    assert home.titles() == [("sonarr", "3 days ago")]
    assert home.rows("SELECT key FROM meta WHERE key LIKE 'asked_in_vain%'") == []


def test_a_person_is_told_what_the_prompt_waits_for(home: Home) -> None:
    """At a terminal, in one line, when it takes over a second; once the picture is shown."""
    home.servers["radarr"].pages_free.clear()
    terminal, end = pty.openpty()
    command = [sys.executable, "-P", "-m", "recorder", "media.snapshot"]
    with subprocess.Popen(
        command, cwd=home.folder, env=home.environ(), stdout=subprocess.DEVNULL, stderr=end
    ) as looking:
        os.close(end)
        said = ""
        while "..." not in said:
            said += os.read(terminal, 4096).decode()
        home.servers["radarr"].pages_free.set()
        assert looking.wait() == 0
    os.close(terminal)
    assert said.splitlines()[-1] == "taking in the imports of the last 30 days ..."


@pytest.mark.parametrize("options", [("--no-record",), ("--host", "here")])
def test_a_look_that_is_not_recorded_takes_nothing_in(home: Home, options: tuple[str, ...]) -> None:
    """Neither a part of the stack, nor a look that leaves the history as it is."""
    home.look(*options)
    assert (home.history.exists(), home.asked.exists()) == (False, False)
    assert _pages_asked(home) == dict.fromkeys(APPS, 0)


def test_the_picture_is_there_before_anyone_is_asked_again(home: Home) -> None:
    """What is before waits for the screen, not the screen for it."""
    hold = home.folder / "hold"
    os.mkfifo(hold)
    (home.folder / "bin" / "journalctl").write_text(f"#!/bin/sh\nexec cat {hold} >/dev/null\n")
    command = [sys.executable, "-P", "-m", "recorder", "media.status", "--json"]
    with subprocess.Popen(
        command, cwd=home.folder, env=home.environ(), stdout=subprocess.PIPE
    ) as looking:
        assert looking.stdout
        with hold.open("w") as still:  # from here on the host is being asked
            shown = os.read(looking.stdout.fileno(), 1 << 20)
            still.write("it still is, or this fails")
        assert json.loads(shown)["data"]["snapshot"]["recorded"] is True


def test_a_history_that_fails_by_then_is_told_and_no_more(home: Home) -> None:
    """The look is recorded and its exit code stands; what was before is asked for again."""
    home.look("--no-record")
    locked = "from recorder.store import told\nfrom recorder.errors import StoreError\n"
    program = (
        f"{locked}def full(*_): raise StoreError('no space left')\ntold.take_in = full\n"
        "import sys; sys.argv = ['ops', 'media.snapshot']\n"
        "from recorder.cli import main\nmain()\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=home.folder,
        env=home.environ(),
    )
    assert (done.returncode, done.stderr) == (
        0,
        "ops: what was before is not recorded: no space left\n",
    )
    home.look()
    assert _pages_asked(home) == dict.fromkeys(APPS, 2)
