"""The machine that a look runs on fails it: ended with all it started, out of files, asleep."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from faults.ending import COMPLAINTS, begun, lost_nothing, moments, recorded
from faults.matrix import BY_KEY
from faults.proving import in_time, proves, proves_each
from faults.row import Row
from realhosts.packages import require_parts
from realhosts.waiting import wait_until

from recorder.store.backup import check

from .test_recording import Machine

GROUP_MOMENTS = 9
SIGNALLED = 128  # and the signal's number
NEEDED = 29  # files, for a look at this machine alone
MOVED_SEC = {"asleep": 3 * 3600, "set-back": -3600}
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
HELD_ENGINE = """#!/bin/sh
# Stands in for Docker, and keeps whoever asks it waiting.
touch "$HELD"
until [ -e "$HELD.over" ]; do sleep 0.1; done
"""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """This machine, with a history of one look."""
    made = Machine(tmp_path)
    made.runs(radarr="running", sonarr="exited")
    made.status()
    return made


def started(machine: Machine, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """A run in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "recorder", *arguments],
        cwd=machine.folder,
        env=machine.environ(**more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )


@proves("group")
def test_a_run_that_is_ended_with_all_it_started(machine: Machine) -> None:
    """No word of the process that records, which is ended beside it; and no look is lost."""
    row, began = BY_KEY["group"], time.monotonic()
    machine.status()
    usual, looks = time.monotonic() - began, recorded(machine.history)
    ways = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    assert row.exit_code == SIGNALLED + ways[0]
    for number, moment in enumerate(moments(usual, GROUP_MOMENTS, "group")):
        way = ways[number % len(ways)]
        with in_time(row) as most_sec, started(machine, "media.status", "--json") as run:
            time.sleep(moment)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(run.pid, way)
            output, complaints = run.communicate(timeout=most_sec)
        if begun(complaints):
            assert complaints in COMPLAINTS
            assert run.returncode in (0, -way, SIGNALLED + way)
        looks = lost_nothing(machine.history, looks, output)
        wait_until(lambda group=run.pid: not alive(group), "the end of its group")
    assert check(machine.history) == ()


def alive(group: int) -> bool:
    """Whether anything is left of a process group."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@proves("out-of-files")
def test_too_few_files(machine: Machine) -> None:
    """One line, and nothing is recorded: no host is called down for what this machine lacks."""
    row, looks = BY_KEY["out-of-files"], recorded(machine.history)
    for limit in (5, 6, 7, 8, 9, 12, 16, 24, NEEDED - 1):
        machine.by = ("prlimit", f"--nofile={limit}")
        with in_time(row):
            done = machine.ops("media.status")
        said = f"only {limit} files may be open at once, and this look needs {NEEDED}"
        assert (done.returncode, done.stdout) == (row.exit_code, "")
        assert done.stderr in (
            f"ops: {said}: raise the limit, `ulimit -n {NEEDED}`\n",
            "ops: too many files are open: raise the limit, `ulimit -n 1024`\n",
        )
    machine.by = ("prlimit", f"--nofile={NEEDED}")
    assert machine.status()["snapshot"]["recorded"] is True
    assert recorded(machine.history)[:-1] == looks


def clock_moved(machine: Machine, seconds: int, most_sec: int) -> subprocess.CompletedProcess[str]:
    """A look during which everything stands still, and the clock alone moves by so much."""
    require_parts({"faketime": "faketime"})
    clock, asked = machine.folder / "clock", machine.folder / "asked"
    (machine.folder / "bin" / "docker").write_text(HELD_ENGINE)
    faked = {
        "HELD": str(asked),
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    clock.write_text("+0")
    with started(machine, "media.status", **faked) as run:
        wait_until(asked.exists, "the engine to be asked")
        run.send_signal(signal.SIGSTOP)
        clock.write_text(f"{seconds:+d}")
        run.send_signal(signal.SIGCONT)
        asked.with_name("asked.over").touch()
        output, complaints = run.communicate(timeout=most_sec)
    return subprocess.CompletedProcess([], run.returncode, output, complaints)


@pytest.mark.usefixtures("lab_parts")
@proves_each(*MOVED_SEC)
def test_a_clock_that_moves_in_a_look(machine: Machine, row: Row) -> None:
    """The look is shown and not recorded: its one time would be true of a part of it alone."""
    looks = recorded(machine.history)
    with in_time(row) as most_sec:
        done = clock_moved(machine, MOVED_SEC[row.key], most_sec)
    assert (done.returncode, done.stderr) == (row.exit_code, f"ops: {row.says}\n")
    assert "VM STATUS" in done.stdout
    assert recorded(machine.history) == looks
    assert check(machine.history) == ()


@proves("output-full")
def test_an_output_that_takes_nothing(machine: Machine) -> None:
    """It is said, and the look is recorded all the same."""
    row, looks = BY_KEY["output-full"], recorded(machine.history)
    with Path("/dev/full").open("w") as full, in_time(row) as most_sec:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "recorder", "media.status"],
            cwd=machine.folder,
            env=machine.environ(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=most_sec,
        )
    assert (done.returncode, done.stderr) == (row.exit_code, f"ops: {row.says}\n")
    assert len(recorded(machine.history)) == len(looks) + 1
