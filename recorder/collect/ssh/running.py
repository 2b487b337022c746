"""A started program at the other end of a logged-in connection.

A host that goes away sends nothing, and neither does one that works in silence: so the host is
asked for a sign of life all the while, by the request OpenSSH uses for it.
"""

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Self

from recorder.collect.shell import End, Ended, Unreachable
from recorder.collect.ssh.library import paramiko
from recorder.collect.streaming import COMPLAINT_BYTES, GRACE_SEC, Opening, complaint_of
from recorder.model import Reason

CHUNK_BYTES = 64 * 1024
TICK_SEC = 0.5
PULSE_SEC = 4.0  # between two signs of life
SILENT_SEC = 15.0  # without any, the host is gone
OPEN_LIMIT_SEC = 15.0
TROUBLE = (paramiko.SSHException, OSError, EOFError)


def start(transport: paramiko.Transport, script: bytes, timeout_sec: float) -> "SshRunning":
    """Start a script; raises Unreachable where the connection is gone."""
    opening = Opening()
    try:
        channel = transport.open_session(timeout=OPEN_LIMIT_SEC)
        channel.exec_command("sh -s")
        channel.settimeout(OPEN_LIMIT_SEC)
        channel.sendall(opening.guarded(script))
    except TROUBLE as error:
        raise Unreachable(Reason.TIMEOUT, f"the connection is gone: {error}") from error
    return SshRunning(channel, opening, Pulse(transport), time.monotonic() + timeout_sec)


class Pulse:
    """The time of the last sign of life."""

    def __init__(self, transport: paramiko.Transport) -> None:
        self._transport = transport
        self._over = threading.Event()
        self._felt = time.monotonic()
        threading.Thread(target=self._ask, daemon=True).start()

    def _ask(self) -> None:
        while not self._over.wait(PULSE_SEC):
            with contextlib.suppress(*TROUBLE):
                self._transport.global_request("keepalive@openssh.com", wait=True)
            if not self._transport.is_active():
                return
            self.feel()

    def feel(self) -> None:
        """Something came from the host."""
        self._felt = time.monotonic()

    @property
    def there(self) -> bool:
        """Whether the host is."""
        return self._transport.is_active() and time.monotonic() - self._felt < SILENT_SEC

    def stop(self) -> None:
        self._over.set()


class SshRunning:
    """A started program."""

    def __init__(
        self, channel: paramiko.Channel, opening: Opening, pulse: Pulse, deadline: float
    ) -> None:
        self._channel = channel
        self._opening = opening
        self._pulse = pulse
        self._deadline = deadline
        self._complaint = b""
        self._end: End | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up, so that its guard ends it; wait a moment for that, where the host is there."""
        self._pulse.stop()
        try:
            with contextlib.suppress(*TROUBLE):
                self._channel.shutdown_write()
                if self._pulse.there:
                    self._channel.status_event.wait(GRACE_SEC)
        finally:
            with contextlib.suppress(*TROUBLE):
                self._channel.close()

    def chunks(self) -> Iterator[bytes]:
        while (ended := self._over()) is None:
            try:
                chunk = self._channel.recv(CHUNK_BYTES)
            except TimeoutError:
                continue
            except OSError:
                chunk = b""
            if not chunk:
                ended = self._its_end()
                break
            self._pulse.feel()
            if own := self._opening.after(chunk):
                yield own
        whole = ended is Ended.WHOLE
        status = self._channel.exit_status if whole else None
        self._end = End(ended, status, complaint_of(self._complaint))

    def _over(self) -> Ended | None:
        """Why to listen no longer; None while there is no reason to."""
        while self._channel.recv_stderr_ready():
            said = self._complaint + self._channel.recv_stderr(CHUNK_BYTES)
            self._complaint = said[-COMPLAINT_BYTES:]
        left = self._deadline - time.monotonic()
        if left <= 0:
            return Ended.TIMEOUT
        self._channel.settimeout(min(left, TICK_SEC))
        return None if self._pulse.there or self._channel.recv_ready() else Ended.CLOSED

    def _its_end(self) -> Ended:
        """Wait for its exit status, when it has nothing more to say."""
        while not self._channel.status_event.wait(TICK_SEC):
            if ended := self._over():
                return ended
        self._over()
        return Ended.WHOLE if self._channel.exit_status >= 0 else Ended.CLOSED

    @property
    def end(self) -> End:
        if self._end is None:
            raise AssertionError
        return self._end
