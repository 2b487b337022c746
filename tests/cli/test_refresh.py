"""media.refresh on this machine: the checks, and what becomes of the binding."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .test_recording import Machine

BINDING = """# mine
hosts: {here: {connect: local}}
services:
  radarr: {vm: here, port: null, health: null, status: active}
  tdarr: {vm: here, port: null, health: null, status: parked}
"""
SUMMARY = """summary:
  here:
    total: 2
    running: 1
    exited: 1
    error: 0
    unknown: 0
    parked: 1
    stopped: 0
"""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with a binding, and two containers as it wants them."""
    made = Machine(tmp_path)
    folder = tmp_path / "ops" / "bindings"
    folder.mkdir(parents=True)
    (folder / "media.services.yaml").write_text(BINDING)
    made.runs(radarr="running", tdarr="exited")
    return made


def binding(machine: Machine) -> Path:
    return machine.folder / "ops" / "bindings" / "media.services.yaml"


def test_the_summary_is_written_once(machine: Machine) -> None:
    """Below what stands there; a second run with the same counts leaves the file alone."""
    first = machine.ops("media.refresh")
    assert (first.returncode, first.stderr) == (0, "")
    assert [line.split()[:3] for line in first.stdout.splitlines()[1:4]] == [
        ["✓", "PASS", "health"], ["✓", "PASS", "services"], ["✓", "PASS", "nfs"]
    ]  # fmt: skip
    assert binding(machine).read_text() == BINDING + SUMMARY
    written = binding(machine).stat()
    again = machine.ops("media.refresh", "--json")
    assert json.loads(again.stdout)["data"]["summary_state"] == "unchanged"
    assert binding(machine).stat() == written


def test_no_write_writes_nothing(machine: Machine) -> None:
    """The checks are told all the same."""
    machine.runs(radarr="exited", tdarr="exited")
    done = machine.ops("media.refresh", "--no-write")
    assert done.returncode == 1
    assert "✗ radarr exited (137)   here" in done.stdout
    assert binding(machine).read_text() == BINDING


def test_a_binding_that_cannot_be_written_is_told(machine: Machine) -> None:
    """In one line, with exit code 3; the binding stands as it was."""
    binding(machine).write_text("summary: &x {a: 1}\nnote: *x\n" + BINDING)
    before = binding(machine).read_bytes()
    done = machine.ops("media.refresh", "--json")
    assert (done.returncode, done.stderr) == (3, "")
    told = json.loads(done.stdout)["data"]
    assert told["summary_state"] == "failed"
    assert "give it a line `summary:` of its own" in told["summary_reason"]
    assert binding(machine).read_bytes() == before


def test_a_disk_that_takes_nothing_is_told(machine: Machine) -> None:
    """With the system's own words; the binding stands as it was, and nothing lies beside it."""
    limited = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh"]
    command = [*limited, sys.executable, "-P", "-m", "recorder", "media.refresh", "--json"]
    done = subprocess.run(
        command, capture_output=True, check=False, cwd=machine.folder, env=machine.environ()
    )
    told = json.loads(done.stdout)["data"]
    assert (done.returncode, told["summary_state"]) == (3, "failed")
    assert told["summary_reason"].endswith("media.services.yaml: File too large")
    assert binding(machine).read_text() == BINDING
    assert [path.name for path in binding(machine).parent.iterdir()] == ["media.services.yaml"]


def test_without_a_binding_there_is_nothing_to_write(machine: Machine) -> None:
    """This machine is looked at, and said so."""
    binding(machine).unlink()
    done = machine.ops("media.refresh")
    assert "no summary: there is no binding to write it to" in done.stdout
    assert not binding(machine).exists()
