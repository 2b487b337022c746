"""Many hosts: what they share is had once, and what is open or held is so no longer than needed."""

import gc
import os
import threading
import weakref
from pathlib import Path

import pytest

from recorder.bindings.stack import HealthBinding, HostBinding, ServiceBinding, Stack
from recorder.collect.containers import Container
from recorder.collect.fanout import MOST_THREADS
from recorder.collect.look import Way
from recorder.collect.past import Asked
from recorder.collect.shell import Shell, Unreachable
from recorder.collect.snapshot import HOSTS_TOGETHER, Asking, Look
from recorder.collect.ssh.config import Config, resolve
from recorder.collect.ssh.shelf import Shelf
from recorder.model import HostState
from recorder.model.past import Untold

from .conftest import require
from .examples import FakeShell, host
from .test_snapshot import TODAY

ADDRESSES = [f"192.0.2.{number}" for number in range(1, 41)]
COUNTING = """\
#!/bin/sh
echo asked >>{log}
exec {ssh} "$@"
"""


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose `ssh` is the real one, and notes each time it is run: a line in this file."""
    log = tmp_path / "asked"
    log.touch()
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "ssh").write_text(COUNTING.format(log=log, ssh=require("ssh")))
    (programs / "ssh").chmod(0o755)
    (tmp_path / ".ssh").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    return log


def _times(log: Path) -> int:
    return len(log.read_text().splitlines())


def _config(log: Path, text: str) -> None:
    (log.parent / ".ssh" / "config").write_text(text)


@pytest.mark.parametrize(
    ("config", "times"),
    [
        ("Host *\n  Port 2222\n", 1),
        ("User media\nHost nas other\n  Port 2222\n", 1),
        ("Host 192.0.2.1? !192.0.2.17\n  Port 2222\nHost *\n  User media\n", 3),
        ("Host=192.0.2.7\n  Port 2222\n", 2),
        ("Host *\n  HostName %h\n  ProxyCommand nc %h %p\n", 1),
        ("Host *\n  UserKnownHostsFile ~/.ssh/known_%h\n", len(ADDRESSES)),
        ("Host *\n  HostName %h.example\n", len(ADDRESSES)),
        ("Match host 192.0.2.7\n  Port 2222\n", len(ADDRESSES)),
        ("CanonicalizeHostname yes\nCanonicalDomains example\n", len(ADDRESSES)),
        ("Include {home}/more/*\n", 2),
        ("Include {home}/more/odd\n", len(ADDRESSES)),
        ("Include more\n", len(ADDRESSES)),
    ],
)
def test_config_is_asked_once_of_all_it_says_the_same_of(
    config: str, times: int, asked: Path
) -> None:
    """And each address has the options that asking for it alone gives."""
    more = asked.parent / "more"
    more.mkdir()
    (more / "pve").write_text("Host 192.0.2.7\n  Port 2222\n")
    (more / "odd").write_text("Match all\n") if "odd" in config else None
    _config(asked, config.format(home=asked.parent) if "{home}" in config else config)
    shared = Config()
    told = [shared.options(address, "root", None) for address in ADDRESSES]
    asked_for_all = _times(asked)
    assert told == [resolve(address, "root", None) for address in ADDRESSES]
    assert asked_for_all == times


def test_names_that_ssh_may_take_otherwise_are_asked_for_alone(asked: Path) -> None:
    """Capitals, and what holds a user: it is OpenSSH's to say what they mean."""
    _config(asked, "Host PVE\n  Port 2222\nHost *\n  User media\n")
    shared, names = Config(), ["PVE", "pve", "Pve2", "me@pve"]
    told = [shared.options(name, None, None) for name in names]
    assert told == [resolve(name, None, None) for name in names]


def test_hosts_that_are_begun_together_wait_for_one_answer(asked: Path) -> None:
    """Threads that ask at once are told what the first was told."""
    _config(asked, "Host *\n  Port 2222\n")
    shared, together = Config(), threading.Barrier(8, timeout=10)
    ports: list[int] = []

    def ask(address: str) -> None:
        together.wait()
        ports.append(shared.options(address, None, None).port)

    threads = [threading.Thread(target=ask, args=(address,)) for address in ADDRESSES[:8]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (ports, _times(asked)) == ([2222] * 8, 1)


def test_known_hosts_is_read_once(tmp_path: Path) -> None:
    """However many hosts are looked up in it; and a file that is not there says nothing."""
    known = tmp_path / "known_hosts"
    known.write_text("pve ssh-ed25519 AAAA\nnas ssh-ed25519 BBBB\n")
    shelf, files = Shelf(), (known, tmp_path / "absent")
    first = shelf.known_hosts(files)
    known.unlink()
    again = shelf.known_hosts(files)
    assert [len(again.keys(name)) for name in ("pve", "nas", "other")] == [1, 1, 0]
    assert again is first


class _Opened:
    """Counts the ways that are open at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = 0
        self.most = 0
        self.closed = 0

    def connect(self, _host: HostBinding) -> Shell:
        opened = self

        class Counted(FakeShell):
            def close(self) -> None:
                with opened._lock:
                    opened._open -= 1
                    opened.closed += 1

        with self._lock:
            self._open += 1
            self.most = max(self.most, self._open)
        return Counted()


def test_a_way_is_closed_when_its_host_has_answered() -> None:
    """Of a thousand hosts no more are connected to at once than are being asked."""
    opened = _Opened()
    services = tuple(
        ServiceBinding(
            f"app-{number}", f"host-{number}", "app", health=HealthBinding(1, "/", via_ssh=True)
        )
        for number in range(1000)
    )
    stack = Stack(hosts=tuple(host(f"host-{number}") for number in range(1000)), services=services)
    look = Look(stack, Asking(TODAY, {}, connect=opened.connect))
    seen = look.wait()
    assert {one.state for one in seen.hosts} == {HostState.UP}
    assert opened.most <= MOST_THREADS + HOSTS_TOGETHER


def test_the_past_is_asked_of_no_more_hosts_at_once() -> None:
    """Behind a first look every host is asked: a way is not held until the last question is put."""
    opened = _Opened()
    stack = Stack(hosts=tuple(host(f"host-{number}") for number in range(1000)))
    names = tuple(host.name for host in stack.hosts)
    Asked(stack, Untold(names, ()), {}, opened.connect).wait()
    assert opened.most <= MOST_THREADS + 1


def test_a_way_stays_open_for_who_still_needs_it() -> None:
    """The last one to let go closes it, once."""
    opened = _Opened()
    way = Way(host(), opened.connect)
    way.hold()
    way.hold()
    way()
    way.let_go()
    assert opened.closed == 0
    way.let_go()
    assert opened.closed == 1


def test_a_closed_way_holds_nothing_of_its_connection() -> None:
    """A look keeps its ways to the end, of a thousand hosts; none is opened a second time."""
    opened: list[weakref.ref[Shell]] = []

    def connect(_host: HostBinding) -> Shell:
        shell = FakeShell()
        opened.append(weakref.ref(shell))
        return shell

    way = Way(host(), connect)
    way.hold()
    way()
    assert opened[0]() is not None
    way.let_go()
    assert opened[0]() is None
    with pytest.raises(Unreachable):
        way()
    assert len(opened) == 1


def test_a_look_holds_a_hosts_answer_until_it_is_put_together() -> None:
    """Then it is a part of the snapshot, and there once."""
    listed = '{"name": "/radarr", "state": "running"}'
    shell = FakeShell(
        lambda mark: f"{mark} machine\nclock 1\n{mark} engine docker 0 listed 1\n{listed}\n"
    )
    stack = Stack(hosts=tuple(host(f"host-{number}") for number in range(40)))
    before = _containers()
    look = Look(stack, Asking(TODAY, {}, connect=lambda _host: shell))
    seen = look.wait()
    assert [service.name for service in seen.services] == ["radarr"] * 40
    assert _containers() == before
    assert look.waiting_for() == ()


def _containers() -> int:
    """How many answers' containers there are."""
    gc.collect()
    return sum(isinstance(one, Container) for one in gc.get_objects())
