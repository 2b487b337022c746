"""A run of Recyclarr: where it is run, and what came of it.

In the container it is bound to where that runs, else in one that compose makes for the run. In a
container that runs, a watcher beside it ends it, and what it started, once nobody listens any more:
to end `exec` alone would leave it running in there.
"""

import re
from collections import deque
from collections.abc import Callable, Sequence

from recorder.acting.restart import Refusal, state_of
from recorder.bindings.folder import SERVICES
from recorder.bindings.stack import ServiceBinding
from recorder.collect.containers import Container
from recorder.collect.project import Project, script
from recorder.collect.services import match
from recorder.collect.shell import Ended, Shell, Unreachable
from recorder.collect.streaming import lines
from recorder.frozen import frozen
from recorder.model import ServiceState

PROGRAM = "recyclarr"
LIMIT_SEC = 3600.0
MOST_LINES = 2000  # kept for the document
LAST_CHARS = 200
KEY = re.compile(r"[0-9a-fA-F]{32,}|(?<=://)[^/@\s]+@|(?i:(?<=key=)|(?<=key: )|(?<=token=))\S+")
INSIDE = (
    'exec 3<&0; "$@" </dev/null & run=$!; '
    "{ trap '' TERM; read -r _ <&3; kill -TERM 0; sleep 2; kill -KILL 0; } >/dev/null 2>&1 & "
    'watch=$!; wait "$run"; status=$?; kill -KILL "$watch" 2>/dev/null; exit "$status"'
)
Words = tuple[str, ...]


@frozen
class Sync:
    """What is run, and where."""

    host: str
    service: str  # as the history has it
    container: str | None  # that it is run in; None: one made for it
    folder: str
    command: Words  # as a person would type it on the host
    words: Words  # as it is run
    preview: bool


@frozen
class Synced:
    """What came of it."""

    sync: Sync
    said: Words  # the last lines, raw
    count: int  # how many lines there were
    status: int | None  # exit status; None: it did not come to its own end
    trouble: str | None

    @property
    def well(self) -> bool:
        return self.trouble is None


def wanted(
    bindings: Sequence[ServiceBinding], containers: Sequence[Container], name: str
) -> Container | None:
    """The container of the service of that name; of an undeclared one by its own name."""
    found = match(bindings, containers).get(name)
    return found or next((it for it in containers if name in (it.name, it.compose_service)), None)


def by_exec(host: str, service: str, it: Container, engine: Words, *, preview: bool) -> Sync:
    """Run it in its container, which runs."""
    run = (PROGRAM, "sync", *_options(preview=preview))
    command = (*engine, "exec", "-i", it.name)
    words = (*command, "sh", "-c", INSIDE, "sh", *run)
    return Sync(host, service, it.name, "/", (*command, *run), words, preview)


def by_compose(
    host: str, service: str, it: Container | None, project: Project, *, preview: bool
) -> Sync:
    """Run it in a container made for the run. Raises Refusal where the project has none such."""
    named = it.compose_service if it and it.compose_service else service
    if named not in project.services:
        raise Refusal(f'{host}: no service "{named}" in {project.folder}')
    run = ("run", "--rm", "-T", "--no-deps", named, "sync", *_options(preview=preview))
    command = (*project.compose, *run)
    return Sync(host, service, None, project.folder, command, command, preview)


def runs(it: Container | None) -> bool:
    """Whether a container can be run in."""
    return it is not None and it.state is ServiceState.RUNNING


def no_way(host: str, service: str, it: Container | None) -> Refusal:
    """Neither its container runs, nor is there a project to run it by."""
    how = state_of(it)
    return Refusal(
        f"{host}: {service}: {how}, and its binding names no compose_path to run it by: "
        f"write it under hosts: {host}: in {SERVICES}"
    )


def _options(*, preview: bool) -> Words:
    return ("--preview",) if preview else ()


def run(sync: Sync, shell: Shell, tell: Callable[[str], None]) -> Synced:
    """Run it to its end; `tell` is given each line, raw, as it comes."""
    said: deque[str] = deque(maxlen=MOST_LINES)
    count = 0
    told = script(sync.folder, sync.words).rstrip() + b" <&3\n"
    try:
        with shell.start(told, timeout_sec=LIMIT_SEC) as program:
            for line in lines(program):
                said.append(line)
                count += 1
                tell(line)
        end = program.end
    except Unreachable as failure:
        why = f"{sync.host} went away before it began: {failure.detail}"
        return Synced(sync, (), 0, None, why)
    trouble = None
    if end.ended is Ended.TIMEOUT:
        trouble = f"it did not end in {LIMIT_SEC:g} s, and was ended"
    elif end.ended is not Ended.WHOLE:
        trouble = f"{sync.host} went away meanwhile: what it still did is not known"
    elif end.status:
        trouble = f"{PROGRAM} failed with exit code {end.status}"
    return Synced(sync, (*said,), count, end.status, trouble)


def summary(count: int, said: Sequence[str], trouble: str | None = None) -> str:
    """What came of it in a line, for the history: without what may be a key."""
    last = next((line.strip() for line in reversed(said) if line.strip()), "")
    ending = f", the last: {KEY.sub('***', last)[:LAST_CHARS]}" if last else ""
    told = f"{count} {'line' if count == 1 else 'lines'}{ending}"
    return f"{trouble}; {told}" if trouble else told
