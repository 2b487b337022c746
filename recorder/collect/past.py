"""Asking what hosts and apps know of the time before: behind a look, all at once, and rarely.

Each host is asked by a connection of its own, since a look has closed its by then. What would not
tell is left out, and is asked again behind a later look.
"""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from recorder.bindings.stack import ServiceBinding, Stack
from recorder.collect.app_past import ask_app
from recorder.collect.arr import site_of
from recorder.collect.boots import ask_boots
from recorder.collect.fanout import FanOut, Task
from recorder.collect.look import Way
from recorder.collect.shell import Connect, Unreachable
from recorder.collect.ways import Opener
from recorder.model.past import AppPast, Hole, HostPast, Told, Untold

LIMIT_SEC = 45.0  # for all of it
T = TypeVar("T")


class Asked:
    """Questions under way: begun when made, done when `wait` returns."""

    def __init__(
        self,
        stack: Stack,
        untold: Untold,
        environ: Mapping[str, str],
        connect: Connect | None = None,
    ) -> None:
        connect = connect or Opener()
        self._deadline = time.monotonic() + LIMIT_SEC
        self._pool = FanOut()
        self._hosts: list[Task[HostPast | None]] = []
        self._apps: dict[Hole, Task[AppPast | None]] = {}
        self._environ = environ
        self._bound = {binding.name: binding for binding in stack.imports}
        services = stack.apps()
        holes: dict[str, list[Hole]] = {}
        for hole in untold.apps:
            if hole.app in services:
                holes.setdefault(services[hole.app].host, []).append(hole)
        hosts = set(untold.hosts)
        for host in stack.hosts:
            way = Way(host, connect)
            way.hold()  # until all is asked of this one, not of all: so that ways soon close
            if host.name in hosts:
                self._hosts.append(self._submit(way, partial(_of_host, way)))
            for hole in holes.get(host.name, ()):
                task = self._app_task(way, services[hole.app], hole)
                self._apps[hole] = self._submit(way, task)
            way.let_go()

    def _app_task(
        self, way: Way, service: ServiceBinding, hole: Hole
    ) -> Callable[[], AppPast | None]:
        binding, site = self._bound[hole.app], site_of(way.host, service)
        return partial(ask_app, binding, site, hole, way, self._environ)

    def _submit(self, way: Way, task: Callable[[], T]) -> Task[T]:
        """Queue a question to a host, whose way is open no longer than it takes."""
        way.hold()
        future = self._pool.submit(task)
        future.add_done_callback(lambda _: way.let_go())
        return future

    def wait(self) -> Told:
        """What was told, once all have answered or had their time."""
        hosts = [self._result(task) for task in self._hosts]
        apps = {hole: self._result(task) for hole, task in self._apps.items()}
        return Told(
            tuple(host for host in hosts if host),
            tuple(app for app in apps.values() if app),
            tuple(hole for hole, app in apps.items() if app is None),
        )

    def _result(self, task: Task[T | None]) -> T | None:
        try:
            return task.result(max(0.0, self._deadline - time.monotonic()))
        except Exception:  # noqa: BLE001 - one's trouble is not the others'
            return None


def _of_host(way: Way) -> HostPast | None:
    try:
        return HostPast(way.host.name, ask_boots(way()))
    except Unreachable:
        return None
