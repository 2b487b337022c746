"""Logging in to what is no SSH server, or one that misbehaves: each is a reason, never a crash."""

import errno
import socket
import struct
import time
from pathlib import Path

import pytest

from recorder.collect.shell import Unreachable
from recorder.collect.ssh import connect, login
from recorder.model import Reason

from .examples import host
from .servers import Behaviour, blurting, free_port, serving, silent

NOWHERE = "nowhere..invalid"  # is no name to any resolver
BANNER = b"SSH-2.0-test\r\n"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home without keys, config, agent or known hosts."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


def _failure(port: int, *addresses: str, limit_sec: float = 1.0) -> Unreachable:
    binding = host("h", *addresses, ssh_user="u", ssh_port=port, connect_timeout_sec=limit_sec)
    with pytest.raises(Unreachable) as failed:
        connect(binding)
    return failed.value


def _told(failure: Unreachable) -> tuple[Reason, str, str | None]:
    return failure.reason, failure.detail, failure.address


def _packet(payload: bytes) -> bytes:
    """A packet before any key is agreed on: RFC 4253, section 6."""
    padding = 16 - (len(payload) + 5) % 8
    return struct.pack(">IB", len(payload) + padding + 1, padding) + payload + bytes(padding)


def _key_exchange(names: bytes) -> bytes:
    """The opening of a key exchange: RFC 4253, section 7.1; each list holds these names."""
    lists = (struct.pack(">I", len(names)) + names) * 10
    return _packet(b"\x14" + bytes(16) + lists + bytes(5))


STRANGERS = {
    "a web server": b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
    "claims a packet of 4 GB": BANNER + b"\xff" * 64,
    "sends an empty key exchange": BANNER + b"\0\0\0\x0c\x0a\x14" + b"\0" * 10,
    "sends an empty packet": BANNER + _packet(b""),
    "offers algorithms that are no text": BANNER + _key_exchange(b"\xff\xfe"),
    "offers algorithms nobody knows": BANNER + _key_exchange(b"rot13"),
    "has a name that is no text": b"SSH-2.0-\xff\xfe\r\n" + b"\xff" * 64,
}


@pytest.mark.parametrize("name", STRANGERS)
def test_what_does_not_speak_ssh_refuses(name: str) -> None:
    """Whatever its bytes make of the protocol, it is a host that lets nobody in."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(STRANGERS[name])
        silent(connection)

    with serving(behave) as port:
        failure = _failure(port, limit_sec=5.0)
    assert _told(failure) == (Reason.REFUSED, "connection closed before login", "127.0.0.1")


@pytest.mark.parametrize("data", [b"", BANNER, BANNER + b"\0\0"])
def test_what_hangs_up_refuses(data: bytes) -> None:
    """At whatever point it does."""
    with serving(blurting(data)) as port:
        failure = _failure(port, limit_sec=5.0)
    assert _told(failure) == (Reason.REFUSED, "connection closed before login", "127.0.0.1")


@pytest.mark.parametrize(("data", "knocks"), [(b"", 3), (BANNER, 1)])
def test_who_hangs_up_without_a_word_is_knocked_at_again(data: bytes, knocks: int) -> None:
    """As an sshd does that is busy; one that has said who it is means it."""
    knocked = []

    def behave(connection: socket.socket) -> None:
        knocked.append(connection)
        connection.sendall(data)

    with serving(behave) as port:
        _failure(port, limit_sec=5.0)
    assert len(knocked) == knocks


def _named_and_silent(connection: socket.socket) -> None:
    connection.sendall(BANNER)
    silent(connection)


@pytest.mark.parametrize("behave", [silent, _named_and_silent])
def test_one_limit_holds_for_the_whole_login(behave: Behaviour) -> None:
    """A server that takes the connection and never comes to the point costs its limit."""
    began = time.monotonic()
    with serving(behave) as port:
        failure = _failure(port, limit_sec=0.5)
        took = time.monotonic() - began
    assert _told(failure) == (
        Reason.TIMEOUT,
        "connected, then no answer in 0.5 s",
        "127.0.0.1",
    )
    assert took < 3


def test_a_closed_port_and_an_unknown_name_are_told_apart() -> None:
    """With the address that was tried."""
    port = free_port()
    assert _told(_failure(port)) == (Reason.REFUSED, "connection refused", "127.0.0.1")
    assert _told(_failure(port, NOWHERE)) == (Reason.NAME_NOT_FOUND, "name not found", NOWHERE)


def test_of_several_addresses_the_first_failure_is_told() -> None:
    """Where none is more telling than another."""
    assert _failure(free_port(), NOWHERE, "127.0.0.1").address == NOWHERE


def test_a_config_that_ssh_refuses_fails_the_host(tmp_path: Path) -> None:
    """In ssh's words; the look goes on."""
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "config").write_text("Nonsense yes\n")
    failure = _failure(free_port())
    assert (failure.reason, failure.address) == (Reason.PROBE_FAILED, "127.0.0.1")


def test_jump_hosts_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    """Each jumps through the other: no way leads there."""
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "config").write_text("Host a\n ProxyJump b\nHost b\n ProxyJump a\n")
    failure = _failure(22, "a")
    assert failure.reason is Reason.NO_ROUTE
    assert "in a circle" in failure.detail


@pytest.mark.parametrize(
    "trouble",
    [MemoryError(), RuntimeError("can't start new thread"), OSError(errno.ENOMEM, "no memory")],
    ids=["memory", "thread", "kernel"],
)
def test_want_of_memory_here_is_not_the_hosts_refusal(
    monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    """A host is never told as down because this machine had no memory left to log in with."""

    def starve(*_: object) -> None:
        raise trouble

    monkeypatch.setattr(login, "_negotiate", starve)
    with serving(silent) as port, pytest.raises(MemoryError):
        connect(host("h", "127.0.0.1", ssh_user="u", ssh_port=port))
