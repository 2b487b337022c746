"""A fleet of real sshds, more of them than may be asked at once, some of them dead."""

import gc
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from fleets.hosts import CONTAINERS, Fleet, bindings_of, fleet_of, running

from recorder.bindings import load
from recorder.bindings.stack import HostBinding
from recorder.collect import snapshot as looking
from recorder.collect.fanout import FanOut
from recorder.collect.shell import Shell
from recorder.collect.snapshot import Asking, Look
from recorder.collect.ssh.transport import Transport
from recorder.collect.ways import Opener
from recorder.model import HostState, Reason, ServiceState, day_of
from recorder.model.day import LocalTime

ROOT = Path(__file__).resolve().parents[2]
HOSTS, DEAD, AT_ONCE = 40, 2, 8
THREADS_A_HOST = 3  # one asks, one speaks SSH, one keeps the time of the greeting
COUNTING = '#!/bin/sh\necho asked >>{log}\nexec /usr/bin/ssh "$@"\n'
ASKED = "import os, sys; os.execv(sys.argv[1], sys.argv[1:])"


@pytest.fixture(scope="module")
def fleet(lab_parts: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:  # noqa: ARG001
    """Forty hosts, two of them dead, and the home that reaches them."""
    with running(tmp_path_factory.mktemp("fleet"), fleet_of(HOSTS, DEAD)) as up:
        folder = up.home / "ops" / "bindings"
        folder.mkdir(parents=True)
        bound = bindings_of(up, connect_timeout_sec=2)
        (folder / "media.services.yaml").write_text(bound)
        yield up


@pytest.fixture
def asked(fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The fleet's home is ours; each `ssh` that is run is a line of this file."""
    log = tmp_path / "asked"
    log.touch()
    (tmp_path / "ssh").write_text(COUNTING.format(log=log))
    (tmp_path / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(fleet.home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return log


class _Counting:
    """The real way into hosts, how many ways are open at once, and how many threads there are."""

    def __init__(self) -> None:
        self._open = Opener()
        self._lock = threading.Lock()
        self._now = 0
        self.most = self.most_threads = 0

    def __call__(self, host: HostBinding) -> Shell:
        self._count(1)
        try:
            shell = self._open(host)
        except BaseException:
            self._count(-1)
            raise
        close = shell.close

        def closed() -> None:
            close()
            self._count(-1)

        shell.close = closed  # type: ignore[method-assign]
        return shell

    def _count(self, more: int) -> None:
        with self._lock:
            self._now += more
            self.most = max(self.most, self._now)
            self.most_threads = max(self.most_threads, threading.active_count())


def test_a_fleet_is_asked_a_few_at_a_time(
    fleet: Fleet, asked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is in the picture, and costs no more memory once it is; its config cost one process."""
    monkeypatch.setattr(looking, "FanOut", partial(FanOut, AT_ONCE))
    stack = load(fleet.home / "ops" / "bindings")
    connect = _Counting()
    today = day_of(date(2026, 2, 16), LocalTime())
    threads = set(threading.enumerate())
    look = Look(stack, Asking(today, {}, connect=connect))
    seen = look.wait()
    dead = {host.name for host in fleet.hosts if host.dead}
    assert [(host.name, host.state, host.reason, host.detail) for host in seen.hosts] == [
        (host.name, HostState.DOWN, Reason.TIMEOUT, "timed out after 2 s")
        if host.dead
        else (host.name, HostState.UP, None, None)
        for host in fleet.hosts
    ]
    states = {(host.name, it.state) for host in seen.hosts for it in seen.on(host.name)}
    assert states == {
        (host.name, ServiceState.UNKNOWN if host.name in dead else ServiceState.RUNNING)
        for host in fleet.hosts
    }
    assert len(seen.services) == HOSTS * CONTAINERS
    assert connect.most <= AT_ONCE
    assert connect.most_threads <= len(threads) + THREADS_A_HOST * AT_ONCE
    left = _connections_after(threads)  # not in the assert, which would hold what it compares
    assert left == 0
    assert len(asked.read_text().splitlines()) == 1


def _connections_after(before: set[threading.Thread]) -> int:
    """How many of SSH are held by anything, open or not, once what began since has ended."""
    while begun := set(threading.enumerate()) - before:
        begun.pop().join(10)
    del begun
    gc.collect()
    return sum(type(one) is Transport for one in gc.get_objects())


def test_a_fleet_is_shown_and_recorded(fleet: Fleet, asked: Path) -> None:
    """The whole program: what is wrong is named, what is well is counted, all of it is kept."""
    history = asked.with_name("history.db")
    ops = [str(ROOT / "bin" / "ops"), "--root", str(fleet.home), "media.status"]
    shown = _run(*ops, "--db", str(history))
    told = _run(*ops, "--db", str(history), "--json")
    assert shown.returncode == told.returncode == 1
    assert f"✓ {HOSTS - DEAD} others up" in shown.stdout
    assert shown.stdout.count("✗ DOWN") == DEAD
    document = json.loads(told.stdout)
    assert document["data"]["snapshot"]["recorded"]
    assert len(document["data"]["services"]) == HOSTS * CONTAINERS
    assert document["data"]["changes"]["events"] == []


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ASKED, *command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
