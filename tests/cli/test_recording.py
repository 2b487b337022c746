"""Looks that are remembered, on this machine: no bindings, no SSH, a history of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGINE = """#!/bin/sh
# Stands in for Docker: the containers are the lines of $CONTAINERS.
case $1 in
    ps) cut -d' ' -f1 "$CONTAINERS" ;;
    inspect) cut -d' ' -f2- "$CONTAINERS" ;;
esac
"""


class Machine:
    """This machine, with an engine whose containers a test sets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.history = folder / "state" / "history.db"
        self.by: tuple[str, ...] = ()  # the command that runs ours
        (folder / "bin").mkdir()
        (folder / "bin" / "docker").write_text(ENGINE)
        (folder / "bin" / "docker").chmod(0o755)
        self.runs()

    def runs(self, **states: str) -> None:
        """Have these containers, in these states."""
        lines = []
        for number, (name, state) in enumerate(states.items()):
            said = {
                "name": f"/{name}",
                "state": state,
                "exit_code": 137 if state == "exited" else 0,
                "started": "2026-02-16T10:00:00Z",
                "restarts": 0,
                "image": f"lab/{name}:1",
                "image_id": f"sha256:{name}",
            }
            lines.append(f"{number:064x} {json.dumps(said)}\n")
        (self.folder / "containers").write_text("".join(lines))

    def publish(self, **ports: int) -> None:
        """Have all containers publish, each of these its port."""
        file = self.folder / "containers"
        lines = []
        for line in file.read_text().splitlines():
            number, _, said = line.partition(" ")
            described = json.loads(said)
            port = ports.get(described["name"].removeprefix("/"))
            place = [{"HostIp": "0.0.0.0", "HostPort": str(port)}] if port else None  # noqa: S104
            described |= {"network": "bridge", "ports": {"80/tcp": place, "81/udp": None}}
            lines.append(f"{number} {json.dumps(described)}\n")
        file.write_text("".join(lines))

    def environ(self, **more: str) -> dict[str, str]:
        return {
            "PATH": f"{self.folder}/bin:/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "HOME": str(self.folder),
            "MEDIA_RECORDER_DB": str(self.history),
            "CONTAINERS": str(self.folder / "containers"),
            **more,
        }

    def ops(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.by, sys.executable, "-P", "-m", "recorder", *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env=self.environ(**more),
        )

    def status(self, *options: str) -> dict[str, object]:
        done = self.ops("media.status", "--json", *options)
        assert done.stderr == ""
        return json.loads(done.stdout)["data"]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def events(data: dict[str, object]) -> list[tuple[str, str | None, str | None]]:
    return [(e["name"], e["was"], e["now"]) for e in data["changes"]["events"]]


def test_a_look_is_recorded_and_the_next_one_tells_what_changed(machine: Machine) -> None:
    """CHANGES is since a person last looked; a schedule's looks in between don't move it."""
    machine.runs(radarr="running", sonarr="running")
    first = machine.status()
    assert first["snapshot"]["recorded"] is True
    assert first["changes"]["since"] is None

    machine.runs(radarr="exited", sonarr="running")
    scheduled = machine.ops("media.snapshot")
    assert (scheduled.returncode, scheduled.stderr) == (0, "")
    assert "exited (137), was running" in scheduled.stdout

    second = machine.status()
    assert second["changes"]["since"] == first["snapshot"]["at"]
    assert second["changes"]["snapshots"] == 2
    assert events(second) == [("radarr", "running", "exited (137)")]
    assert events(machine.status()) == []


def test_a_scheduled_look_is_silent_when_nothing_changed(machine: Machine) -> None:
    """Cron mails what a job says, so a quiet night is silent."""
    machine.runs(radarr="running")
    machine.ops("media.snapshot")
    quiet = machine.ops("media.snapshot")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


def test_an_engine_that_stops_hides_every_container_it_ran(machine: Machine) -> None:
    """Those that no binding names are counted with the others, going and coming back."""
    engine = machine.folder / "bin" / "docker"
    machine.runs(radarr="running", sonarr="exited")
    machine.ops("media.snapshot")
    engine.write_text("#!/bin/sh\necho 'Cannot connect to the Docker daemon.' >&2\nexit 1\n")
    [stopped] = machine.ops("media.snapshot").stdout.splitlines()
    engine.write_text(ENGINE)
    [back] = machine.ops("media.snapshot").stdout.splitlines()
    assert stopped.endswith("(2 services no longer seen)")
    assert back.endswith("engine readable again (2 services seen again)")


def test_strict_tells_a_script_that_something_is_wrong(machine: Machine) -> None:
    """media.snapshot exits 0 when it recorded; with --strict 1 when something is wrong."""
    machine.runs(radarr="restarting")
    assert machine.ops("media.snapshot").returncode == 0
    assert machine.ops("media.snapshot", "--strict").returncode == 1


def test_no_record_leaves_the_history_as_it_is_and_still_tells(machine: Machine) -> None:
    """--no-record shows what changed, and the next look shows it again."""
    machine.runs(radarr="running")
    machine.status()
    machine.runs(radarr="exited")
    shown = machine.status("--no-record")
    assert shown["snapshot"]["recorded"] is False
    assert events(shown) == events(machine.status()) == [("radarr", "running", "exited (137)")]


def test_a_part_of_the_stack_is_not_recorded(machine: Machine) -> None:
    """A look at one service is no picture of the stack, and does not move 'since you looked'."""
    machine.runs(radarr="running", sonarr="running")
    part = machine.status("--service", "radarr")
    assert part["snapshot"]["recorded"] is False
    assert not machine.history.exists()


def test_the_stack_as_it_was_comes_from_the_history_alone(machine: Machine) -> None:
    """--at shows a past moment and asks no engine."""
    machine.runs(radarr="running")
    at = machine.status()["snapshot"]["at"]
    machine.runs(radarr="exited")
    machine.status()
    (machine.folder / "bin" / "docker").unlink()
    was = machine.status("--at", at)
    assert [(s["name"], s["state"]) for s in was["services"]] == [("radarr", "running")]
    early = machine.ops("media.status", "--at", "2020-01-01")
    assert early.returncode == 3
    assert early.stderr.startswith("ops: nothing was recorded in ")


def test_a_history_that_cannot_be_written_is_told_and_the_picture_shown(machine: Machine) -> None:
    """Shown but not recorded: one line why, exit code 3; the damaged file is left as it is."""
    machine.runs(radarr="running")
    machine.history.parent.mkdir()
    machine.history.write_bytes(b"this is no database" * 100)
    done = machine.ops("media.status")
    assert done.returncode == 3
    assert "radarr" in done.stdout
    assert done.stderr == (
        f"ops: not recorded: {machine.history} is damaged (its header is not a database's) and "
        "left as it is; there is no verified backup beside it; to save what can be read: "
        "`ops media.history.repair --salvage`\n"
    )
    assert machine.history.read_bytes() == b"this is no database" * 100


def test_one_look_at_a_time(machine: Machine) -> None:
    """A schedule's look skips while another is under way, and says so only in JSON."""
    machine.runs(radarr="running")
    hold = machine.folder / "hold"
    os.mkfifo(hold)
    (machine.folder / "bin" / "docker").write_text(f"#!/bin/sh\ncat {hold} >/dev/null\n")
    slow = subprocess.Popen(
        [sys.executable, "-P", "-m", "recorder", "media.snapshot"],
        cwd=machine.folder,
        env=machine.environ(),
    )
    try:
        # The engine of the slow look reads from here: the lock is held by then.
        with hold.open("w"):
            skipped = machine.ops("media.snapshot", "--json")
        assert skipped.returncode == 0
        assert json.loads(skipped.stdout)["data"]["reason"] == "another look is under way"
    finally:
        slow.wait(timeout=30)


def test_an_interrupted_look_records_nothing_and_leaves_no_process(machine: Machine) -> None:
    """Ctrl-C ends the look and the process that would have recorded it; exit code 130."""
    hold = machine.folder / "hold"
    os.mkfifo(hold)
    (machine.folder / "bin" / "docker").write_text(f"#!/bin/sh\ncat {hold} >/dev/null\n")
    slow = subprocess.Popen(
        [sys.executable, "-P", "-m", "recorder", "media.status"],
        cwd=machine.folder,
        env=machine.environ(),
        start_new_session=True,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with hold.open("w"):
        os.killpg(slow.pid, signal.SIGINT)
        _, complaint = slow.communicate(timeout=30)
    assert (slow.returncode, complaint) == (130, "\nops: interrupted\n")
    with pytest.raises(ProcessLookupError):
        os.killpg(slow.pid, 0)
    assert not machine.history.exists()


def test_a_look_without_a_binding_leaves_another_stacks_history_alone(machine: Machine) -> None:
    """From the wrong folder this machine is shown, and said to be no part of that history."""
    folder = machine.folder / "ops" / "bindings"
    folder.mkdir(parents=True)
    (folder / "media.services.yaml").write_text("hosts: {attic: {connect: local}}\n")
    assert machine.status()["snapshot"]["recorded"] is True
    before = machine.history.read_bytes()
    shutil.rmtree(folder)
    for command in ("media.status", "media.snapshot"):
        done = machine.ops(command)
        assert done.returncode == 3
        assert done.stderr == (
            f"ops: not recorded: no binding was found from here, and {machine.history} is the "
            "history of attic; go to the folder of its binding or name that with --root, or give "
            "this machine a history of its own with --db\n"
        )
    assert machine.history.read_bytes() == before
    shown = machine.ops("media.status", "--no-record")
    assert "this machine, no binding" in shown.stdout
    assert "CHANGES" not in shown.stdout


def test_advice_names_the_history_that_was_given(machine: Machine) -> None:
    """What is to be typed next is about the same file; the usual one needs no naming."""
    other = machine.folder / "my copy.db"
    done = machine.ops("media.history.info", "--db", str(other))
    assert done.stderr == (
        f"ops: nothing is recorded in {other} yet; `ops media.status --db '{other}'` records\n"
    )
    usual = machine.ops("media.history.info")
    assert usual.stderr.endswith("; `ops media.status` records\n")
