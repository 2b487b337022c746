"""The open gaps, from a register beside the bindings."""

import json
from pathlib import Path

import pytest

from .test_recording import Machine

REGISTER = """
gaps:
  - {id: GAP-1, description: Radarr has no backup. More., severity: low, status: open}
  - {id: GAP-2, title: NFS is single, severity: high, status: accepted, tags: [nfs]}
  - {id: GAP-3, title: Jellyfin, severity: high, status: closed}
  - {id: GAP-4, title: a mail server, severity: high, status: open}
"""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with a bindings folder of its own."""
    made = Machine(tmp_path)
    folder = tmp_path / "ops" / "bindings"
    folder.mkdir(parents=True)
    (folder / "media.services.yaml").write_text("hosts: {here: {connect: local}}\n")
    return made


def test_open_gaps_of_media_are_told_the_worst_first(machine: Machine) -> None:
    """Neither a closed one nor one of something else; no host is asked."""
    (machine.folder / "ops" / "bindings" / "operational.gaps.yaml").write_text(REGISTER)
    (machine.folder / "bin" / "docker").write_text("#!/bin/sh\ntouch asked\n")
    done = machine.ops("media.gaps", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)["data"]
    assert [(it["id"], it["status"], it["title"]) for it in told["gaps"]] == [
        ("GAP-2", "accepted", "NFS is single"),
        ("GAP-1", "open", "Radarr has no backup"),
    ]
    shown = machine.ops("media.gaps")
    assert shown.returncode == 0
    last = shown.stdout.splitlines()[-1]
    assert last == "1 accepted, 1 open, in operational.gaps.yaml"
    assert not (machine.folder / "asked").exists()


def test_without_a_register_there_is_no_gap(machine: Machine) -> None:
    """Said, and exit code 0."""
    done = machine.ops("media.gaps")
    assert (done.returncode, done.stdout) == (0, "✓ NO OPEN GAPS: no register\n")


def test_a_register_that_cannot_be_read_is_a_failure(machine: Machine) -> None:
    """Its line and what is wrong there; exit code 1, for nothing is known."""
    register = machine.folder / "ops" / "bindings" / "operational.gaps.yaml"
    register.write_text("gaps: [\n")
    done = machine.ops("media.gaps", "--json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert (document["status"], document["data"]["register"]) == ("fail", str(register))
    assert document["data"]["reason"].startswith("operational.gaps.yaml:2: not YAML")
