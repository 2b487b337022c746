"""paramiko's transport, woken by what comes and by being closed.

Paramiko's own wakes ten times a second to see whether it was closed meanwhile: of a fleet, each of
all that are connected to at once does, for as long as they are. Closed, it lives on until the next
time. Here closing wakes it and waits for its end, so that what is open is all that there is.
"""

import contextlib
import socket
import threading

from recorder.collect.ssh.library import paramiko
from recorder.errors import starved

END_LIMIT_SEC = 1.0


class Transport(paramiko.Transport):
    """A connection's thread; none is left of it once it is closed."""

    _active_check_timeout = 2.0

    def run(self) -> None:
        """As paramiko does; without memory even to end as it does, nobody is left waiting."""
        try:
            super().run()
        except Exception as error:
            if not starved(error):
                raise
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self.saved_exception = error
        channels = self._channels  # type: ignore[attr-defined] # missing in its stubs
        for channel in list(channels.values()):
            channel._unlink()  # noqa: SLF001 - as at paramiko's own end of it
        self.active = False
        self.packetizer.close()
        for event in (self.completion_event, *self.channel_events.values()):
            if event is not None:
                event.set()
        if self.auth_handler is not None:
            self.auth_handler.abort()
        self.sock.close()

    def stop_thread(self) -> None:
        """As paramiko does, but at once; when the program ends, a jump host may be gone before."""
        if isinstance(self.sock, socket.socket):  # a jump host's channel wakes its reader itself
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(EOFError, OSError):
            super().stop_thread()
        if self.is_alive() and self is not threading.current_thread():
            self.join(END_LIMIT_SEC)
