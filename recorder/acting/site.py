"""The way to a host that is worked on: opened anew where it broke, and asked how it stands."""

import time
from collections.abc import Callable
from dataclasses import replace

from recorder.bindings.stack import HostBinding
from recorder.collect.look import HostLook, Way, look_at
from recorder.collect.shell import Connect, Shell
from recorder.model import HostState


class Site:
    """One host and the way to it."""

    def __init__(
        self, host: HostBinding, connect: Connect, clock: Callable[[], float] = time.time
    ) -> None:
        # only its containers are asked about: a mount that hangs would cost its limit each time
        self.host = replace(host, mounts=(), discover=False)
        self._connect = connect
        self._clock = clock
        self._way = Way(self.host, connect)

    def shell(self) -> Shell:
        """The open shell. Raises Unreachable."""
        return self._way()

    def look(self) -> HostLook:
        """How it stands now; the next one tries anew where this one did not get through."""
        seen = look_at(self._way, (), self._clock)
        if seen.host.state is not HostState.UP:
            self._way.close()
            self._way = Way(self.host, self._connect)
        return seen

    def close(self) -> None:
        """Close the way, where it is open."""
        self._way.close()


def trouble(seen: HostLook) -> str | None:
    """Why a host can't be worked on, and what to type next; None where it can."""
    host = seen.host
    if host.state is not HostState.UP:
        said = host.detail or str(host.reason)
        return f"{host.name} is {host.state}: {said}{_hint(host.hint)}"
    engine = host.engine
    if engine and not engine.readable:
        said = engine.detail or str(engine.reason)
        return f"{host.name}: its containers can't be read: {said}{_hint(engine.hint)}"
    return None


def _hint(hint: str | None) -> str:
    return f"; {hint}" if hint else ""
