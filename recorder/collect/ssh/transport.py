"""paramiko's transport, woken by what comes and by being closed.

Paramiko's own wakes ten times a second to see whether it was closed meanwhile: of a fleet, each of
all that are connected to at once does, for as long as they are. Closed, it lives on until the next
time. Here closing wakes it and waits for its end, so that what is open is all that there is.
"""

import contextlib
import socket
import threading

from recorder.collect.ssh.library import paramiko

END_LIMIT_SEC = 1.0


class Transport(paramiko.Transport):
    """A connection's thread; none is left of it once it is closed."""

    _active_check_timeout = 2.0

    def stop_thread(self) -> None:
        """As paramiko does, but at once."""
        if isinstance(self.sock, socket.socket):  # a jump host's channel wakes its reader itself
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
        super().stop_thread()
        if self is not threading.current_thread():
            self.join(END_LIMIT_SEC)
