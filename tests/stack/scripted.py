"""A script of what happens to a host, a look after each step: what it is made of.

A step does something to the host and waits until its engine says that it is done. It tells what the
look after it must print and record, and what that look can't see. From all steps together follows
every span of every thing there is: what no step names has one span for as long as it was seen.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from realhosts import Lab
from realhosts.programs import ProgramError
from realhosts.waiting import wait_until

from stack.ops import Document, Ops, Thing

HOST = "streaming-stack"  # nothing that the lab runs there changes by itself
STATE = "{{.State.Status}} {{.RestartCount}}{{with .State.Health}} {{.Status}}{{end}}"
GONE, UNKNOWN = "gone", "unknown"
# What a step's shell has besides its commands: a container with a compose project's labels, the
# knock that ends the program of one that waits for it, and the end that the engine finds it met.
WORDS = """
run() {
    name=$1
    shift
    docker run --detach --network host --name "$name" --label com.docker.compose.project=script \
        --label "com.docker.compose.service=$name" "$@" >/dev/null
}
knock() { docker exec "$1" sh -c 'echo >/tmp/door'; docker wait "$1"; }
crash() { kill -KILL "$(docker inspect --format '{{.State.Pid}}' "$1")"; }
"""


class Row(NamedTuple):
    """A row of the view `event`, but for when and where."""

    kind: str
    name: str
    was: str | None
    now: str
    detail: str | None = None


def service(name: str, was: str | None, now: str, detail: str | None = None) -> Row:
    return Row("service", name, was, now, detail)


class Span(NamedTuple):
    """A stretch of one state, from the look that first saw it to the last, by their numbers."""

    thing: Thing
    first: int
    last: int | None  # None: it lasts
    state: str
    reason: str | None = None  # of what is unknown


Act = Callable[["Stage"], object]


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a script."""

    happens: str
    acts: tuple[Act, ...] = ()
    prints: tuple[str, ...] = ()  # the lines, without day and time
    records: tuple[Row, ...] = ()
    unseen: Mapping[str, str] = field(default_factory=dict)  # kind: the reason
    told_by_spans: tuple[tuple[str, str], ...] = ()  # kind and name of what is no event


@dataclass(frozen=True, slots=True)
class Look:
    """What one look said, and the second of the history that it is recorded under."""

    code: int
    printed: tuple[str, ...]
    complaints: str
    at: str

    @property
    def undated(self) -> tuple[str, ...]:
        """The lines without day and time, which must be those of the look."""
        dated = f"{self.at[:16].replace('T', ' ')} "
        assert all(line.startswith(dated) for line in self.printed), self
        return tuple(line.removeprefix(dated) for line in self.printed)


@dataclass(frozen=True, slots=True)
class Stage:
    """The host that things happen to, and the history of the looks at it."""

    ops: Ops
    history: Path
    wrong: list[str] = field(default_factory=list)  # the faults that are to be healed

    @property
    def lab(self) -> Lab:
        return self.ops.lab

    @property
    def environment(self) -> dict[str, str]:
        return {"MEDIA_RECORDER_DB": str(self.history), "TZ": "UTC"}

    def shell(self, script: str) -> str:
        """Run a script as root on the host."""
        return self.lab.hosts[HOST].cell.shell(WORDS + script)

    def cause(self, fault: str) -> None:
        self.lab.cause(fault, HOST)
        self.wrong.append(fault)

    def heal(self, fault: str) -> None:
        self.lab.heal(fault, HOST)
        self.wrong.remove(fault)

    def clear(self, containers: Sequence[str]) -> None:
        """Leave the host as it was."""
        for fault in [*self.wrong]:
            self.heal(fault)
        for name in containers:
            with suppress(ProgramError):  # there is none
                self.shell(f"docker rm --force {name}")

    def play(self, script: Sequence[Step]) -> Iterator[Look]:
        """Do what each step says, and look after it.

        Each in a second of its own: two starts of one container in one second are one to the
        history, which keeps times by the second.
        """
        acted = 0
        for step in script:
            wait_until(lambda last=acted: int(time.time()) > last, "the next second")
            for act in step.acts:
                act(self)
            acted = int(time.time())
            yield self.look()

    def look(self) -> Look:
        done = self.ops("media.snapshot", env=self.environment)
        [(at,)] = self.ask("SELECT max(at) FROM snapshot_log")
        return Look(done.returncode, tuple(done.stdout.splitlines()), done.stderr, at)

    def ask(self, query: str) -> list[tuple[str, ...]]:
        """The history's answer to a question in SQL."""
        with closing(sqlite3.connect(f"file:{self.history}?mode=ro", uri=True)) as db:
            return db.execute(query).fetchall()

    def document(self, *arguments: str, code: int = 0) -> Document:
        return self.ops.document(*arguments, code=code, env=self.environment)

    def says(self, container: str) -> str:
        """What the engine says of a container: state, restarts, health."""
        return self.lab.hosts[HOST].engine("inspect", "--format", STATE, container).strip()

    def answers(self, url: str) -> bool:
        return self.lab.hosts[HOST].cell.answers("busybox", "wget", "-q", "-O", "/dev/null", url)


def shell(script: str) -> Act:
    """Something that is done on the host."""
    return lambda stage: stage.shell(script)


def until(container: str, words: str) -> Act:
    """The wait until the engine says that of a container: "running 0", "running 2 healthy"."""
    what = f"{container} to be {words}"
    return lambda stage: wait_until(lambda: stage.says(container) == words, what)


def until_answered(url: str) -> Act:
    """The wait until a program on the host answers."""
    return lambda stage: wait_until(lambda: stage.answers(url), url)


def fault(name: str) -> Act:
    return lambda stage: stage.cause(name)


def heal(name: str) -> Act:
    return lambda stage: stage.heal(name)


def load(reference: str, version: str) -> Act:
    """An image by that name and of that version, as after a pull."""
    labels = {"org.opencontainers.image.version": version}
    return lambda stage: stage.lab.hosts[HOST].engine.load({reference: labels})


def spans_of(script: Sequence[Step], first: Mapping[Thing, str]) -> set[Span]:
    """Every span that the script makes, from what the first look saw."""
    spans = {thing: [Span(thing, 0, None, state)] for thing, state in first.items()}
    known = dict(first)
    for number, step in enumerate(script):
        told = {(row.kind, HOST, row.name): row.now for row in step.records}
        told |= {(kind, HOST, name): known[kind, HOST, name] for kind, name in step.told_by_spans}
        known |= told
        for thing in known:
            last = spans[thing][-1] if thing in spans else None
            reason = step.unseen.get(thing[0]) if thing[1] == HOST else None
            if last and last.state == GONE and thing not in told:
                continue
            state = UNKNOWN if reason else known[thing]
            if thing not in told and last and (state, reason) == (last.state, last.reason):
                continue
            if last and last.last is None:
                spans[thing][-1] = last._replace(last=number - 1)
            ends = number if state == GONE else None
            spans.setdefault(thing, []).append(Span(thing, number, ends, state, reason))
    return {span for several in spans.values() for span in several}
