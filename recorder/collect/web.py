"""Where a web service of a host is found: straight, or through SSH where it listens only there."""

import socket
from collections.abc import Callable
from dataclasses import dataclass

from recorder.bindings.stack import HostBinding
from recorder.collect.http import over_tls
from recorder.collect.network import dial_first
from recorder.collect.shell import Connection, Shell

LOCALHOST = "127.0.0.1"

OpenShell = Callable[[], Shell]  # waits for the way into the host; raises Unreachable


@dataclass(frozen=True, slots=True)
class Site:
    """A port of a host that speaks HTTP."""

    host: HostBinding
    port: int
    scheme: str = "http"
    verify_tls: bool = True
    via_ssh: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The addresses to try, in order."""
        return (LOCALHOST,) if self.via_ssh or self.host.local else self.host.addresses

    @property
    def authority(self) -> str:
        """The URL's `host:port`."""
        name = self.names[0]
        return f"[{name}]:{self.port}" if ":" in name else f"{name}:{self.port}"

    def url(self, path: str) -> str:
        """The URL of a path, as a person would type it where it is asked from."""
        return f"{self.scheme}://{self.authority}{path}"

    def connect(self, shell: OpenShell, timeout_sec: float) -> Connection:
        """Open a connection; raises OSError, and Unreachable where the way is through SSH."""
        if self.via_ssh:
            return shell().dial(self.port, timeout_sec)
        return dial_first(self.names, self.port, timeout_sec)

    def secure(self, connection: Connection, deadline: float) -> Connection:
        """The connection in TLS, where that is the scheme; raises ssl.SSLError."""
        if self.scheme == "https" and isinstance(connection, socket.socket):
            return over_tls(connection, self.names[0], verify=self.verify_tls, deadline=deadline)
        return connection
