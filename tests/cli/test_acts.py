"""media.stack.restart and recyclarr.sync on this machine: what is refused, and when it is asked."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from .test_recording import Machine

ENGINE = """#!/bin/sh
# Stands in for Docker and its compose: one project, one container, which restart starts anew.
echo "$*" >>"$HOME/asked"
case "$1 $2" in
    'ps '* | 'compose ps') cut -d' ' -f1 "$CONTAINERS" ;;
    'inspect --type') cut -d' ' -f2- "$CONTAINERS" ;;
    'inspect --format') echo media ;;
    'compose config') [ "$3" != --services ] || echo radarr ;;
    'compose restart') sed -i 's/T10:/T11:/' "$CONTAINERS"; printf 'restarting\\033[2J\\n' ;;
esac
"""
RESTART = ("media.stack.restart", "--host", "here")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with a project of one service, bound as `here`."""
    made = Machine(tmp_path)
    made.runs(radarr="running")
    containers = tmp_path / "containers"
    label = '"project": "media", "service": "radarr", "name"'
    containers.write_text(containers.read_text().replace('"name"', label, 1))
    (tmp_path / "bin" / "docker").write_text(ENGINE)
    bind(made, f"hosts: {{here: {{connect: local, compose_path: {tmp_path}}}}}")
    return made


def bind(machine: Machine, hosts: str) -> None:
    """Write the machine's bindings."""
    folder = machine.folder / "ops" / "bindings"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "media.services.yaml").write_text(
        f"version: 1\n{hosts}\nservices: {{radarr: {{vm: here}}}}\n"
    )


def asked(machine: Machine) -> list[str]:
    """What the engine was asked that changes something."""
    lines = (machine.folder / "asked").read_text().splitlines()
    return [line for line in lines if line.startswith(("compose restart", "exec"))]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("media.stack.restart",), "say what to restart: --host NAME, or --service NAME"),
        (
            ("media.stack.restart", "--service", "sonarr"),
            'no binding names "sonarr" there: say where it is, --host NAME',
        ),
        (
            (*RESTART, "--service", "rada"),
            'nothing was changed: here: no service "rada" in {folder} (did you mean "radarr"?)',
        ),
        (
            ("recyclarr.sync",),
            'no binding names "recyclarr": say where it is, --host NAME and --service NAME',
        ),
        (
            ("recyclarr.sync", "--host", "here"),
            'nothing was changed: here: no service "recyclarr" in {folder}',
        ),
    ],
)
def test_what_can_not_be_done_is_told(
    machine: Machine, arguments: tuple[str, ...], complaint: str
) -> None:
    """In one line, with exit code 2, before anything is begun."""
    done = machine.ops(*arguments, "--yes")
    told = complaint.format(folder=machine.folder)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"ops: {told}\n")
    assert not machine.history.exists()


def test_without_a_compose_path_there_is_nothing_to_restart_by(machine: Machine) -> None:
    """The key that is missing is named."""
    bind(machine, "hosts: {here: {connect: local}}")
    done = machine.ops(*RESTART, "--yes")
    why = "its binding names no compose_path: write it under hosts: here: in media.services.yaml"
    assert (done.returncode, done.stderr) == (2, f"ops: nothing was changed: here: {why}\n")


@pytest.mark.parametrize(
    ("works", "todo"),
    [
        ("true", "write `compose_command: docker-compose`"),
        ("false", "install it, or write compose_command"),
    ],
)
def test_a_host_without_that_compose_is_told_which_to_write(
    machine: Machine, works: str, todo: str
) -> None:
    """In one line, with file and key, and none of the engine's usage; nothing is begun."""
    engine = ENGINE.replace(
        "'compose config')", "'compose '*) echo unknown flag >&2; exit 1 ;; no)"
    )
    (machine.folder / "bin" / "docker").write_text(engine)
    other = machine.folder / "bin" / "docker-compose"
    other.write_text(f"#!/bin/sh\n{works}\n")
    other.chmod(0o755)
    done = machine.ops(*RESTART, "--yes")
    where = "for this host, under hosts: in media.services.yaml"
    told = f"ops: nothing was changed: here: there is no `docker compose`: {todo} {where}\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told)


def test_all_of_it_is_drawn_in_ascii_where_that_is_asked_for(machine: Machine) -> None:
    """The plan as well as what came of it."""
    done = machine.ops(*RESTART, "--yes", "--ascii")
    assert (done.returncode, done.stdout.isascii()) == (0, True), done.stdout


def test_a_host_on_which_nothing_was_named_is_not_restarted(machine: Machine) -> None:
    """None of the services named is not the same as all of them."""
    place = f"{{connect: local, compose_path: {machine.folder}}}"
    bind(machine, f"hosts: {{here: {place}, there: {place}}}")
    done = machine.ops(*RESTART, "--host", "there", "--service", "radarr", "--yes")
    told = "ops: nothing was changed: there: none of the services named is there\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told)


def test_a_history_that_cant_be_written_stops_no_restart(machine: Machine) -> None:
    """It is said in a line, and the exit code is 3."""
    machine.folder.joinpath("state").write_text("in the way")
    done = machine.ops(*RESTART, "--yes")
    assert done.returncode == 3, done.stderr
    [line] = done.stderr.splitlines()
    assert line.startswith("ops: not recorded, and done all the same: ")
    assert "1 of 1 service back" in done.stdout
    assert asked(machine) == ["compose restart radarr"]


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 2), ("", 2)])
def test_a_person_is_asked_and_sees_how_far_it_is(machine: Machine, answer: str, code: int) -> None:
    """What compose says is told at a terminal, harmless; nothing is done without a yes."""
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "recorder", *RESTART],
        env=machine.environ(),
        cwd=machine.folder,
        stdin=end,
        stdout=subprocess.PIPE,
        stderr=end,
        text=True,
    )
    os.close(end)
    os.write(terminal, f"{answer}\n".encode())
    output, _ = process.communicate(timeout=60)
    told = os.read(terminal, 8192).decode()
    os.close(terminal)
    assert process.returncode == code, told
    assert "Do it? [y/N]" in told
    assert "RESTART 1 service of here" in output
    done = code == 0
    assert (asked(machine) == ["compose restart radarr"]) is done
    assert ("here: restarting\\x1b[2J" in told) is done
    assert ("1 of 1 service back" in output) is done


def test_what_a_host_says_is_obeyed_by_no_terminal(machine: Machine) -> None:
    """In the line that tells why nothing was done, too."""
    engine = ENGINE.replace(
        "'compose config')", "'compose config'*) printf 'a\\033[31m' >&2; exit 1 ;; no)"
    )
    (machine.folder / "bin" / "docker").write_text(engine)
    done = machine.ops(*RESTART, "--yes")
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert "a\\x1b[31m" in done.stderr
