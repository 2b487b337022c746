"""Asking what hosts and apps know of the time before: behind a look, all at once, and rarely.

Each host is asked by a connection of its own, since a look has closed its by then. What would not
tell is left out, and is asked again behind a later look.
"""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from recorder.bindings.stack import ImportBinding, Stack
from recorder.collect.app_past import ask_app
from recorder.collect.arr import site_of
from recorder.collect.boots import ask_boots
from recorder.collect.fanout import FanOut, Task
from recorder.collect.look import Way
from recorder.collect.shell import Connect, Unreachable
from recorder.collect.snapshot import Opener
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
        self._ways = {host.name: Way(host, connect) for host in stack.hosts}
        for way in self._ways.values():
            way.hold()
        self._hosts = [
            self._submit(self._ways[name], partial(_of_host, self._ways[name]))
            for name in untold.hosts
            if name in self._ways
        ]
        bound = {binding.name: binding for binding in stack.imports}
        self._apps = {
            hole: self._submit(*self._app_task(stack, bound[hole.app], hole, environ))
            for hole in untold.apps
            if hole.app in bound
        }
        for way in self._ways.values():
            way.let_go()

    def _app_task(
        self,
        stack: Stack,
        binding: ImportBinding,
        hole: Hole,
        environ: Mapping[str, str],
    ) -> tuple[Way, Callable[[], AppPast | None]]:
        service = stack.service(binding.service)
        way = self._ways[service.host]
        task = partial(ask_app, binding, site_of(way.host, service), hole, way, environ)
        return way, task

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
