"""One host's part of a look: the way into it, one question, and what its answer says."""

import shlex
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from recorder.bindings.stack import HostBinding
from recorder.collect.containers import Container, parse_engine
from recorder.collect.machine import parse_machine
from recorder.collect.mounts import Entry, Space, parse_mountinfo, parse_paths
from recorder.collect.probe import (
    LIMIT_SEC,
    VERSION,
    Question,
    Section,
    question,
    refusal,
    sections,
)
from recorder.collect.shell import Answer, Connect, Ended, Shell, Unreachable
from recorder.frozen import frozen
from recorder.model import Host, HostState, Reason

if TYPE_CHECKING:
    from recorder.collect.compose import ComposeFile


@frozen
class HostLook:
    """What a host answered; all but the host itself is empty where it is not up."""

    host: Host
    containers: tuple[Container, ...] = ()
    entries: Mapping[str, Entry] | None = None  # None: it did not tell what is mounted
    spaces: Mapping[str, Space] = field(default_factory=dict)
    found: tuple[str, ...] = ()  # paths the host found by itself
    compose: "ComposeFile | None" = None  # None: not asked for, or the host is not up


class Way:
    """The way into one host: opened once, by whoever needs it first; others wait and share it.

    It may be held; it closes once everybody who did has let go, and is not opened again. A look
    keeps its ways to the end: one that is closed holds nothing of what its connection was.
    """

    def __init__(self, host: HostBinding, connect: Connect) -> None:
        self.host = host
        self._connect = connect
        self._lock = threading.Lock()
        self._shell: Shell | None = None
        self._failure: Unreachable | None = None
        self._counting = threading.Lock()
        self._holders = 0

    def __call__(self) -> Shell:
        """The open shell; raises Unreachable, the same each time."""
        with self._lock:
            if self._shell is None and self._failure is None:
                try:
                    self._shell = self._connect(self.host)
                except Unreachable as failure:
                    self._failure = failure
                except Exception as error:  # noqa: BLE001 - one host's trouble is not the others'
                    self._failure = unforeseen(error)
            shell = self._shell
        if shell is None:
            raise self._failure or Unreachable(Reason.TIMEOUT, "no way into it")
        return shell

    def hold(self) -> None:
        """Want it open."""
        with self._counting:
            self._holders += 1

    def let_go(self) -> None:
        """Want it no longer; the last one closes it."""
        with self._counting:
            self._holders -= 1
            last = self._holders == 0
        if last:
            self.close()

    def close(self) -> None:
        """Close what was opened; never waits for an opening under way."""
        shell = self._shell
        if shell is not None:
            self._failure = Unreachable(Reason.NOT_ASKED, "the way into it is closed")
            self._shell = None
            shell.close()


def unforeseen(error: Exception) -> Unreachable:
    """What nobody thought of, as this host's failure. MemoryError: it is not the host's."""
    if isinstance(error, MemoryError):
        raise error
    return Unreachable(Reason.PROBE_FAILED, f"{type(error).__name__}: {error}")


def look_at(
    way: Way, paths: Sequence[str], clock: Callable[[], float], compose: str | None = None
) -> HostLook:
    """Ask a host for everything. `clock` is ours, to tell how far off the host's is."""
    binding = way.host
    asked = question(paths, search=binding.discover, compose=compose)
    try:
        shell = way()
    except Unreachable as failure:
        return HostLook(_down(binding, failure))
    now_sec = clock()  # once logged in: its clock is the first thing it tells
    try:
        answer = shell.run(asked.script, until=asked.end, timeout_sec=LIMIT_SEC)
        return read_answer(binding, shell.address, asked, answer, now_sec)
    except Exception as error:  # noqa: BLE001 - one host's trouble is not the others'
        return HostLook(_down(binding, unforeseen(error)))


def read_answer(
    binding: HostBinding, address: str | None, asked: Question, answer: Answer, now_sec: float
) -> HostLook:
    """Make sense of an answer. One cut short by time still tells what had arrived by then."""
    failure = _failure(answer, asked, binding.name)
    if failure:
        failure.address = address
        return HostLook(_down(binding, failure))
    parts = sections(answer.output, asked.mark)
    told = parts.get("machine")
    machine = parse_machine(told.lines if told else ())
    listed = parts.get("engine") if answer.ended is Ended.WHOLE else None  # half a list is none
    silent = f"no answer in {LIMIT_SEC:g} s"
    engine, containers = parse_engine(listed, binding.name, silent=silent)
    paths = parts.get("paths")
    spaces, found = parse_paths(paths.lines if paths else (), asked.paths)
    mounts = parts.get("mounts")
    clock = machine.clock_sec
    host = _host(
        binding,
        HostState.UP,
        address=address,
        engine=engine,
        boot_id=machine.boot_id,
        uptime_sec=machine.uptime_sec,
        clock_offset_sec=None if clock is None else round(clock - now_sec),
        load_1min=machine.load_1min,
        memory_total_bytes=machine.memory_total_bytes,
        memory_available_bytes=machine.memory_available_bytes,
    )
    entries = parse_mountinfo(mounts.lines) if mounts else None
    composed = _composed(parts, asked.compose) if asked.compose else None
    return HostLook(host, containers, entries, spaces, tuple(found), composed)


def _composed(parts: Mapping[str, Section], path: str) -> "ComposeFile":
    from recorder.collect.compose import parse_compose  # noqa: PLC0415 - only to verify

    return parse_compose(parts.get("compose"), path)


def _failure(answer: Answer, asked: Question, host: str) -> Unreachable | None:
    """Why an answer is none, or None where it is one."""
    began = asked.mark.encode() + b" machine\n" in answer.output
    if answer.ended is Ended.TOO_LONG:
        return Unreachable(Reason.PROBE_FAILED, "it sent more than an answer can hold")
    if answer.ended is Ended.WHOLE or (answer.ended is Ended.TIMEOUT and began):
        return None
    if answer.ended is Ended.TIMEOUT:
        return Unreachable(Reason.PROBE_FAILED, f"logged in, then no answer in {LIMIT_SEC:g} s")
    if began:
        return Unreachable(Reason.PROBE_FAILED, "its answer broke off")
    if refused := refusal(answer.complaint):
        return _refused(*refused, host)
    said = answer.complaint or " ".join(answer.output[-200:].decode("utf-8", "replace").split())
    detail = f"no shell to ask: {said}" if said else "no shell to ask"
    return Unreachable(Reason.NO_SHELL, detail, hint="give its user a shell such as /bin/sh")


def _refused(version: int, words: str, host: str) -> Unreachable:
    """Why the program that a host's key is forced to did not answer a look."""
    if version == VERSION:
        detail = f"the probe installed there refused: {words}"
    else:
        age = "newer" if version > VERSION else "older"
        detail = f"the probe installed there is {age} than this program ({version}, not {VERSION})"
    anew = f"install it anew: ops media.access {shlex.quote(host)} | ssh YOU@HOST sudo sh"
    hint = f"upgrade media-recorder here, or {anew}" if version > VERSION else anew
    return Unreachable(Reason.PROBE_FAILED, detail, hint=hint)


def _down(binding: HostBinding, failure: Unreachable) -> Host:
    return _host(
        binding,
        HostState.DOWN,
        reason=failure.reason,
        detail=failure.detail,
        hint=failure.hint,
        address=failure.address or binding.addresses[0],
    )


def silent_host(binding: HostBinding, reason: Reason, detail: str | None = None) -> Host:
    """A host without an answer: down where it was asked, unknown where it was not."""
    asked = reason is not Reason.NOT_ASKED
    state = HostState.DOWN if asked else HostState.UNKNOWN
    return _host(binding, state, reason=reason, detail=detail, address=binding.addresses[0])


def _host(binding: HostBinding, state: HostState, **seen: object) -> Host:
    return Host(binding.name, state, binding.number, binding.role, **seen)  # type: ignore[arg-type]
