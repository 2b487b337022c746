"""The fan-out: everything a stack names is asked at once, and becomes one Snapshot.

Nothing waits for anything else: a host that does not answer costs its own time limit, once, and
whatever is known without it is there all the same. What takes long to load is loaded while hosts
are being asked, which is why some imports stand inside functions here.
"""

import importlib
import resource
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import TimeoutError as NoResultError
from datetime import UTC, datetime
from enum import Flag, auto
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from recorder.bindings.stack import HostBinding, Stack
from recorder.collect.fanout import FanOut, Task
from recorder.collect.look import HostLook, Way, look_at, silent_host
from recorder.collect.probe import LIMIT_SEC
from recorder.collect.shell import Connect, Shell, Unreachable
from recorder.frozen import frozen
from recorder.model import Day, Declared, ImportCount, Reason, Snapshot, Trigger

if TYPE_CHECKING:
    from recorder.collect.endpoints import Asked
    from recorder.collect.evidence import HostEvidence

GRACE_SEC = 1.0
QUEUE_LIMIT_SEC = 300.0  # for a turn behind others, all of which have limits of their own
OPEN_FILES = 4096
SWITCH_SEC = 0.0005
T = TypeVar("T")


class Part(Flag):
    """What of the stack to ask about."""

    HOSTS = auto()  # the machines, their containers, mounts and volumes
    ENDPOINTS = auto()
    IMPORTS = auto()
    ALL = HOSTS | ENDPOINTS | IMPORTS


def open_shell(host: HostBinding) -> Shell:
    """The real way into a host: this machine's own shell, or SSH."""
    if host.local:
        from recorder.collect.local import LocalShell  # noqa: PLC0415 - loaded when needed

        return LocalShell()
    from recorder.collect.ssh import connect  # noqa: PLC0415 - loaded when needed

    return connect(host)


def no_way_in(_host: HostBinding) -> Shell:
    """The way into a host that is not to be logged in to: none."""
    raise Unreachable(Reason.NOT_ASKED, "not logged in to")


def make_ready(stack: Stack) -> None:
    """Load SSH before there are threads, where a host needs it.

    Loading is work for one thread at a time: what is loaded beside it delays the first question.
    For the same reason threads are switched often from here on: an answer that waits for whoever
    is loading something costs more than the switches do.
    """
    sys.setswitchinterval(SWITCH_SEC)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)  # a Mac's 256 hold few connections
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if not all(host.local for host in stack.hosts):
        importlib.import_module("recorder.collect.ssh")


@frozen
class Asking:
    """What to ask, and by what means; a test passes its own."""

    day: Day  # the stretch whose imports are counted
    environ: Mapping[str, str]  # where API keys are found
    parts: Part = Part.ALL
    trigger: Trigger = Trigger.PERSON
    verifying: bool = False  # tell compose files too, and ask again where an endpoint fails
    connect: Connect = open_shell
    clock: Callable[[], float] = time.time  # seconds since the epoch


class Look:
    """A look under way: begun when made, done when `wait` returns."""

    def __init__(self, stack: Stack, asking: Asking) -> None:
        self._stack = stack
        self._asking = asking
        self._began = time.monotonic()
        self._now_sec = asking.clock()
        self._pool = FanOut()
        self._ways = {host.name: Way(host, asking.connect) for host in stack.hosts}
        self._hosts: dict[str, Task[HostLook]] = {}
        self._endpoints: dict[str, Callable[[], Asked]] = {}
        self._imports: list[Callable[[], ImportCount]] = []
        self._tasks: dict[Part, list[Task[Any]]] = {part: [] for part in Part}
        self._looks: dict[str, HostLook] = {}
        if Part.HOSTS in asking.parts:
            self._ask_hosts()
        if Part.ENDPOINTS in asking.parts:
            self._ask_endpoints()
        if Part.IMPORTS in asking.parts:
            self._ask_imports()

    def _ask_hosts(self) -> None:
        for host in self._stack.hosts:
            volumes = [v.path for v in self._stack.volumes if v.host == host.name]
            paths = tuple(dict.fromkeys([mount.path for mount in host.mounts] + volumes))
            compose = host.compose_path if self._asking.verifying else None
            task = partial(look_at, self._ways[host.name], paths, self._asking.clock, compose)
            self._hosts[host.name] = self._pool.submit(task)
        self._tasks[Part.HOSTS] += self._hosts.values()

    def _ask_endpoints(self) -> None:
        asked = [
            (service, service.health)
            for service in self._stack.services
            if service.health is not None and service.declared is Declared.ACTIVE
        ]
        if not asked:
            return
        from recorder.collect.endpoints import (  # noqa: PLC0415
            RETRY_AFTER_SEC,
            ask_again,
            ask_endpoint,
            no_answer,
        )

        ask = ask_again if self._asking.verifying else ask_endpoint
        for service, health in asked:
            way = self._ways[service.host]
            future = self._pool.submit(partial(ask, way.host, health, way))
            self._tasks[Part.ENDPOINTS].append(future)
            again = health.retries if self._asking.verifying else 0
            limit = self._login_limit(way.host) + health.timeout_sec + GRACE_SEC
            limit += again * (RETRY_AFTER_SEC + limit)
            late = partial(no_answer, way.host, health)
            self._endpoints[service.name] = partial(self._in_time, future, limit, late)

    def _ask_imports(self) -> None:
        if not self._stack.imports:
            return
        from recorder.collect.arr import REPLY_LIMIT_SEC, count_imports, no_count, site_of  # noqa: PLC0415

        for binding in self._stack.imports:
            service = self._stack.service(binding.service)
            way = self._ways[service.host]
            site = site_of(way.host, service)
            asking = self._asking
            task = partial(count_imports, binding, site, asking.day, way, asking.environ)
            limit = self._login_limit(way.host) + REPLY_LIMIT_SEC + GRACE_SEC
            late = partial(no_count, binding)
            future = self._pool.submit(task)
            self._tasks[Part.IMPORTS].append(future)
            self._imports.append(partial(self._in_time, future, limit, late))

    def waiting_for(self) -> tuple[str, ...]:
        """The hosts that have not answered yet."""
        return tuple(name for name, future in self._hosts.items() if not future.done())

    def took_ms(self, part: Part) -> int:
        """How long it was until a part's last answer; until now, where one is still to come."""
        now = time.monotonic()
        ends = (task.ended_at or now for task in self._tasks[part])
        return round((max(ends, default=self._began) - self._began) * 1000)

    def wait(self) -> Snapshot:
        """The snapshot, once everything has answered or had its time."""
        from recorder.collect.assemble import (  # noqa: PLC0415 - as the module says
            mounts_of,
            services_of,
            volumes_of,
        )

        looks = self._looks = {host.name: self._host_look(host) for host in self._stack.hosts}
        asked = {name: answer() for name, answer in self._endpoints.items()}
        imports = tuple(count() for count in self._imports)
        stack, hosts = self._stack, self._stack.hosts
        snapshot = Snapshot(
            taken_at=datetime.fromtimestamp(self._now_sec, UTC),
            duration_ms=round((time.monotonic() - self._began) * 1000),
            trigger=self._asking.trigger,
            site=stack.site,
            hosts=tuple(looks[host.name].host for host in hosts),
            services=sum((services_of(stack, h, looks[h.name], asked) for h in hosts), ()),
            mounts=sum((mounts_of(h, looks[h.name]) for h in hosts), ()),
            volumes=sum((volumes_of(stack, h, looks[h.name]) for h in hosts), ()),
            imports=imports,
        )
        for way in self._ways.values():
            self._pool.submit(way.close)
        return snapshot

    def evidence(self) -> "dict[str, HostEvidence]":
        """By host, what gates need beside the snapshot; ask once that is there."""
        from recorder.collect.evidence import evidence_of  # noqa: PLC0415 - only to verify

        return {name: evidence_of(look) for name, look in self._looks.items()}

    def _host_look(self, host: HostBinding) -> HostLook:
        future = self._hosts.get(host.name)
        if future is None:
            return HostLook(silent_host(host, Reason.NOT_ASKED))
        limit = self._login_limit(host) + LIMIT_SEC + GRACE_SEC
        return self._in_time(
            future, limit, lambda why: HostLook(silent_host(host, Reason.TIMEOUT, why))
        )

    @staticmethod
    def _login_limit(host: HostBinding) -> float:
        """The longest that reaching a host and logging in to it may take by their own limits."""
        return 2 * host.connect_timeout_sec * len(host.addresses)

    @staticmethod
    def _in_time(task: Task[T], limit_sec: float, late: Callable[[str], T]) -> T:
        """A result, or what stands for it, given why, when it is late or went wrong.

        Each step has a limit of its own; this one is for a wait that has none, a name server's.
        """
        if not task.begun.wait(QUEUE_LIMIT_SEC):
            return late(f"its turn did not come in {QUEUE_LIMIT_SEC:g} s")
        try:
            return task.result(max(0.0, task.began_at + limit_sec - time.monotonic()))
        except NoResultError:
            return late(f"no answer in {limit_sec:g} s")
        except Exception as error:  # noqa: BLE001 - one thing's trouble is not the others'
            return late(f"{type(error).__name__}: {error}")
