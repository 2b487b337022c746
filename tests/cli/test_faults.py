"""A history that can't be written: shown all the same, told in a line, nothing lost."""

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from disks import fill, small_disk
from faults.matrix import BY_KEY
from faults.proving import in_time, proves, proves_each
from faults.row import Row
from store.freeze import FROZEN, rows_of, thaw

from recorder.store.backup import check
from recorder.store.migrate import HEAD, REVISIONS

from .faults import FAULTS, FAULTS_OF_DISKS, Fault
from .test_recording import Machine

CLOCK = """
import datetime, sys, time
true, true_time, off = datetime.datetime, time.time, {off}
class Clock(true):
    @classmethod
    def now(cls, tz=None):
        return true.now(tz) + datetime.timedelta(seconds=off)
datetime.datetime = Clock
time.time = lambda: true_time() + off
from recorder.cli import main
sys.argv = ["ops", *{arguments!r}]
main()
"""
MINUTE, DAY = 60, 86400


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history of two looks and a backup of it."""
    made = Machine(tmp_path_factory.mktemp("recorded"))
    made.runs(radarr="running")
    made.status()
    made.runs(radarr="exited")
    made.status()
    assert made.ops("media.history.backup").returncode == 0
    return made.history


@pytest.fixture
def machine(tmp_path: Path, recorded: Path) -> Machine:
    """A machine with that history, and what it ran at the end of it."""
    made = Machine(tmp_path)
    made.runs(radarr="exited")
    shutil.copytree(recorded.parent, made.history.parent)
    return made


def files(machine: Machine) -> dict[str, bytes]:
    """What lies beside the history and in it, but for what its readers need: an empty log, say."""
    return {
        str(file): file.read_bytes()
        for file in sorted(machine.history.parent.rglob("*"))
        if file.is_file() and not file.name.endswith((".lock", "-shm")) and file.stat().st_size
    }


def rows(machine: Machine) -> dict[str, list[dict[str, object]]]:
    """All that is recorded; what was done to the file is another thing."""
    return {name: found for name, found in rows_of(machine.history).items() if name != "action"}


def is_told_and_loses_nothing(machine: Machine, fault: Fault) -> None:
    before = rows(machine)
    (backup,) = machine.history.with_name("history.db.backups").iterdir()
    with contextlib.ExitStack() as end:
        heal = fault.make(machine, end)
        left = files(machine)
        line = fault.line(machine, backup.name)
        with in_time(fault.row):
            looked = machine.ops("media.status")
        with in_time(fault.row):
            scheduled = machine.ops("media.snapshot")
        assert (looked.returncode, looked.stderr) == (fault.row.exit_code, f"ops: {line}\n")
        assert fault.typed.format(folder="FOLDER", backup="NAME") in fault.row.advice
        assert "radarr" in looked.stdout
        assert (scheduled.returncode, scheduled.stdout) == (3, "")
        assert scheduled.stderr == looked.stderr
        assert files(machine) == left
        machine.by = ()
        if heal is None:  # what the line says to type is what heals it
            typed = fault.typed.format(backup=backup.name).split()[1:]
            assert machine.ops(*typed, "--yes").returncode == 0
        else:
            heal()
        assert rows(machine) == before
        assert machine.status()["snapshot"]["recorded"] is True
        assert check(machine.history) == ()


@proves_each(*FAULTS)
def test_a_history_that_cannot_be_written_is_told_and_loses_nothing(
    machine: Machine, row: Row
) -> None:
    """The picture, one line to standard error with what to type, exit code 3; then it goes on."""
    is_told_and_loses_nothing(machine, FAULTS[row.key])


@proves_each(*FAULTS_OF_DISKS)
@pytest.mark.usefixtures("lab_parts")
def test_a_disk_that_cannot_hold_the_history_is_told_and_loses_nothing(
    machine: Machine, row: Row
) -> None:
    """A real disk that is read-only or full, a real network mount: the same."""
    is_told_and_loses_nothing(machine, FAULTS_OF_DISKS[row.key])


@pytest.fixture
def disk(machine: Machine, lab_parts: None) -> Iterator[Path]:  # noqa: ARG001 -- asked for its effect
    """A real disk of 8 MB, on which the machine keeps its history; there is none yet."""
    with small_disk(machine.folder) as mounted:
        machine.history = mounted / "history.db"
        yield mounted


def is_out_of_space(machine: Machine, row: Row, *typed: str) -> subprocess.CompletedProcess[str]:
    """Run it: it ends in time, by the row's exit code, and says in one line what is wanting."""
    with in_time(row):
        done = machine.ops(*typed)
    (line,) = done.stderr.splitlines()
    assert (done.returncode, "no space left" in line) == (row.exit_code, True)
    return done


@proves("full-at-first")
def test_a_first_look_on_a_full_disk_leaves_no_half_made_file(machine: Machine, disk: Path) -> None:
    """It is shown, and there is a whole history or none; with room it is made."""
    ballast = fill(disk, leave_bytes=64 << 10)
    looked = is_out_of_space(machine, BY_KEY["full-at-first"], "media.status")
    assert "radarr" in looked.stdout
    assert sorted(file.name for file in disk.iterdir() if file.stat().st_size) == ["ballast"]
    ballast.unlink()
    assert machine.status()["snapshot"]["recorded"] is True


@proves("full-in-upgrade")
@pytest.mark.parametrize("copied", [False, True], ids=["copy", "change"])
def test_an_upgrade_on_a_full_disk_leaves_the_file_as_it_was(
    machine: Machine, disk: Path, *, copied: bool
) -> None:
    """It is shown, and every row is as it was, in the schema that it had; with room it goes on."""
    thaw(FROZEN / f"{REVISIONS[0]}.sql", machine.history)
    before, size = rows_of(machine.history), machine.history.stat().st_size
    ballast = fill(disk, leave_bytes=size + (64 << 10) if copied else size // 2)
    looked = is_out_of_space(machine, BY_KEY["full-in-upgrade"], "media.status")
    assert "radarr" in looked.stdout
    assert (rows_of(machine.history), check(machine.history)) == (before, ())
    assert (disk / f"history.db.before-{HEAD}").exists() is copied
    ballast.unlink()
    assert machine.status()["snapshot"]["recorded"] is True


@proves("full-in-backup")
def test_a_backup_on_a_full_disk_is_none_and_takes_none_away(
    machine: Machine, recorded: Path, disk: Path
) -> None:
    """The backups before it stay, and no piece of one is left; with room it is made."""
    shutil.copytree(recorded.parent, disk, dirs_exist_ok=True)
    (good,) = (disk / "history.db.backups").iterdir()
    ballast = fill(disk, leave_bytes=32 << 10)
    is_out_of_space(machine, BY_KEY["full-in-backup"], "media.history.backup", "--keep", "1")
    assert [*good.parent.iterdir()] == [good]
    assert check(good) == check(machine.history) == ()
    ballast.unlink()
    assert machine.ops("media.history.backup", "--keep", "1").returncode == 0


def at(machine: Machine, off: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run while the machine's clock is so many seconds off."""
    return subprocess.run(
        [sys.executable, "-P", "-c", CLOCK.format(off=off, arguments=arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=machine.folder,
        env=machine.environ(),
    )


def looks(machine: Machine) -> list[object]:
    return [row["ts"] for row in rows(machine)["snapshot"]]


def test_a_clock_set_back_two_minutes_records_on(machine: Machine) -> None:
    """The look is recorded just behind the newest, and says so; all before it stays."""
    machine.status()
    before = looks(machine)
    back = at(machine, -2 * MINUTE, "media.status", "--json")
    (note,) = json.loads(back.stdout)["data"]["notes"]
    assert (back.returncode, back.stderr) == (0, "")
    assert note.startswith("the clock went back 0:0")
    assert looks(machine) == [*before, int(str(before[-1])) + 1]


def test_a_clock_set_back_two_days_is_told_and_nothing_recorded(machine: Machine) -> None:
    """Shown, exit code 3, every row as it was; with the clock right again it goes on."""
    before = rows(machine)
    back = at(machine, -2 * DAY, "media.status")
    assert back.returncode == 3
    assert "radarr" in back.stdout
    assert len(back.stderr.splitlines()) == 1
    assert back.stderr.startswith("ops: not recorded: the clock says ")
    assert "; set the clock, or if it was wrong then, `ops media.history.repair" in back.stderr
    assert rows(machine) == before
    assert machine.status()["snapshot"]["recorded"] is True


def test_a_clock_a_year_ahead_and_set_back_is_mended_as_it_says(machine: Machine) -> None:
    """What the line says to type drops what the wrong clock recorded, and nothing before it."""
    before = rows(machine)
    assert at(machine, 365 * DAY, "media.snapshot").returncode == 0
    refused = machine.ops("media.status")
    assert refused.returncode == 3
    assert "radarr" in refused.stdout
    typed = refused.stderr.partition("`ops ")[2].partition("`")[0].split()
    assert typed[:2] == ["media.history.repair", "--drop-after"]
    assert machine.ops(*typed, "--yes").returncode == 0
    after = rows(machine)
    unlike = {name for name, found in after.items() if found != before[name]}
    assert unlike <= {"meta", "series", "rollup_hour", "rollup_day"}  # worked out, not recorded
    assert machine.status()["snapshot"]["recorded"] is True
    assert check(machine.history) == ()
