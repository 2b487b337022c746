"""The history asked, copied, mended and taken out, on files that real looks recorded."""

import contextlib
import csv
import io
import json
import os
import pty
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from store import freeze

from recorder.capabilities.history.backup import KEEP
from recorder.capabilities.history.carrying import carry_out
from recorder.capabilities.history.upgrade import command as upgrade
from recorder.errors import ActionError, ExitCode
from recorder.store import backup, migrate
from recorder.store.census import growth
from recorder.store.connection import connect
from recorder.store.lock import one_look
from recorder.store.noise import restarts_by_day

from .test_recording import ROOT, Machine

PAGE = 4096
DAY = 86400


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history of three looks: radarr exited, sonarr came."""
    made = Machine(tmp_path_factory.mktemp("recorded"))
    made.runs(radarr="running")
    made.status()
    made.runs(radarr="exited")
    made.status()
    made.runs(radarr="exited", sonarr="running")
    made.status()
    return made.history


@pytest.fixture
def machine(tmp_path: Path, recorded: Path) -> Machine:
    """A machine with that history, and what it ran at the end of it."""
    made = Machine(tmp_path)
    made.runs(radarr="exited", sonarr="running")
    shutil.copytree(recorded.parent, made.history.parent)
    return made


def told(machine: Machine, capability: str) -> dict[str, object]:
    """A document, held against its schema."""
    document = json.loads(machine.ops(capability, "--json").stdout)
    schema = json.loads((ROOT / "docs" / "schema" / f"{capability}.json").read_text())
    assert [*Draft202012Validator(schema).iter_errors(document)] == []
    return document


def ask(path: Path, query: str) -> list[tuple[object, ...]]:
    """What a file says."""
    with contextlib.closing(connect(path)) as connection:
        return connection.execute(query).fetchall()


def change(path: Path, *statements: str, **values: int) -> None:
    """Change a file behind the program's back."""
    with contextlib.closing(connect(path)) as connection:
        for statement in statements:
            connection.execute(statement, values)


def number(path: Path, query: str) -> int:
    """One whole number from a file."""
    return int(str(ask(path, query)[0][0]))


def damage(path: Path) -> None:
    """Overwrite a page of a table's rows."""
    change(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    page = number(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'service_span'")
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\xff" * PAGE)


def copies(machine: Machine) -> list[Path]:
    return sorted(machine.history.with_name("history.db.backups").glob("*"))


def contents(machine: Machine) -> dict[str, bytes]:
    """Every file of the history, byte for byte, but for the lock's and those of its readers."""
    return {
        str(file): file.read_bytes()
        for file in sorted(machine.history.parent.rglob("*"))
        if file.is_file() and not file.name.endswith((".lock", "-shm", "-wal"))
    }


def test_info_counts_what_is_there(machine: Machine) -> None:
    """Things and spans by kind, looks, and no growth from less than a day."""
    document = told(machine, "media.history.info")
    data = document["data"]
    services = next(one for one in data["things"] if one["kind"] == "service")
    assert services == {"kind": "service", "now": 2, "ever": 2, "spans": 3}
    assert data["coverage"]["all"]["snapshots"] == data["coverage"]["window"]["snapshots"] == 3
    assert data["tables"][-1] == {"name": "snapshot", "rows": 3, "kept_days": 30}
    assert data["schema"]["revision"] == migrate.HEAD
    assert data["growth"]["reason"] == "less than a day is recorded"
    assert (document["status"], data["backups"]) == ("warn", [])
    machine.ops("media.history.backup")
    document = told(machine, "media.history.info")
    assert (document["status"], len(document["data"]["backups"])) == ("ok", 1)


def test_info_is_one_screen(machine: Machine) -> None:
    """Without --json it is boxes, in ASCII where that is asked for."""
    shown = machine.ops("media.history.info", "--ascii")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert [line[3:].split()[0] for line in shown.stdout.splitlines() if line[:3] == "+- "] == [
        "HISTORY",
        "HOLDS",
        "COVERAGE",
    ]
    assert shown.stdout.isascii()


def test_info_names_what_is_noisy_and_what_crashes_all_day(machine: Machine) -> None:
    """Most spans first; a crash loop is one span, and named all the same."""
    change(
        machine.history,
        "UPDATE coverage SET last_ts = first_ts + 2 * 86400",
        "INSERT INTO series (entity_id, metric) "
        "SELECT id, 'restart_count' FROM entity WHERE name = 'radarr'",
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 100) "
        "INSERT INTO sample SELECT first_ts + n * 60, id, n FROM t, coverage, series "
        "WHERE metric = 'restart_count'",
    )
    data = told(machine, "media.history.info")["data"]
    [loop] = data["crash_loops"]
    assert (loop["name"], loop["restarts"], loop["lasting"]) == ("radarr", 99, False)
    assert "crash loop: 99 restarts" in " ".join(machine.ops("media.history.info").stdout.split())


def test_restarts_are_counted_by_day_over_a_fall_to_zero() -> None:
    """A container made anew begins to count again."""
    counts = [(DAY, 5), (DAY + 60, 7), (2 * DAY, 9), (2 * DAY + 60, 1), (2 * DAY + 120, 2)]
    assert restarts_by_day(counts) == {DAY: 2, 2 * DAY: 4}


def test_growth_is_what_is_kept_not_what_comes() -> None:
    """What is kept 30 days adds nothing after 30; what stays for ever adds each day."""
    old = growth({"sample": 1000, "rollup_day": 0, "span": 0}, 1 << 20, 400.0)
    assert (old.bytes_a_year, old.measured_days) == (0, 400)
    steady = growth({"sample": 0, "span": 1000}, 365 << 10, 365.0)
    assert steady.bytes_a_year == 365 << 10
    assert growth({"sample": 1}, 1, 0.9).bytes_a_year is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["info"],
        ["check"],
        ["backup"],
        ["upgrade"],
        ["prune", "--yes"],
        ["repair", "--salvage", "--yes"],
        ["repair", "--drop-after", "1h", "--yes"],
        ["restore", "--yes"],
        ["export", "spans"],
    ],
    ids=" ".join,
)
def test_where_nothing_is_recorded_that_is_said_and_nothing_made(
    tmp_path: Path, arguments: list[str]
) -> None:
    """One line and exit code 3; no file comes to be by asking."""
    machine = Machine(tmp_path)
    name, *options = arguments
    done = machine.ops(f"media.history.{name}", *options)
    assert (done.returncode, len(done.stderr.splitlines())) == (3, 1)
    assert "nothing is recorded" in done.stderr or "there is no backup" in done.stderr
    assert not machine.history.exists()


def test_a_whole_history_is_found_whole(machine: Machine) -> None:
    """Exit code 0, and the file as it was."""
    before = contents(machine)
    done = machine.ops("media.history.check")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"✓ {machine.history} is whole\n", "")
    assert told(machine, "media.history.check")["status"] == "ok"
    assert contents(machine) == before


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "UPDATE service_span SET last_ts = last_ts + 99 WHERE last_ts IS NOT NULL",
            "overlaps the one before",
        ),
        ("UPDATE entity SET retired_ts = 1 WHERE kind = 'host'", "is no more, and has an open"),
        ("UPDATE coverage SET last_ts = first_ts", "lies in no stretch of snapshots"),
        (
            "INSERT INTO coverage SELECT first_ts + 1, last_ts + 9, 1 FROM coverage",
            "overlaps the one before",
        ),
    ],
)
def test_a_history_that_breaks_a_rule_is_found_out(
    machine: Machine, statement: str, fault: str
) -> None:
    """Exit code 1 for what no constraint of SQLite can hold."""
    change(machine.history, statement)
    done = machine.ops("media.history.check")
    assert (done.returncode, done.stderr) == (1, "")
    assert fault in " ".join(done.stdout.split())


def test_damage_is_found_with_the_way_out(machine: Machine) -> None:
    """Exit code 1, the last verified backup and what to type; the document says the same."""
    machine.ops("media.history.backup")
    [copy] = copies(machine)
    damage(machine.history)
    done = machine.ops("media.history.check")
    assert done.returncode == 1
    assert f"`ops media.history.restore {copy.name}`" in " ".join(done.stdout.split())
    assert told(machine, "media.history.check")["status"] == "fail"
    machine.history.write_bytes(b"")
    assert machine.ops("media.history.check").returncode == 1


def test_what_a_newer_program_made_is_not_checked_as_ours(machine: Machine) -> None:
    """Exit code 3 and the version to install; it is no damage."""
    change(machine.history, "UPDATE alembic_version SET version_num = '9999'")
    done = machine.ops("media.history.check")
    assert (done.returncode, done.stdout) == (3, "")
    assert "was made by a newer media-recorder" in done.stderr


def test_a_backup_is_printed_whole_and_rotated(machine: Machine) -> None:
    """Path and size; as many are kept as asked for, the newest."""
    folder = machine.history.with_name("history.db.backups")
    folder.mkdir()
    for day in range(1, 10):
        (folder / f"2020010{day}T000000Z.db").write_bytes(b"old")
    done = machine.ops("media.history.backup", "--keep", "3")
    newest = copies(machine)[-1]
    size = f"{newest.stat().st_size / 1024:.0f}K"
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{newest}  {size}\n", "")
    assert [copy.name for copy in copies(machine)[:-1]] == [
        "20200108T000000Z.db",
        "20200109T000000Z.db",
    ]
    assert ask(newest, "SELECT count(*) FROM snapshot") == [(3,)]
    assert told(machine, "media.history.backup")["data"]["kept"] in (3, 4)
    assert backup.KEEP == KEEP


def test_a_backup_that_is_not_good_replaces_none(machine: Machine) -> None:
    """Exit code 3, and every older copy still there."""
    folder = machine.history.with_name("history.db.backups")
    folder.mkdir()
    for day in range(1, 10):
        (folder / f"2020010{day}T000000Z.db").write_bytes(b"old")
    before = copies(machine)
    damage(machine.history)
    done = machine.ops("media.history.backup")
    assert (done.returncode, done.stdout) == (3, "")
    assert "is damaged" in done.stderr
    assert copies(machine) == before


CHANGES = [
    ["restore"],
    ["prune"],
    ["repair", "--drop-after", "2020-01-01"],
    ["repair", "--salvage"],
]


@pytest.mark.parametrize("arguments", CHANGES, ids=" ".join)
def test_nothing_is_changed_that_nobody_agreed_to(machine: Machine, arguments: list[str]) -> None:
    """Without a terminal and without --yes the plan is shown, the files stay, exit code 2."""
    machine.ops("media.history.backup")
    before = contents(machine)
    name, *options = arguments
    done = machine.ops(f"media.history.{name}", *options)
    assert done.returncode == 2
    assert done.stderr == "ops: nothing was changed; to do it, add --yes\n"
    assert done.stdout.startswith("┌─ ")
    assert contents(machine) == before


@pytest.mark.parametrize(("answer", "code", "done"), [("y", 0, True), ("n", 2, False)])
def test_a_person_is_asked_at_the_terminal(
    machine: Machine,
    answer: str,
    code: int,
    done: bool,  # noqa: FBT001
) -> None:
    """A yes does it; anything else changes nothing."""
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "recorder", "media.history.prune"],
        cwd=machine.folder,
        env=machine.environ(TERM="dumb"),
        stdin=end,
        stdout=subprocess.PIPE,
        stderr=end,
        text=True,
    )
    os.close(end)
    os.write(terminal, f"{answer}\n".encode())
    output, _ = process.communicate(timeout=60)
    asked = os.read(terminal, 4096).decode()
    os.close(terminal)
    assert process.returncode == code, asked
    assert "Do it? [y/N]" in asked
    assert ("nothing was past its time" in output) is done
    assert ask(machine.history, "SELECT count(*) FROM action") == [(int(done),)]


def test_a_restored_history_is_the_backup_and_the_old_one_is_kept(machine: Machine) -> None:
    """The newest copy where none is named; what was done is noted in the history."""
    machine.ops("media.history.backup")
    machine.runs(radarr="running", sonarr="running", lidarr="running")
    machine.status()
    done = machine.ops("media.history.restore", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert "is then only in the old file" in " ".join(
        word for word in done.stdout.split() if word != "│"
    )
    [aside] = machine.history.parent.glob("history.db.replaced-*Z")
    assert str(aside) in done.stdout
    assert ask(machine.history, "SELECT count(*) FROM snapshot") == [(3,)]
    assert ask(aside, "SELECT count(*) FROM snapshot") == [(4,)]
    assert ask(machine.history, "SELECT capability, arguments, exit_code FROM action") == [
        ("media.history.restore", "--yes", 0)
    ]
    assert machine.status()["snapshot"]["recorded"] is True
    assert machine.ops("media.history.check").returncode == 0


def test_a_damaged_history_is_replaced_by_a_file_named_as_it_lies(machine: Machine) -> None:
    """A path from the folder one is in; the damaged file is kept aside, untouched."""
    machine.ops("media.history.backup")
    copies(machine)[0].rename(machine.folder / "mine.db")
    damage(machine.history)
    broken = machine.history.read_bytes()
    done = machine.ops("media.history.restore", "mine.db", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    [aside] = machine.history.parent.glob("history.db.replaced-*Z")
    assert aside.read_bytes() == broken
    assert machine.ops("media.history.check").returncode == 0


def test_a_backup_there_is_not_is_told_with_those_there_are(machine: Machine) -> None:
    """One line, and nothing changed."""
    machine.ops("media.history.backup")
    done = machine.ops("media.history.restore", "tuesday.db", "--yes")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"ops: no backup tuesday.db; there are: {copies(machine)[0].name}\n"


def test_what_fails_after_a_yes_exits_4(machine: Machine) -> None:
    """A damaged backup replaces nothing, and that it was tried stands in the history."""
    machine.ops("media.history.backup")
    [copy] = copies(machine)
    damage(copy)
    before = freeze.rows_of(machine.history)
    done = machine.ops("media.history.restore", "--yes")
    assert done.returncode == 4
    assert "is damaged" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    after = freeze.rows_of(machine.history)
    tried = after["action"].pop()
    assert after == before
    assert (tried["capability"], tried["exit_code"]) == ("media.history.restore", 4)
    assert "is damaged" in str(tried["note"])


def test_a_failure_is_noted_in_no_file_made_for_it(machine: Machine) -> None:
    """Where there is no history, a restore that fails leaves none."""
    machine.ops("media.history.backup")
    [copy] = copies(machine)
    damage(copy)
    machine.history.unlink()
    assert machine.ops("media.history.restore", "--yes").returncode == 4
    assert not machine.history.exists()


def test_a_change_waits_for_a_look_and_gives_up(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is changed under a look that is under way."""
    monkeypatch.setattr("recorder.capabilities.history.carrying.PATIENCE_SEC", 0.1)
    with one_look(machine.history), pytest.raises(ActionError, match="another look"):
        carry_out("media.history.prune", machine.history, pytest.fail)
    assert ActionError.exit_code is ExitCode.ACTION_FAILED


def test_a_current_history_needs_no_upgrade(machine: Machine) -> None:
    """Said in one line, without a question."""
    done = machine.ops("media.history.upgrade")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("has this program's schema; there is nothing to do\n")


NEXT = """
from alembic import op
revision, down_revision = "9999", "{head}"

def upgrade():
    op.execute("{statement}")
"""


@pytest.mark.parametrize(
    ("statement", "code"),
    [("ALTER TABLE site ADD COLUMN motto TEXT", 0), ("INSERT INTO no_such_table VALUES (1)", 4)],
)
def test_an_older_history_is_upgraded_after_a_yes(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, statement: str, code: int
) -> None:
    """A checked copy first, all of it or nothing: exit code 4 leaves it as it was, and a row."""
    folder = machine.folder / "migrations"
    subprocess.run(["cp", "-r", str(migrate.migrations()), str(folder)], check=True)
    next_one = folder / "versions" / "9999_next.py"
    next_one.write_text(NEXT.format(head=migrate.HEAD, statement=statement))
    monkeypatch.setattr(migrate, "migrations", lambda: folder)
    monkeypatch.setattr(migrate, "REVISIONS", (*migrate.REVISIONS, "9999"))
    older = migrate.HEAD
    monkeypatch.setattr(migrate, "HEAD", "9999")
    copy = machine.history.with_name("history.db.before-9999")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(upgrade, ["--db", str(machine.history), *arguments])

    def revision() -> object:
        return ask(machine.history, "SELECT version_num FROM alembic_version")[0][0]

    refused = run()
    assert str(refused.exception) == "nothing was changed; to do it, add --yes"
    assert (revision(), copy.exists()) == (older, False)
    done = run("--yes")
    assert ask(copy, "SELECT version_num FROM alembic_version") == [(older,)]
    noted = "SELECT capability, exit_code FROM action ORDER BY id DESC LIMIT 1"
    assert ask(machine.history, noted) == [("media.history.upgrade", code)]
    if code:
        assert isinstance(done.exception, ActionError)
        assert "is as it was" in str(done.exception)
        assert revision() == older
    else:
        assert f"a checked copy of it as it was is {copy}" in done.output
        assert revision() == "9999"


def test_pruning_goes_to_its_end_and_gives_space_back(machine: Machine) -> None:
    """What is past its time goes at once, rolled up first; the file gets smaller."""
    newest = number(machine.history, "SELECT max(last_ts) FROM coverage")
    change(
        machine.history,
        "BEGIN",
        "INSERT INTO coverage VALUES (:old, :old + 40000 * 200, 40000)",
        "WITH RECURSIVE t(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM t WHERE n < 39999) "
        "INSERT INTO sample SELECT :old + n * 200, min(id), n FROM t, series GROUP BY n",
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 2000) "
        "INSERT INTO snapshot SELECT :newest - n * 60, 'schedule', 1, 0, 0 FROM t",
        "CREATE TABLE large (x)",
        "INSERT INTO large VALUES (zeroblob(30000000))",
        "DROP TABLE large",
        "COMMIT",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        newest=newest,
        old=newest - 200 * DAY,
    )
    size = machine.history.stat().st_size
    done = machine.ops("media.history.prune", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert "deleted: 40,000 samples" in done.stdout
    assert "given back" in done.stdout
    assert machine.history.stat().st_size < size - 30_000_000
    assert ask(machine.history, "PRAGMA freelist_count") == [(0,)]
    assert number(machine.history, "SELECT max(n) FROM rollup_day") == 432
    assert number(machine.history, "SELECT sum(n) FROM rollup_day") >= 40_000
    assert "nothing was past its time" in machine.ops("media.history.prune", "--yes").stdout


def test_what_a_wrong_clock_recorded_is_forgotten(machine: Machine) -> None:
    """As if no look had been taken since; a verified backup has what there was."""
    at = "2030-01-01T00:00:00Z"
    change(
        machine.history,
        "INSERT INTO coverage VALUES (1893456000, 1893456060, 2)",
        "INSERT INTO snapshot VALUES (1893456000, 'schedule', 1, 0, 0)",
    )
    refused = machine.ops("media.status")
    assert refused.returncode == 3
    wrong = machine.ops("media.history.repair", "--drop-after", at, "--yes")
    assert (wrong.returncode, "has not come yet" in wrong.stderr) == (2, True)
    done = machine.ops("media.history.repair", "--drop-after", "0s", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 snapshot, 0 spans, 0 samples" in done.stdout
    assert ask(machine.history, "SELECT count(*) FROM snapshot") == [(3,)]
    assert ask(copies(machine)[0], "SELECT count(*) FROM snapshot") == [(4,)]
    assert machine.status()["snapshot"]["recorded"] is True


def test_what_to_repair_must_be_said(machine: Machine) -> None:
    """One of the two: exit code 2."""
    for options in ([], ["--salvage", "--drop-after", "1h"]):
        done = machine.ops("media.history.repair", *options, "--yes")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "ops: say what to repair: --drop-after TIME, or --salvage\n"


def test_what_damage_left_is_saved_and_used(machine: Machine) -> None:
    """The damaged file stays as it is; the new one is whole, and `restore` takes it."""
    damage(machine.history)
    broken = machine.history.read_bytes()
    done = machine.ops("media.history.repair", "--salvage", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    [saved] = machine.history.parent.glob("history.db.salvaged-*Z")
    assert "not all could be read of: service_span" in done.stdout
    assert machine.history.read_bytes() == broken
    command = done.stdout.partition("`ops ")[2].partition("`")[0].split()
    assert command == ["media.history.restore", str(saved)]
    assert machine.ops(*command, "--yes").returncode == 0
    assert ask(machine.history, "SELECT count(*) FROM snapshot") == [(3,)]
    assert machine.status()["snapshot"]["recorded"] is True
    assert machine.ops("media.history.check").returncode == 0


def rows_of(text: str) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(text, newline=""))]


def test_every_state_is_taken_out_with_its_times(machine: Machine) -> None:
    """Spans as CSV: whose, from when to when, and all a span holds."""
    done = machine.ops("media.history.export", "spans")
    assert (done.returncode, done.stderr) == (0, "")
    services = [row for row in rows_of(done.stdout) if row["kind"] == "service"]
    looks = [row[0] for row in ask(machine.history, "SELECT at FROM snapshot_log ORDER BY at")]
    assert [
        (row["name"], row["state"], row["exit_code"], row["first_seen_at"], row["last_seen_at"])
        for row in services
    ] == [
        ("radarr", "running", "", looks[0], looks[0]),
        ("radarr", "exited", "137", looks[1], ""),
        ("sonarr", "running", "", looks[2], ""),
    ]
    assert {row["image_ref"] for row in services} == {"lab/radarr:1", "lab/sonarr:1"}
    assert {row["started_at"] for row in services} == {"2026-02-16T10:00:00Z"}


def test_events_and_numbers_are_taken_out_as_lines_of_json(machine: Machine) -> None:
    """The same columns in each line, null where there is no value; --since and --until bound it."""
    looks = [str(row[0]) for row in ask(machine.history, "SELECT at FROM snapshot_log ORDER BY at")]

    def lines(*arguments: str) -> list[dict[str, object]]:
        done = machine.ops("media.history.export", *arguments, "--format", "jsonl")
        assert (done.returncode, done.stderr) == (0, "")
        return [json.loads(line) for line in done.stdout.splitlines()]

    [exited, came] = lines("events")
    assert list(exited) == ["at", "kind", "host", "name", "was", "now", "detail"]
    assert (exited["at"], exited["was"], exited["now"]) == (looks[1], "running", "exited")
    assert (came["name"], came["was"], came["now"]) == ("sonarr", None, "running")
    assert lines("events", "--until", looks[1]) == [exited]
    assert lines("events", "--since", looks[2]) == [came]
    numbers = lines("samples", "--until", looks[0])
    assert numbers
    assert {number["at"] for number in numbers} == {looks[0]}
    assert list(numbers[0]) == ["at", "kind", "host", "name", "metric", "value"]
    assert lines("samples", "--step", "day") == []


def test_a_file_is_written_whole_and_overwritten_only_when_forced(machine: Machine) -> None:
    """Its owner's alone, as the history is; nothing half written is left."""
    target = machine.folder / "out" / "spans.csv"
    missing = machine.ops("media.history.export", "spans", "--to", str(target))
    assert (missing.returncode, "No such file" in missing.stderr) == (2, True)
    target.parent.mkdir()
    written = machine.ops("media.history.export", "spans", "--to", str(target))
    assert (written.returncode, written.stdout, written.stderr) == (0, "", "")
    assert target.stat().st_mode & 0o777 == 0o600
    assert target.read_text() == machine.ops("media.history.export", "spans").stdout
    again = machine.ops("media.history.export", "events", "--to", str(target))
    assert (again.returncode, "add --force" in again.stderr) == (2, True)
    assert (
        machine.ops("media.history.export", "events", "--to", str(target), "--force").stderr == ""
    )
    assert target.read_text().startswith("at,kind,")
    damage(machine.history)
    failed = machine.ops("media.history.export", "spans", "--to", str(target), "--force")
    assert failed.returncode == 3
    assert target.read_text().startswith("at,kind,")
    assert [file.name for file in target.parent.iterdir()] == ["spans.csv"]


def test_an_export_takes_no_more_memory_for_more_rows(machine: Machine) -> None:
    """Rows are written as they are read: 300,000 of them would be over 60 MB at once."""
    target = machine.folder / "samples.csv"
    program = (
        "import atexit, resource, sys\n"
        "peak = lambda: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
        "atexit.register(peak)\n"
        "from recorder.cli import main\n"
        "sys.argv = ['ops', 'media.history.export', 'samples', '--force', '--to', "
        f"{str(target)!r}]\n"
        "main()\n"
    )

    def peak_kib() -> int:
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            cwd=machine.folder,
            env=machine.environ(),
        )
        return int(done.stdout) // (1024 if sys.platform == "darwin" else 1)

    few = peak_kib()
    change(
        machine.history,
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 300000) "
        "INSERT INTO sample SELECT n, (SELECT min(id) FROM series), n FROM t",
    )
    many = peak_kib()
    assert len(target.read_bytes().splitlines()) > 300_000
    assert many - few < 10 * 1024


def test_whoever_reads_an_export_may_leave(machine: Machine) -> None:
    """`ops media.history.export samples | head -1` ends well and says nothing."""
    change(
        machine.history,
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 100000) "
        "INSERT INTO sample SELECT n, (SELECT min(id) FROM series), n FROM t",
    )
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "recorder", "media.history.export", "samples"],
        cwd=machine.folder,
        env=machine.environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == "at,kind,host,name,metric,value\n"
        process.stdout.close()
        assert (process.stderr.read(), process.wait(timeout=60)) == ("", 0)


def test_a_reader_who_may_not_write_can_open_it_as_the_docs_say(machine: Machine) -> None:
    """`immutable=1` reads a file that nobody writes, and makes nothing beside it."""
    copy = machine.folder / "elsewhere" / "history.db"
    machine.ops("media.history.backup")
    copy.parent.mkdir()
    copies(machine)[0].rename(copy)
    copy.chmod(0o444)
    with contextlib.closing(sqlite3.connect(f"{copy.as_uri()}?immutable=1", uri=True)) as reader:
        assert reader.execute("SELECT count(*) FROM snapshot_log").fetchone() == (3,)
    assert [file.name for file in copy.parent.iterdir()] == ["history.db"]
