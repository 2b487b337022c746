"""media.status --history as a process: its options, its exit codes, and what it loads."""

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from store.stacks import container, look, service, up

from recorder.model import ImportCount, ImportedTitle, ImportState, ServiceState
from recorder.store.engine import opened
from recorder.store.record import record

from .test_command import ROOT, ops

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NOW = datetime.now(UTC).replace(microsecond=0)
THREE_FORMS = "--json, --csv and --md are three forms of one answer: choose one"
BACK = "--history looks back: leave out --at, --since, --watch, --no-record"
NO_SPAN = (
    '"soon" is no span of time; say 24h, 7d, 1y, yesterday, 2026-02-10 or 2026-01-01..2026-02-01'
)
BINDINGS = """
hosts: {vm: {addresses: [192.0.2.209]}, nas: {addresses: [192.0.2.5]}}
services: {radarr: {vm: vm}, sonarr: {vm: vm}}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bindings, and an hour of looks: radarr ended, a container came and went."""
    folder = tmp_path_factory.mktemp("home")
    bindings = folder / "ops" / "bindings"
    bindings.mkdir(parents=True)
    (bindings / "media.services.yaml").write_text(BINDINGS)
    ended = replace(service(), state=ServiceState.EXITED, exit_code=137)
    with opened(folder / "history.db") as engine:
        for minute in range(0, 60, 5):
            parts = [ended if minute >= 40 else service()]
            if 10 <= minute < 30:
                parts.append(container("web-1", container="web"))
            taken = look(hosts=(up(),), services=tuple(parts))
            record(engine, replace(taken, taken_at=NOW - (60 - minute) * MINUTE))
    return folder


def back(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = str(home / "history.db")
    return ops("media.status", "--history", *arguments, "--db", path, cwd=str(home))


def test_it_asks_no_host_and_exits_0_whatever_was(home: Path) -> None:
    """It looks back: what is wrong in the past is no verdict on now."""
    done = back(home, "2h")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("MEDIA STACK HISTORY")
    assert "✗ STILL DOWN: radarr" in done.stdout


def test_what_the_newest_look_was_the_first_to_see_is_still_down(tmp_path: Path) -> None:
    """Killed since the look before: an outage of no seconds yet, on the screen and in all forms."""
    ended = replace(service(), state=ServiceState.EXITED, exit_code=137)
    with opened(tmp_path / "history.db") as engine:
        for minutes, radarr in ((11, service()), (6, service()), (1, ended)):
            taken = look(hosts=(up(),), services=(radarr, service("sonarr")))
            record(engine, replace(taken, taken_at=NOW - minutes * MINUTE))
    shown = back(tmp_path, "1h").stdout
    assert "✗ STILL DOWN: radarr since" in shown
    assert "└ exited (137) since" in shown
    assert "1 service was well throughout" in shown
    told = json.loads(back(tmp_path, "1h", "--json").stdout)
    radarr = next(it for it in told["data"]["things"] if it["kind"] == "service")
    at = (NOW - MINUTE).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (told["status"], radarr["name"], radarr["down_sec"]) == ("warn", "radarr", 0)
    assert radarr["outages"] == [
        {
            "from": at,
            "until": at,
            "seconds": 0,
            "before": False,
            "lasting": True,
            "states": ["exited (137)"],
        }
    ]
    rows = [*csv.DictReader(io.StringIO(back(tmp_path, "1h", "--csv").stdout))]
    row = next(row for row in rows if row["name"] == "radarr" and row["kind"] == "service")
    assert (row["standing"], row["outage_count"], row["longest_outage_sec"]) == ("down", "1", "0")
    assert "| radarr | 100% | 1 | 0 s | 0 | 1 |" in back(tmp_path, "1h", "--md").stdout


def test_imports_are_told_of_the_whole_window_asked_for(tmp_path: Path) -> None:
    """Apps tell of days before the first look; what was seen is told from that look on."""
    titles = [ImportedTitle(NOW - days * DAY, "a film", days) for days in (0, 3, 6, 9)]
    told = ImportCount("radarr", "movie", ImportState.OK, 1, titles=tuple(titles))
    with opened(tmp_path / "history.db") as engine:
        record(engine, replace(look(imports=(told,)), taken_at=NOW - MINUTE))
    document = json.loads(back(tmp_path, "7d", "--json").stdout)["data"]
    days = document["imports"]["days"]
    assert [day["counts"]["radarr"] for day in days] == [1, 0, 0, 1, 0, 0, 1]


def test_it_loads_neither_ssh_nor_bindings(home: Path) -> None:
    """The history alone is read; as JSON nothing is drawn either."""
    heavy = {"paramiko", "alembic", "yaml", "recorder.collect"}
    for options, unwanted in ((["2h"], heavy), (["2h", "--json"], heavy | {"rich"})):
        arguments = ["ops", "media.status", "--history", *options, "--db", str(home / "history.db")]
        program = (
            f"import atexit, sys; sys.argv = {arguments!r}\n"
            f"heavy = lambda: print(sorted({unwanted!r} & set(sys.modules)), file=sys.stderr)\n"
            "atexit.register(heavy)\n"
            "from recorder.cli import main\n"
            "main()\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT
        )
        assert (done.returncode, done.stderr) == (0, "[]\n")


def test_a_retired_service_is_still_known_by_its_name(home: Path) -> None:
    """By its own and by its container's; nothing else is shown but its host."""
    for name in ("web-1", "web"):
        told = json.loads(back(home, "2h", "--service", name, "--json").stdout)["data"]["things"]
        assert [(it["kind"], it["name"], it["standing"]) for it in told] == [
            ("host", "vm", "well"),
            ("service", "web-1", "gone"),
        ]
        assert (told[1]["well_sec"], told[1]["down_sec"]) == (20 * 60, 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["2h", "--host", "mv"], 'ops: no host "mv" (did you mean "vm"?)\n'),
        (["2h", "--service", "radar"], 'ops: no service "radar" (did you mean "radarr"?)\n'),
        (["2h", "--json", "--csv"], f"ops: {THREE_FORMS}\n"),
        (["2h", "--at", "1h"], f"ops: {BACK}\n"),
        (["soon"], f"ops: {NO_SPAN}\n"),
    ],
)
def test_a_mistake_is_a_line_and_exit_code_2(home: Path, arguments: list[str], said: str) -> None:
    """Unknown to the bindings and to the history, or not to be had together."""
    done = back(home, *arguments)
    assert (done.returncode, done.stderr, done.stdout) == (2, said, "")


def test_its_options_are_no_use_without_it(home: Path) -> None:
    """--csv and --md say so instead of being passed over."""
    done = ops("media.status", "--csv", cwd=str(home))
    assert (done.returncode, done.stderr) == (2, "ops: --csv and --md go with --history\n")


def test_what_is_bound_and_was_never_recorded_is_said_so(home: Path) -> None:
    """A host that was bound just now is no mistake."""
    done = back(home, "2h", "--host", "nas")
    assert done.returncode == 0
    assert "nothing is recorded of nas yet" in done.stdout
    done = back(home, "2h", "--service", "sonarr", "--json")
    assert json.loads(done.stdout)["data"]["notes"] == ["nothing is recorded of sonarr yet"]


def test_what_was_not_there_in_the_window_is_said_so(home: Path) -> None:
    """Or that nothing was down would be said of it. What was not asked for is not told."""
    gone = "web-1 on vm was not there in this time"
    done = back(home, "20m", "--service", "web-1")
    assert f"\N{MIDDLE DOT} {gone}" in done.stdout
    for options, notes in ((["20m", "--service", "web-1"], [gone]), (["20m"], []), (["2h"], [])):
        assert json.loads(back(home, *options, "--json").stdout)["data"]["notes"] == notes


def test_where_nothing_is_recorded_there_is_nothing_to_look_back_on(tmp_path: Path) -> None:
    """Exit code 3, with what to type; no file is made."""
    done = back(tmp_path, "7d")
    assert (done.returncode, done.stdout) == (3, "")
    path = tmp_path / "history.db"
    said = f"ops: nothing is recorded in {path} yet; `ops media.status --db {path}` records\n"
    assert done.stderr == said
    assert not path.exists()
    with opened(path):
        pass
    for done in (back(tmp_path, "7d"), ops("media.diff", "latest", "1h", "--db", str(path))):
        assert (done.returncode, done.stderr) == (3, said)


def test_a_sheet_has_a_line_a_thing(home: Path) -> None:
    """CSV with a header; in Markdown the tables people paste."""
    rows = [*csv.DictReader(io.StringIO(back(home, "2h", "--csv").stdout))]
    assert [(row["kind"], row["name"]) for row in rows] == [
        ("host", "vm"),
        ("service", "radarr"),
        ("service", "web-1"),
        ("endpoint", "radarr"),
        ("mount", "/mnt/media"),
    ]
    page = back(home, "2h", "--md").stdout
    assert "| radarr | 72.72% | 1 | 15m | 0 | 1 |" in page
