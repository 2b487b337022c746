"""What a gate found: where reality and the binding part, and what to do about it.

A gate whose facts could not be had is unknown, and unknown never passes.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from recorder.frozen import frozen
from recorder.model.states import Verdict


class GateState(StrEnum):
    """How a gate stands, in one word."""

    PASS = "pass"  # noqa: S105 - no password
    WARN = "warn"  # nothing fails, and something wants a look
    FAIL = "fail"
    UNKNOWN = "unknown"  # what it judges by could not be had


@frozen
class GateFinding:
    """One thing that is not as the binding says, or could not be seen."""

    severity: GateState  # warn, fail or unknown
    host: str | None
    name: str  # of the service, the mount's path, the add-on
    what: str  # what is wrong, in a phrase
    todo: str  # what to do, in a phrase


@frozen
class GateResult:
    """What one gate found."""

    gate: str  # "D106"
    title: str  # what it is about, in a word
    checked: int  # things that were judged
    noun: str  # what such a thing is called: "port"
    findings: tuple[GateFinding, ...] = ()
    notes: tuple[str, ...] = ()  # what was left out, and why

    @property
    def state(self) -> GateState:
        """The worst of its findings; a failure is worse than what is not known."""
        found = {finding.severity for finding in self.findings}
        worst = (GateState.FAIL, GateState.UNKNOWN, GateState.WARN)
        return next((state for state in worst if state in found), GateState.PASS)

    @property
    def passes(self) -> bool:
        """Whether it may be relied on that all is as the binding says."""
        return self.state in (GateState.PASS, GateState.WARN)


@frozen
class GateChange:
    """A gate that came to stand otherwise than when it was last held."""

    at: datetime
    gate: str
    title: str
    was: GateState | None  # None: it was never held before
    now: GateState
    findings: tuple[str, ...]  # what it found, in brief


def gates_verdict(results: Iterable[GateResult]) -> Verdict:
    """How they all stand: fail where one does not pass."""
    states = {result.state for result in results}
    if states & {GateState.FAIL, GateState.UNKNOWN}:
        return Verdict.FAIL
    return Verdict.WARN if GateState.WARN in states else Verdict.OK
