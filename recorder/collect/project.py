"""A compose project on a host: whether its file is there and whole, and what it names.

The answer of `project.sh` is laid out like the probe's, in sections behind a random mark:

    MARK no-folder               or one of these, and what was said: why nothing can be done
    MARK no-engine STATUS
    MARK no-compose              and what there is in its place, where there is
    MARK broken STATUS
    MARK way [sudo -n]           how this user gets at the engine
    MARK project                 the name its containers bear, where there are any
    MARK services                one a line
    MARK end
"""

import os
import re
import shlex
import textwrap
from pathlib import Path

from recorder.bindings.folder import SERVICES
from recorder.collect.probe import Section, only_looks, sections
from recorder.collect.shell import Ended, Shell
from recorder.frozen import frozen

SCRIPT = Path(__file__).with_name("project.sh")
SAID_LIMIT = 300
LIMIT_SEC = 120.0  # above the script's own
SERVICE = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*")
PATH = "PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/snap/bin:/opt/homebrew/bin"


class NoProject(Exception):  # noqa: N818 - a state of the world, caught where it becomes a value
    """Why nothing can be done with a project, in a line."""


@frozen
class Project:
    """A compose project that can be worked with."""

    folder: str  # where its commands are run
    compose: tuple[str, ...]  # the words that run compose there, sudo's and a file's included
    engine: tuple[str, ...]  # the same of its engine
    services: tuple[str, ...]  # as its file names them
    name: str | None  # as its containers bear it; None: there are none


def script(folder: str, *commands: tuple[str, ...]) -> bytes:
    """A script that runs commands in a folder, each after the one before went well."""
    words = " && ".join(shlex.join(command) for command in commands)
    return f"{PATH}\nexport PATH\nexec 2>&1\ncd {shlex.quote(folder)} && {words}\n".encode()


def engine_of(compose_command: str) -> str:
    """The engine a compose command works with."""
    return "podman" if compose_command.startswith("podman") else "docker"


def ask_project(shell: Shell, place: str, compose_command: str) -> Project:
    """Ask a host for the project in a folder of it, or of a compose file. Raises NoProject."""
    folder, compose = place, (*shlex.split(compose_command),)
    if place.endswith((".yaml", ".yml")):
        folder, _, file = place.rpartition("/")
        folder, compose = folder or "/", (*compose, "-f", file)
    engine = engine_of(compose_command)
    parts = _asked(shell, "ask", engine, folder, *compose)
    if "no-compose" in parts:
        raise NoProject(_no_compose(compose_command, parts["no-compose"]))
    if failed := _failure(parts, place, shlex.join(compose), engine):
        raise NoProject(failed)
    way = _way(parts)
    name = parts["project"].lines if "project" in parts else ()
    services = parts["services"].lines if "services" in parts else ()
    return Project(
        folder=folder,
        compose=(*way, *compose),
        engine=(*way, engine),
        services=tuple(line for line in services if SERVICE.fullmatch(line)),
        name=name[0] if name else None,
    )


def ask_engine(shell: Shell, engine: str) -> tuple[str, ...]:
    """The words that run an engine's commands on a host: sudo's where that helps. NoProject."""
    parts = _asked(shell, "ask_engine", engine)
    if failed := _failure(parts, "", "", engine):
        raise NoProject(failed)
    return (*_way(parts), engine)


def _asked(shell: Shell, question: str, *arguments: str) -> dict[str, Section]:
    mark = os.urandom(16).hex()
    asking = f"{question} {shlex.join([mark, *arguments])} </dev/null 2>/dev/null\n"
    until = f"{mark} end".encode()
    answer = shell.run(SCRIPT.read_bytes() + asking.encode(), until=until, timeout_sec=LIMIT_SEC)
    if answer.ended is not Ended.WHOLE:
        if why := only_looks(answer.complaint):
            raise NoProject(why)
        said = " ".join(answer.complaint.split()) or answer.ended.value
        raise NoProject(f"no answer from its engine: {said}")
    return sections(answer.output, mark)


def _way(parts: dict[str, Section]) -> tuple[str, ...]:
    return tuple(filter(None, parts["way"].words)) if "way" in parts else ()


def _failure(parts: dict[str, Section], place: str, compose: str, engine: str) -> str | None:
    if "no-folder" in parts:
        return f"no folder for {place}: {_said(parts['no-folder'])}"
    if "no-engine" in parts:
        return f"{engine} can't be used: {_said(parts['no-engine'])}"
    if "broken" in parts:
        return f"{place}: `{compose} config` says: {_said(parts['broken'])}"
    return None


def _no_compose(compose: str, section: Section) -> str:
    other = " ".join(section.lines).strip()
    todo = f"write `compose_command: {other}`" if other else "install it, or write compose_command"
    return f"there is no `{compose}`: {todo} for this host, under hosts: in {SERVICES}"


def _said(section: Section) -> str:
    return textwrap.shorten(" ".join(section.lines), SAID_LIMIT, placeholder=" ...") or "nothing"
