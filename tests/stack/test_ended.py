"""A run in the lab that is ended, or runs out of memory, at whatever moment."""

import contextlib
import json
import os
import signal
import time

import pytest
from faults.ending import COMPLAINTS, begun, lost_nothing, moments, recorded
from faults.matrix import BY_KEY
from faults.proving import in_time, proves, proves_each
from faults.row import Row
from realhosts import Lab
from realhosts.waiting import wait_until

from recorder.store.backup import check
from stack.leftovers import ENDS_SEC, remains
from stack.ops import PROGRAM, Ops, rebound

MOMENTS = 4  # of each signal to each capability
CAPABILITIES = (("media.status", "--json"), ("media.snapshot", "--json"))
FLOODS_WITHIN_MB = (64, 128, 192, 256)


@pytest.fixture(scope="module")
def usual_sec(ops: Ops) -> float:
    """How long a look takes that nothing happens to."""
    history = ops.lab.control.home / "usual.db"
    ops("media.snapshot", "--db", str(history))
    began = time.monotonic()
    ops("media.snapshot", "--db", str(history))
    return time.monotonic() - began


@proves_each("SIGINT", "SIGTERM", "SIGHUP", "SIGKILL")
@pytest.mark.parametrize("capability", CAPABILITIES, ids=lambda words: words[0])
def test_a_run_that_is_ended(
    lab: Lab, ops: Ops, usual_sec: float, capability: tuple[str, ...], row: Row
) -> None:
    """At any moment: the exit code says so, no look is lost, nothing of it stays anywhere."""
    history = lab.control.home / f"{capability[0]}-{row.key}.db"
    assert ops("media.snapshot", "--db", str(history)).returncode == 0
    looks = recorded(history)
    codes = []
    for moment in moments(usual_sec, MOMENTS, f"{capability[0]} {row.key}"):
        with in_time(row) as most_sec, ops.start(*capability, "--db", str(history)) as run:
            pid = run.pid
            time.sleep(moment)
            with contextlib.suppress(ProcessLookupError):  # it ended before
                os.kill(pid, signal.Signals[row.key])
            code, output, complaints = run.end(most_sec)
        looks = lost_nothing(history, looks, output)
        if begun(complaints):
            assert complaints in COMPLAINTS
            codes.append(code)
    assert set(codes) <= {row.exit_code, 0, 1}  # 0, 1: it had ended by itself
    assert check(history) == ()
    wait_until(lambda: not remains(lab), "the hosts to notice", ENDS_SEC)


@proves("out-of-memory")
def test_too_little_memory(lab: Lab, ops: Ops) -> None:
    """Nothing recorded and one line, or a look that is as it would be with enough.

    Not even a line where a library ends the process because it gets no memory itself.
    """
    flooded = rebound(ops, "flooded", lambda b: b["defaults"].update(ssh_user="flood"))
    history = lab.control.home / "flooded.db"
    for limit in FLOODS_WITHIN_MB:
        before = recorded(history)
        done = ops.lab.run(
            "prlimit",
            f"--as={limit << 20}",
            *(PROGRAM, "media.status", "--json", "--db", str(history)),
            root=flooded.root,
            timeout_sec=BY_KEY["out-of-memory"].bound_sec,
        )
        assert "Traceback" not in done.stderr
        if done.returncode == BY_KEY["out-of-memory"].exit_code:
            assert (done.stdout, len(done.stderr.splitlines())) == ("", 1)
            assert recorded(history) == before
        elif not done.stdout:
            assert done.returncode
            assert recorded(history) == before
        else:
            hosts = json.loads(done.stdout)["data"]["hosts"]
            assert {host["state"] for host in hosts} == {"down"}
    wait_until(lambda: not remains(lab), "the hosts to notice", ENDS_SEC)
