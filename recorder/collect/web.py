"""Where a web service of a host is found: straight, or through SSH where it listens only there."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address

from recorder.bindings.stack import HealthBinding, HostBinding
from recorder.collect.http import TimedConnection
from recorder.collect.network import dial_first
from recorder.collect.shell import Connection, Shell, Unreachable
from recorder.frozen import frozen

LOCALHOST = "127.0.0.1"
UNTOLD = "***"  # in the place of what may be a secret

OpenShell = Callable[[], Shell]  # waits for the way into the host; raises Unreachable


@frozen
class Site:
    """A port of a host that speaks HTTP."""

    host: HostBinding
    port: int
    scheme: str = "http"
    verify_tls: bool = True
    via_ssh: bool = False
    elsewhere: str | None = None  # asked there instead of at the host's addresses

    @property
    def names(self) -> tuple[str, ...]:
        """The addresses to try, in order."""
        if self.via_ssh:
            return (LOCALHOST,)
        if self.elsewhere:
            return (self.elsewhere,)
        return (LOCALHOST,) if self.host.local else self.host.addresses

    @property
    def authority(self) -> str:
        """The URL's `host:port`."""
        name = self.names[0]
        return f"[{name}]:{self.port}" if ":" in name else f"{name}:{self.port}"

    def url(self, path: str) -> str:
        """The URL of a path, as a person would type it where it is asked from, but for secrets.

        Of its query it tells the names: values are where keys stand.
        """
        way, mark, query = path.partition("?")
        told = "&".join(map(_untold, query.split("&"))) if query else ""
        return f"{self.scheme}://{self.authority}{way}{mark}{told}"

    def proved_by(self, shell: OpenShell) -> "Site":
        """The site at the address whose host key SSH accepted. Raises Unreachable."""
        if self.via_ssh or self.elsewhere or self.host.local:
            return self
        return replace(self, elsewhere=shell().name)

    def found_by(self, shell: OpenShell) -> "Site":
        """The site where SSH found the host, if that can differ and if it did."""
        if self.via_ssh or (len(self.names) == 1 and _is_address(self.names[0])):
            return self
        try:
            return self.proved_by(shell)
        except Unreachable:
            return self

    def connect(self, shell: OpenShell, timeout_sec: float) -> Connection:
        """Open a connection; raises OSError, and Unreachable where the way is through SSH."""
        if self.via_ssh:
            return shell().dial(self.port, timeout_sec)
        return dial_first(self.names, self.port, timeout_sec)

    def secure(self, connection: Connection, deadline: float) -> Connection:
        """The connection in TLS, where that is the scheme; raises OSError, also TlsError."""
        if self.scheme != "https":
            return connection
        from recorder.collect.tls import TlsConnection  # noqa: PLC0415 - loads OpenSSL

        timed = TimedConnection(connection, deadline)
        return TlsConnection(timed, self.names[0], verify=self.verify_tls)


def health_site(host: HostBinding, health: HealthBinding) -> Site:
    """Where a health URL is asked."""
    return Site(
        host, health.port, health.scheme, health.verify_tls, health.via_ssh, elsewhere=health.host
    )


def _untold(word: str) -> str:
    name, mark, _ = word.partition("=")
    return f"{name}={UNTOLD}" if mark else UNTOLD


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
