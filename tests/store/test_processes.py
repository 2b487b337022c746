"""Real processes on a real file: killed at any instant, and two at once."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from recorder.store.backup import check
from recorder.store.connection import connect
from recorder.store.lock import one_look

PROGRAM = Path(__file__).with_name("recorder_process.py")
HOLDER = """
import sys, time
from pathlib import Path
from recorder.store.lock import one_look
with one_look(Path(sys.argv[1])) as held:
    print(held, flush=True)
    time.sleep(60)
"""
KILLS = int(os.environ.get("MEDIA_RECORDER_TEST_KILLS", "40"))
RUNS = int(os.environ.get("MEDIA_RECORDER_TEST_RUNS", "60"))


def recorder(path: Path, count: int, first: int) -> "subprocess.Popen[str]":
    command = [sys.executable, str(PROGRAM), str(path), str(count), str(first)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def recorded(path: Path) -> list[int]:
    connection = connect(path)
    try:
        return [row[0] for row in connection.execute("SELECT ts FROM snapshot ORDER BY ts")]
    finally:
        connection.close()


def test_killed_at_any_instant_it_loses_at_most_the_look_in_progress(path: Path) -> None:
    """After SIGKILL the file is whole, and every look that was said to be recorded is there."""
    chance = random.Random(3)  # noqa: S311 - moments to kill at
    said: list[int] = []
    for number in range(KILLS):
        process = recorder(path, 1000, len(said) + 1)
        # By turns from before the file is made, and amid one write after another.
        writing = number % 2 == 1
        first = process.stdout.readline() if writing and process.stdout else ""
        time.sleep(chance.uniform(0, 0.1 if writing else 0.8))
        process.send_signal(signal.SIGKILL)
        out, _err = process.communicate()
        said += [int(line) for line in (first + out).split("\n")[:-1]]
        if path.exists():
            assert check(path) == ()
            assert set(said) <= set(recorded(path))
    assert said == sorted(set(said))
    assert len(said) >= KILLS // 2


def test_two_recorders_at_once_lose_nothing(path: Path) -> None:
    """Neither ever sees a lock, and every look of both is stored."""
    both = [recorder(path, RUNS, first) for first in (1, 1)]
    outs = [process.communicate() for process in both]
    assert [(process.returncode, err) for process, (_, err) in zip(both, outs, strict=True)] == [
        (0, ""),
        (0, ""),
    ]
    said = sorted(int(line) for out, _ in outs for line in out.split())
    assert said == recorded(path)
    assert len(set(said)) == 2 * RUNS
    assert check(path) == ()


def test_a_look_is_not_begun_while_another_is_under_way(path: Path) -> None:
    """A schedule skips; whoever waits gets its turn, or is told that it did not."""
    with one_look(path) as mine:
        assert mine
        with one_look(path) as other:
            assert not other
        began = time.monotonic()
        with one_look(path, wait_sec=0.2) as patient:
            assert not patient
        assert time.monotonic() - began >= 0.2
    with one_look(path) as now_free:
        assert now_free


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_whoever_dies_gives_the_look_back(path: Path, how: signal.Signals) -> None:
    """The lock is the process's own; no stale file keeps anyone out."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROGRAM.parents[2],
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    with one_look(path) as mine:
        assert not mine
    holder.send_signal(how)
    holder.communicate()
    with one_look(path, wait_sec=5) as mine:
        assert mine
