"""The fan-out: everything a stack names is asked at once, and becomes one Snapshot.

Nothing waits for anything else: a host that does not answer costs its own time limit, once, and
whatever is known without it is there all the same. What takes long to load is loaded while hosts
are being asked, which is why some imports stand inside functions here.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoResultError
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Flag, auto
from functools import partial
from typing import TYPE_CHECKING

from recorder.bindings.stack import HostBinding, Stack
from recorder.collect.fanout import FanOut
from recorder.collect.look import HostLook, Way, look_at, silent_host
from recorder.collect.probe import LIMIT_SEC
from recorder.collect.shell import Connect, Shell
from recorder.model import Declared, ImportCount, Reason, Snapshot, Trigger

if TYPE_CHECKING:
    from recorder.collect.arr import Day
    from recorder.collect.endpoints import Asked

GRACE_SEC = 1.0


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


@dataclass(frozen=True, slots=True)
class Asking:
    """What to ask, and by what means; a test passes its own."""

    day: "Day"  # the stretch whose imports are counted
    environ: Mapping[str, str]  # where API keys are found
    parts: Part = Part.ALL
    trigger: Trigger = Trigger.PERSON
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
        self._hosts: dict[str, Future[HostLook]] = {}
        self._endpoints: dict[str, Future[Asked]] = {}
        self._imports: list[Future[ImportCount]] = []
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
            task = partial(look_at, self._ways[host.name], paths, self._now_sec)
            self._hosts[host.name] = self._pool.submit(task)

    def _ask_endpoints(self) -> None:
        asked = [
            (service, service.health)
            for service in self._stack.services
            if service.health is not None and service.declared is Declared.ACTIVE
        ]
        if not asked:
            return
        from recorder.collect.endpoints import ask_endpoint  # noqa: PLC0415 - as the module says

        for service, health in asked:
            way = self._ways[service.host]
            task = partial(ask_endpoint, way.host, health, way)
            self._endpoints[service.name] = self._pool.submit(task)

    def _ask_imports(self) -> None:
        if not self._stack.imports:
            return
        from recorder.collect.arr import count_imports, site_of  # noqa: PLC0415

        for binding in self._stack.imports:
            service = self._stack.service(binding.service)
            way = self._ways[service.host]
            site = site_of(way.host, service)
            asking = self._asking
            task = partial(count_imports, binding, site, asking.day, way, asking.environ)
            self._imports.append(self._pool.submit(task))

    def waiting_for(self) -> tuple[str, ...]:
        """The hosts that have not answered yet."""
        return tuple(name for name, future in self._hosts.items() if not future.done())

    def wait(self) -> Snapshot:
        """The snapshot, once everything has answered or had its time."""
        from recorder.collect.assemble import (  # noqa: PLC0415 - as the module says
            mounts_of,
            services_of,
            volumes_of,
        )

        looks = {host.name: self._host_look(host) for host in self._stack.hosts}
        asked = {name: future.result() for name, future in self._endpoints.items()}
        imports = tuple(future.result() for future in self._imports)
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

    def _host_look(self, host: HostBinding) -> HostLook:
        future = self._hosts.get(host.name)
        if future is None:
            return HostLook(silent_host(host, Reason.NOT_ASKED))
        # Each step has a limit of its own; this one is for a wait that has none, a name server's.
        limit = 2 * host.connect_timeout_sec * len(host.addresses) + LIMIT_SEC + GRACE_SEC
        try:
            return future.result(max(0, self._began + limit - time.monotonic()))
        except NoResultError:
            detail = f"no answer in {limit:g} s"
            return HostLook(silent_host(host, Reason.TIMEOUT, detail))
