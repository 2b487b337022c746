"""The fan-out: everything a stack names is asked at once, and becomes one Snapshot.

Nothing waits for anything else: a host that does not answer costs its own time limit, once, and
whatever is known without it is there all the same. What takes long to load is loaded while hosts
are being asked, which is why some imports stand inside functions here.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import TimeoutError as NoResultError
from dataclasses import field
from datetime import UTC, datetime
from enum import Flag, auto
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from recorder.bindings.stack import HostBinding, Stack
from recorder.collect.fanout import FanOut, Task
from recorder.collect.look import HostLook, Way, look_at, silent_host
from recorder.collect.probe import LIMIT_SEC
from recorder.collect.shell import Connect
from recorder.collect.ways import FEW_HOSTS, Opener
from recorder.frozen import frozen
from recorder.model import Day, Declared, ImportCount, Reason, Snapshot, Trigger

if TYPE_CHECKING:
    from recorder.collect.assemble import HostPart
    from recorder.collect.endpoints import Asked
    from recorder.collect.evidence import HostEvidence

GRACE_SEC = 1.0
QUEUE_LIMIT_SEC = 300.0  # for a turn behind others, all of which have limits of their own
HOSTS_TOGETHER = 32  # asked before the endpoints and apps of those that come after them
T = TypeVar("T")


class Part(Flag):
    """What of the stack to ask about."""

    HOSTS = auto()  # the machines, their containers, mounts and volumes
    ENDPOINTS = auto()
    IMPORTS = auto()
    ALL = HOSTS | ENDPOINTS | IMPORTS


def _all(parts: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(chain.from_iterable(parts))


@frozen
class Asking:
    """What to ask, and by what means; a test passes its own."""

    day: Day  # the stretch whose imports are counted
    environ: Mapping[str, str]  # where API keys are found
    parts: Part = Part.ALL
    trigger: Trigger = Trigger.PERSON
    verifying: bool = False  # tell compose files too, and ask again where an endpoint fails
    connect: Connect = field(default_factory=Opener)
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
        self._services = stack.by_host()
        self._volumes = stack.volumes_by_host()
        self._apps = stack.apps()
        self._hosts: dict[str, Task[HostLook]] = {}
        self._endpoints: dict[str, Callable[[], Asked]] = {}
        self._imports: dict[str, Callable[[], ImportCount]] = {}
        self._tasks: dict[Part, list[Task[Any]]] = {part: [] for part in Part}
        self._evidence: dict[str, HostEvidence] = {}
        for first in range(0, len(stack.hosts), HOSTS_TOGETHER):
            self._ask(stack.hosts[first : first + HOSTS_TOGETHER])

    def _ask(self, hosts: Sequence[HostBinding]) -> None:
        """Ask all there is to ask of some hosts, before others: so that their ways soon close."""
        ways = [self._ways[host.name] for host in hosts]
        for way in ways:
            way.hold()
        if Part.HOSTS in self._asking.parts:
            self._ask_hosts(hosts)
        if Part.ENDPOINTS in self._asking.parts:
            self._ask_endpoints(hosts)
        if Part.IMPORTS in self._asking.parts:
            self._ask_imports(hosts)
        for way in ways:
            way.let_go()

    def _submit(self, part: Part, way: Way, task: Callable[[], T]) -> Task[T]:
        """Queue a question to a host, whose way is held until it is answered."""
        way.hold()
        future = self._pool.submit(task)
        future.add_done_callback(lambda _: way.let_go())
        self._tasks[part].append(future)
        return future

    def _ask_hosts(self, hosts: Sequence[HostBinding]) -> None:
        for host in hosts:
            volumes = [volume.path for volume in self._volumes.get(host.name, ())]
            paths = tuple(dict.fromkeys([mount.path for mount in host.mounts] + volumes))
            compose = host.compose_path if self._asking.verifying else None
            way = self._ways[host.name]
            task = partial(look_at, way, paths, self._asking.clock, compose)
            self._hosts[host.name] = self._submit(Part.HOSTS, way, task)

    def _ask_endpoints(self, hosts: Sequence[HostBinding]) -> None:
        asked = [
            (service, service.health)
            for host in hosts
            for service in self._services.get(host.name, ())
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
            future = self._submit(Part.ENDPOINTS, way, partial(ask, way.host, health, way))
            again = health.retries if self._asking.verifying else 0
            limit = self._login_limit(way.host) + health.timeout_sec + GRACE_SEC
            limit += again * (RETRY_AFTER_SEC + limit)
            late = partial(no_answer, way.host, health)
            self._endpoints[service.name] = partial(self._in_time, future, limit, late)

    def _ask_imports(self, hosts: Sequence[HostBinding]) -> None:
        named = {host.name for host in hosts}
        asked = [
            (binding, service)
            for binding in self._stack.imports
            if (service := self._apps[binding.name]).host in named
        ]
        if not asked:
            return
        from recorder.collect.arr import REPLY_LIMIT_SEC, count_imports, no_count, site_of  # noqa: PLC0415

        for binding, service in asked:
            way = self._ways[service.host]
            site = site_of(way.host, service)
            asking = self._asking
            task = partial(count_imports, binding, site, asking.day, way, asking.environ)
            limit = self._login_limit(way.host) + REPLY_LIMIT_SEC + GRACE_SEC
            late = partial(no_count, binding)
            future = self._submit(Part.IMPORTS, way, task)
            self._imports[binding.name] = partial(self._in_time, future, limit, late)

    def waiting_for(self) -> tuple[str, ...]:
        """The hosts that have not answered yet."""
        return tuple(name for name, future in self._hosts.items() if not future.done())

    def took_ms(self, part: Part) -> int:
        """How long it was until a part's last answer; until now, where one is still to come."""
        now = time.monotonic()
        ends = (task.ended_at or now for task in self._tasks[part])
        return round((max(ends, default=self._began) - self._began) * 1000)

    def wait(self) -> Snapshot:
        """The snapshot, once everything has answered or had its time.

        Hosts are put together in their order while others are still asked, and what they answered
        is let go of then: a large stack is held once, as what it came to.
        """
        parts = [self._part(host) for host in self._stack.hosts]
        imports = tuple(self._imports[app.name]() for app in self._stack.imports if self._imports)
        return Snapshot(
            taken_at=datetime.fromtimestamp(self._now_sec, UTC),
            duration_ms=round((time.monotonic() - self._began) * 1000),
            trigger=self._asking.trigger,
            site=self._stack.site,
            hosts=tuple(part.host for part in parts),
            services=_all(part.services for part in parts),
            mounts=_all(part.mounts for part in parts),
            volumes=_all(part.volumes for part in parts),
            imports=imports,
        )

    def _part(self, host: HostBinding) -> "HostPart":
        """A host with what is on it, once it has answered and its endpoints have."""
        from recorder.collect.assemble import part_of  # noqa: PLC0415 - as the module says

        look, services = self._host_look(host), self._services.get(host.name, ())
        asked = {
            service.name: self._endpoints[service.name]()
            for service in services
            if service.name in self._endpoints
        }
        if self._asking.verifying:
            from recorder.collect.evidence import evidence_of  # noqa: PLC0415 - only to verify

            self._evidence[host.name] = evidence_of(look)
        return part_of(host, services, self._volumes.get(host.name, ()), look, asked)

    def evidence(self) -> "Mapping[str, HostEvidence]":
        """By host, what gates need beside the snapshot; there with it, of a look that verifies."""
        return self._evidence

    def _host_look(self, host: HostBinding) -> HostLook:
        future = self._hosts.get(host.name)
        if future is None:
            return HostLook(silent_host(host, Reason.NOT_ASKED))
        limit = self._login_limit(host) + LIMIT_SEC + GRACE_SEC
        return self._in_time(
            future, limit, lambda why: HostLook(silent_host(host, Reason.TIMEOUT, why))
        )

    def _login_limit(self, host: HostBinding) -> float:
        """The longest that reaching a host and logging in to it may take by their own limits.

        Where hosts are many, a login waits its turn for as long as one may take.
        """
        crowded = len(self._stack.hosts) > FEW_HOSTS
        return (3 if crowded else 2) * host.connect_timeout_sec * len(host.addresses)

    @staticmethod
    def _in_time(task: Task[T], limit_sec: float, late: Callable[[str], T]) -> T:
        """A result, handed over; or what stands for it, given why, when it is late or went wrong.

        Each step has a limit of its own; this one is for a wait that has none, a name server's.
        """
        if not task.begun.wait(QUEUE_LIMIT_SEC):
            return late(f"its turn did not come in {QUEUE_LIMIT_SEC:g} s")
        try:
            return task.hand_over(max(0.0, task.began_at + limit_sec - time.monotonic()))
        except NoResultError:
            return late(f"no answer in {limit_sec:g} s")
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - one thing's trouble is not the others'
            return late(f"{type(error).__name__}: {error}")
