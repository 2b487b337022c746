"""Bindings and answers made up for the tests of collecting."""

from collections.abc import Callable

from recorder.bindings.stack import HostBinding, ServiceBinding
from recorder.collect.shell import Answer, Connect, Connection, Ended

LOCAL = HostBinding("here", ("127.0.0.1",), local=True)


def host(name: str = "download-stack", *addresses: str, **more: object) -> HostBinding:
    """A host that is reached by SSH."""
    return HostBinding(name, addresses or ("127.0.0.1",), **more)  # type: ignore[arg-type]


def service(name: str, *, container: str = "", **more: object) -> ServiceBinding:
    """A service of the host above."""
    return ServiceBinding(name, "download-stack", container or name, **more)  # type: ignore[arg-type]


def mark_of(script: bytes) -> str:
    """The mark that a question's answer has to carry."""
    return script.split(maxsplit=2)[1].decode()


def no_dial(_port: int, _timeout_sec: float) -> Connection:
    """A host nobody reaches a port of."""
    raise ConnectionRefusedError


def up_and_empty(mark: str) -> str:
    """What a host says that runs nothing, between its first line and its last."""
    return f"{mark} machine\nclock 1771246920\n{mark} engine - 127\n{mark} mounts\n"


class FakeShell:
    """A shell that answers what a function says, given the run's mark."""

    def __init__(
        self,
        says: Callable[[str], str] = up_and_empty,
        *,
        ended: Ended = Ended.WHOLE,
        complaint: str = "",
        address: str | None = "127.0.0.1",
        dial: Callable[[int, float], Connection] = no_dial,
    ) -> None:
        self._says = says
        self._ended = ended
        self._complaint = complaint
        self.address = address
        self.name = "127.0.0.1"
        self.dial = dial
        self.scripts: list[bytes] = []
        self.closed = False

    def run(self, script: bytes, *, until: bytes, timeout_sec: float) -> Answer:  # noqa: ARG002
        self.scripts.append(script)
        mark = mark_of(script)
        end = f"\n{mark} end\n" if self._ended is Ended.WHOLE else ""
        return Answer((self._says(mark) + end).encode(), self._ended, self._complaint)

    def close(self) -> None:
        self.closed = True


def by(shell: FakeShell) -> Connect:
    """A way to any host that leads to this shell."""
    return lambda _host: shell
