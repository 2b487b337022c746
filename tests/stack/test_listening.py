"""A program on a host that is listened to over SSH: it ends with whoever listens."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from realhosts import Lab
from realhosts.waiting import wait_until

from stack.ops import processes

CHECKOUT = Path(__file__).resolve().parents[2]
LISTENING = """
import json, sys, time
from recorder.bindings.stack import HostBinding
from recorder.collect.ssh import connect
from recorder.collect.streaming import lines
user, script, seconds, most = sys.argv[1:]
host = HostBinding("download-stack", ("192.0.2.209",), ssh_user=user)
began = time.monotonic()
said, end = [], None
with connect(host).start(script.encode(), timeout_sec=float(seconds)) as running:
    for line in lines(running):
        said.append(line)
        print(line, file=sys.stderr, flush=True)
        if len(said) == int(most):
            break
    else:
        end = running.end
print(json.dumps([said, end and [end.ended.value, end.status, end.complaint]]))
"""


def _listening(script: str, user: str, seconds: float, most: int) -> list[str]:
    program = [sys.executable, "-c", LISTENING, user, script, str(seconds), str(most)]
    return ["env", f"PYTHONPATH={CHECKOUT}", *program]


def listen(
    lab: Lab, script: str, user: str = "ubuntu", seconds: float = 60, most: int = 0
) -> object:
    """What was heard of a script on download-stack, up to `most` lines, and how it ended."""
    done = lab.run(*_listening(script, user, seconds, most), timeout_sec=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("user", ["ubuntu", "noisy"])
def test_output_status_and_complaint_arrive(lab: Lab, user: str) -> None:
    """Whatever the login says first is left out."""
    script = "id -un; echo why >&2; sleep 0.2; printf 'two\\nthree'; exit 3"
    assert listen(lab, script, user) == [[user, "two", "three"], ["whole", 3, "why"]]


def test_a_flood_is_heard_to_its_end(lab: Lab) -> None:
    """More than fits a window of the protocol, on both streams."""
    script = "yes a | head -n 2000000 | tail -n 1; yes b | head -c 5000000 >&2; echo end"
    said, end = listen(lab, script)
    assert (said, end[:2]) == (["a", "end"], ["whole", 0])


def test_time_ends_it(lab: Lab) -> None:
    """What came before is there; nothing of it goes on."""
    script = "echo up; exec sleep 4321"
    assert listen(lab, script, seconds=1) == [["up"], ["timeout", None, ""]]
    _gone(lab, "sleep 4321")


@pytest.mark.parametrize("trap", ["", "trap '' TERM; "])
def test_whoever_hangs_up_ends_it(lab: Lab, trap: str) -> None:
    """It and what it started, even what ignores SIGTERM."""
    script = f"{trap}sleep 4322 & echo up; sleep 4322"
    assert listen(lab, script, most=1) == [["up"], None]
    _gone(lab, "sleep 4322")


def test_a_listener_that_is_killed_ends_it(lab: Lab) -> None:
    """The connection's end is enough."""
    script = "echo up; sleep 4323"
    done = lab.run("timeout", "-s", "KILL", "4", *_listening(script, "ubuntu", 60, 0))
    assert (done.stdout, done.stderr.strip().splitlines()[:1]) == ("", ["up"])
    _gone(lab, "sleep 4323")


def test_a_host_that_goes_away_is_noticed(lab: Lab) -> None:
    """It says nothing when it goes; no status is made up."""
    script = "echo up; sleep 4324"
    command = lab.command(_listening(script, "ubuntu", 120, 0))
    with subprocess.Popen(
        command, env=lab.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as listener:
        assert listener.stderr.readline() == "up\n"
        with lab.fault("off", "download-stack"):
            said, _ = listener.communicate(timeout=60)
    assert json.loads(said) == [["up"], ["closed", None, ""]]
    lab.hosts["download-stack"].cell.shell("pkill -f 'sleep 4324' || true")


def test_a_program_may_work_in_silence(lab: Lab) -> None:
    """For longer than a host may be silent."""
    assert listen(lab, "sleep 18; echo done") == [["done"], ["whole", 0, ""]]


def _gone(lab: Lab, words: str) -> None:
    pid = lab.hosts["download-stack"].cell.pid
    wait_until(lambda: not processes(pid, [words]), f"the end of {words}")
