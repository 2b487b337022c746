"""The lab as a command for people: up, down, look inside, break something, heal it."""

import argparse
import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from realhosts.blueprint import CONTROL, HOSTS
from realhosts.cells import find_cells
from realhosts.faults import FAULTS
from realhosts.lab import Lab, LabDownError, default_folder
from realhosts.leftovers import WrongFilesystemError, clear, remains
from realhosts.packages import UnavailableError
from realhosts.programs import ENVIRONMENT, ProgramError
from realhosts.waiting import TooLateError

EXPLAINED = (
    UnavailableError,
    LabDownError,
    WrongFilesystemError,
    ProgramError,
    TooLateError,
    ValueError,
    KeyError,
)
HOW_TO = """\
lab up in {seconds:.0f} s, in {folder}
  look at it          tests/lab run ./bin/ops cap run media.status
  all four hosts      tests/lab run --root everything ./bin/ops cap run media.status
  as another user     tests/lab run --user nodocker ./bin/ops cap run media.status
  go inside           tests/lab enter download-stack
  break something     tests/lab fault mount-hung download-stack
  heal it             tests/lab heal mount-hung download-stack
  take it away        tests/lab down"""


def main() -> int:
    """Run the command; the exit code."""
    asked = _parser().parse_args()
    try:
        code: int = asked.act(asked)
        sys.stdout.flush()
    except EXPLAINED as trouble:
        _note(str(trouble))
        return 2
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests/lab", description=__doc__)
    parser.add_argument(
        "--folder", type=Path, default=default_folder(), help="default: %(default)s"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, act: object, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(act=act)
        return made

    command("up", _up, "bring the lab up, from nothing")
    command("down", _down, "take everything away")
    command("status", _status, "show the hosts and what their engines say")
    enter = command("enter", _enter, "a root shell on a host")
    enter.add_argument("host", choices=[CONTROL, *(host.name for host in HOSTS)])
    run = command("run", _run, "run a program on the control machine")
    run.add_argument("--root", default="usual", help="usual, everything, or one a test made")
    run.add_argument("--user", help="the SSH user of all hosts")
    run.add_argument("program", nargs=argparse.REMAINDER)
    truth = command("truth", _truth, "what `ps -a` says on a host, as JSON")
    truth.add_argument("host")
    add = command("import", _import, "let an *arr app have imported something just now")
    add.add_argument("app", choices=["radarr", "sonarr", "lidarr"])
    add.add_argument("title", nargs="+")
    command("faults", _faults, "list what can go wrong")
    for name, act in (("fault", _fault), ("heal", _heal)):
        made = command(name, act, {"fault": "break something", "heal": "undo a fault"}[name])
        made.add_argument("name", choices=FAULTS, metavar="FAULT")
        made.add_argument("host")
        made.add_argument("service", nargs="?", default="")
    return parser


def _up(asked: argparse.Namespace) -> int:
    began = time.monotonic()
    lab = Lab.up(asked.folder, say=_note)
    _say(HOW_TO.format(seconds=time.monotonic() - began, folder=lab.folder))
    return 0


def _down(asked: argparse.Namespace) -> int:
    folder = asked.folder.resolve()
    clear(folder)
    left = remains(folder)
    _say("\n".join(left) or f"nothing is left of {folder}")
    return 1 if left else 0


def _status(asked: argparse.Namespace) -> int:
    cells = find_cells(asked.folder.resolve())
    lab = Lab.find(asked.folder)
    for name, machine in lab.hosts.items():
        plan = machine.plan
        _say(f"{name:17} {plan.address:13} process {cells[name].pid}  {_engine_line(lab, name)}")
    _say(f"{CONTROL:17} home {lab.control.home}")
    return 0


def _engine_line(lab: Lab, host: str) -> str:
    plan = lab.hosts[host].plan
    if plan.engine is None:
        return "no engine"
    if not lab.hosts[host].engine.answers():
        return f"{plan.engine} does not answer"
    states = [row["state"] for row in lab.truth(host)]
    counts = ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))
    return f"{plan.engine}: {len(states)} containers ({counts})"


def _enter(asked: argparse.Namespace) -> int:
    lab = Lab.find(asked.folder)
    shell = ["bash"]
    if asked.host == CONTROL:
        _become(lab.command(shell), lab.environment())
    terminal = os.environ.get("TERM", "dumb")
    _become(lab.hosts[asked.host].cell.command(shell), {**ENVIRONMENT, "TERM": terminal})
    return 0


def _run(asked: argparse.Namespace) -> int:
    lab = Lab.find(asked.folder)
    root = lab.control.folder / "roots" / asked.root
    if asked.user:
        usual = ("download-stack", "streaming-stack") if asked.root == "usual" else None
        name = f"{asked.root}-as-{asked.user}"
        root = lab.root(name, hosts=usual, defaults={"ssh_user": asked.user})
    program = asked.program[1:] if asked.program[:1] == ["--"] else asked.program
    if not program:
        raise ValueError("run what? tests/lab run ./bin/ops cap run media.status")
    _become(lab.command(program), lab.environment(root))
    return 0


def _become(argv: list[str], env: dict[str, str]) -> None:
    """Turn into that program, so that its signals, terminal and exit code are ours."""
    sys.stdout.flush()
    os.execvpe(argv[0], argv, env)  # noqa: S606


def _truth(asked: argparse.Namespace) -> int:
    _say(json.dumps(Lab.find(asked.folder).truth(asked.host), indent=2))
    return 0


def _import(asked: argparse.Namespace) -> int:
    event = Lab.find(asked.folder).history(asked.app).add(" ".join(asked.title), datetime.now(UTC))
    _say(json.dumps(event))
    return 0


def _faults(_: argparse.Namespace) -> int:
    for name, fault in FAULTS.items():
        subject = "HOST SERVICE" if fault.takes_service else "HOST"
        _say(f"{name:15} {subject:13} {fault.meaning}")
    return 0


def _fault(asked: argparse.Namespace) -> int:
    Lab.find(asked.folder).cause(asked.name, asked.host, asked.service)
    return 0


def _heal(asked: argparse.Namespace) -> int:
    Lab.find(asked.folder).heal(asked.name, asked.host, asked.service)
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _note(text: str) -> None:
    sys.stderr.write(f"lab: {text}\n")
