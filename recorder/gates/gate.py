"""What a gate is."""

from collections.abc import Callable

from recorder.frozen import frozen
from recorder.gates.facts import Facts
from recorder.model import GateFinding, GateState


@frozen
class Judged:
    """What a gate makes of the facts."""

    checked: int
    findings: tuple[GateFinding, ...] = ()
    notes: tuple[str, ...] = ()


@frozen
class Gate:
    """One numbered check."""

    number: str
    title: str
    noun: str  # of one thing it judges
    rule: str  # what holds when it passes
    judge: Callable[[Facts], Judged]
    logs_in: bool = True  # without a host logged in to, it can tell nothing


def fail(host: str | None, name: str, what: str, todo: str) -> GateFinding:
    """What is not as it should be."""
    return GateFinding(GateState.FAIL, host, name, what, todo)


def warn(host: str | None, name: str, what: str, todo: str) -> GateFinding:
    """What wants a look, and is no failure."""
    return GateFinding(GateState.WARN, host, name, what, todo)


def unknown(host: str | None, name: str, what: str, todo: str) -> GateFinding:
    """What could not be seen."""
    return GateFinding(GateState.UNKNOWN, host, name, what, todo)
