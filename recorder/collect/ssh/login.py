"""Logging in: reach the host, check that its key is the one on file, prove who we are.

A host key that is not on file, or differs from the one on file, is refused with what to type next;
nothing is ever added to known_hosts, and no password is ever asked for.
"""

import contextlib
import os
import random
import shlex
import signal
import socket
import subprocess
import time
import weakref
from dataclasses import replace

from recorder.collect.network import describe, dial, reason_of
from recorder.collect.shell import Unreachable
from recorder.collect.ssh.config import SSH_PORT, SshOptions, parse_jump
from recorder.collect.ssh.keys import login_keys
from recorder.collect.ssh.known_hosts import accepts, fingerprint, host_label
from recorder.collect.ssh.library import paramiko
from recorder.collect.ssh.shelf import Shelf
from recorder.collect.ssh.transport import Transport
from recorder.errors import starved
from recorder.frozen import frozen
from recorder.model import Reason

MOST_JUMPS = 8
RETRY_AFTER_SEC = (0.25, 0.75)
SIGNATURES = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}  # RFC 8332; others sign by their name


@frozen
class LoggedIn:
    """A connection to a host, and those to the jump hosts it goes through, the nearest last."""

    transport: paramiko.Transport
    hops: tuple[paramiko.Transport, ...]

    def close(self) -> None:
        """Close them all, the host's first."""
        for transport in (self.transport, *reversed(self.hops)):
            transport.close()


class _HungUp(Unreachable):
    """A server that closed the connection before it said who it is.

    So does an sshd that too many knock at (MaxStartups in sshd_config(5)): it may let us in next.
    """


def log_in(options: SshOptions, shelf: Shelf, timeout_sec: float, jumps: int = 0) -> LoggedIn:
    """Log in to a host, by way of its jump hosts. Raises Unreachable; nothing stays open then.

    Where the server hangs up at once we knock again, within the same time. Each waits a while of
    its own, so that those who were sent away together don't come back together.
    """
    deadline = time.monotonic() + timeout_sec
    left_sec = timeout_sec
    for after_sec in RETRY_AFTER_SEC:
        try:
            return _log_in_once(options, shelf, left_sec, jumps)
        except _HungUp:
            pause_sec = after_sec * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
            if time.monotonic() + pause_sec >= deadline:
                raise
            time.sleep(pause_sec)
            left_sec = round(deadline - time.monotonic(), 1)
    return _log_in_once(options, shelf, left_sec, jumps)


def _log_in_once(options: SshOptions, shelf: Shelf, timeout_sec: float, jumps: int) -> LoggedIn:
    hops: list[paramiko.Transport] = []
    try:
        transport = _logged_in(options, shelf, timeout_sec, jumps, hops)
    except BaseException:
        for hop in reversed(hops):
            hop.close()
        raise
    return LoggedIn(transport, tuple(hops))


def _logged_in(
    options: SshOptions,
    shelf: Shelf,
    timeout_sec: float,
    jumps: int,
    hops: list[paramiko.Transport],
) -> paramiko.Transport:
    deadline = time.monotonic() + timeout_sec
    stream = _stream(options, shelf, timeout_sec, jumps, hops)
    left = deadline - time.monotonic()
    with shelf.turn(timeout_sec):
        return _proved(options, shelf, stream, left, timeout_sec)


def _proved(
    options: SshOptions, shelf: Shelf, stream: socket.socket, left_sec: float, timeout_sec: float
) -> paramiko.Transport:
    """A logged-in transport on a connected stream: who each side is has been proved."""
    deadline = time.monotonic() + left_sec
    transport = Transport(stream)
    try:
        _negotiate(transport, options, shelf, deadline)
        _authenticate(transport, options, shelf, timeout_sec)
    except Unreachable:
        transport.close()
        raise
    except Exception as error:  # paramiko hands on whatever the other side made it trip over
        transport.close()
        if starved(error):
            raise MemoryError(str(error)) from error
        if time.monotonic() >= deadline or isinstance(error, TimeoutError):
            detail = f"connected, then no answer in {timeout_sec:g} s"
            raise Unreachable(Reason.TIMEOUT, detail) from error
        silent = not transport.remote_version
        hung_up = silent and isinstance(error.__context__, EOFError | ConnectionError)
        kind = _HungUp if hung_up else Unreachable
        raise kind(Reason.REFUSED, "connection closed before login") from error
    return transport


def _stream(
    options: SshOptions,
    shelf: Shelf,
    timeout_sec: float,
    jumps: int,
    hops: list[paramiko.Transport],
) -> socket.socket:
    """The bytes' way to the host: a command's, a jump host's, or straight."""
    if options.command:
        return _through_command(options.command)
    if options.jump:
        return _through_jump(options, shelf, timeout_sec, jumps, hops)
    try:
        return dial(options.host_name, options.port, timeout_sec)
    except OSError as error:
        raise Unreachable(reason_of(error), describe(error, timeout_sec)) from error


class _CommandEnd(socket.socket):
    """Our end of a ProxyCommand. Closed, or left when the program ends, it ends the command too.

    One that still knocks at a door where nobody answers would not notice by itself.
    """

    def ends(self, process: subprocess.Popen[bytes]) -> None:
        """Tie the command to this end."""
        self._end_command = weakref.finalize(self, _end, process)

    def close(self) -> None:
        super().close()
        self._end_command()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command and what it started: it leads a process group of its own."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)


def _through_command(command: str) -> socket.socket:
    """A ProxyCommand, both its ends one socket, so that time limits hold for it too."""
    mine, theirs = socket.socketpair()
    with theirs:
        ours = _CommandEnd(fileno=mine.detach())
        process = subprocess.Popen(
            ["/bin/sh", "-c", f"exec {command}"],  # a line for the shell: ssh_config(5)
            stdin=theirs.fileno(),
            stdout=theirs.fileno(),
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        ours.ends(process)
    return ours


def _through_jump(
    options: SshOptions,
    shelf: Shelf,
    timeout_sec: float,
    jumps: int,
    hops: list[paramiko.Transport],
) -> socket.socket:
    """A channel through the last jump host, which is reached through those before it.

    `hops` gains the connections to them.
    """
    before, _, last = (options.jump or "").rpartition(",")
    name, user, port = parse_jump(last)
    if jumps >= MOST_JUMPS:
        raise Unreachable(Reason.NO_ROUTE, f"the jump hosts lead in a circle, by way of {name}")
    hop = shelf.config.options(name, user, port)
    hop = replace(hop, jump=before) if before else hop
    try:
        way = log_in(hop, shelf, timeout_sec, jumps + 1)
    except Unreachable as failure:
        failure.detail = f"jump host {name}: {failure.detail}"
        raise
    hops += [*way.hops, way.transport]
    try:
        return way.transport.open_channel(  # type: ignore[return-value] # as good as one, to paramiko
            "direct-tcpip", (options.host_name, options.port), ("", 0), timeout=timeout_sec
        )
    except (paramiko.SSHException, EOFError) as error:
        detail = f"jump host {name} can't reach {options.host_name} port {options.port}"
        raise Unreachable(Reason.NO_ROUTE, detail) from error


def _negotiate(
    transport: paramiko.Transport, options: SshOptions, shelf: Shelf, deadline: float
) -> None:
    """Agree on keys, and check that the host's own is the one on file."""
    label = options.key_alias or host_label(options.host_name, options.port)
    on_file = shelf.known_hosts(options.known_hosts)
    acceptable = on_file.keys(label) if options.key_alias else on_file.acceptable(label)
    security = transport.get_security_options()
    wanted = [name for key in acceptable for name in SIGNATURES.get(key.kind, (key.kind,))]
    first = [name for name in dict.fromkeys(wanted) if name in security.key_types]
    security.key_types = (*first, *(kind for kind in security.key_types if kind not in first))
    transport.banner_timeout = transport.handshake_timeout = deadline - time.monotonic()
    transport.start_client(timeout=max(0.0, deadline - time.monotonic()))
    if not transport.initial_kex_done:  # start_client returns the same way when its time is up
        raise TimeoutError
    shown = transport.get_remote_server_key()
    if not accepts(acceptable, shown.asbytes()):
        known = bool(on_file.keys(label))
        _refuse_key(options, label, shown.asbytes(), known=known)


def _refuse_key(options: SshOptions, label: str, shown: bytes, *, known: bool) -> None:
    print_ = fingerprint(shown)
    port = ["-p", str(options.port)] if options.port != SSH_PORT else []
    log_in = shlex.join(["ssh", *port, f"{options.user}@{options.host_name}"])
    if known:
        raise Unreachable(
            Reason.HOST_KEY_CHANGED,
            f"host key changed, now {print_}",
            hint=f"if you expected that: {shlex.join(['ssh-keygen', '-R', label])}; {log_in}",
        )
    raise Unreachable(
        Reason.HOST_KEY_UNKNOWN,
        f"host key unknown, it shows {print_}",
        hint=f"compare it, and accept it once: {log_in}",
    )


def _authenticate(
    transport: paramiko.Transport, options: SshOptions, shelf: Shelf, timeout_sec: float
) -> None:
    """Try each key in OpenSSH's order: the agent's, those of the files first, then the files."""
    transport.auth_timeout = timeout_sec
    notes: list[str] = []
    for key in login_keys(options, shelf.keys, notes):
        try:
            if not transport.auth_publickey(options.user, key):
                return
        except paramiko.BadAuthenticationType:
            notes.append("the host accepts no keys")
            break
        except paramiko.AuthenticationException:
            if not transport.is_active():
                break
    said = f": {notes[0]}" if notes else ""
    raise Unreachable(
        Reason.AUTH_FAILED,
        f"login refused for {options.user}{said}",
        hint=f"try: ssh-copy-id {shlex.quote(f'{options.user}@{options.host_name}')}"
        if not notes
        else "try: ssh-add",
    )
