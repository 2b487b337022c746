"""What holds of all gates."""

from dataclasses import replace

import pytest

from recorder.bindings.stack import Stack
from recorder.gates import GATES, hold
from recorder.model import (
    GateFinding,
    GateResult,
    GateState,
    HostState,
    Reason,
    ServiceState,
    Verdict,
    gates_verdict,
)

from .made import DOWN, STACK, UP, facts, held, running, seen

NUMBERS = [gate.number for gate in GATES]
FINDINGS = {
    state: GateFinding(state, None, "x", "y", "z") for state in GateState if state != "pass"
}


def test_the_five_gates_are_held_side_by_side() -> None:
    """In the order of their numbers, and all pass where all is as bound."""
    results = hold(GATES, facts())
    assert [it.gate for it in results] == ["D106", "D107", "D108", "D109", "D110"]
    assert [it.state for it in results] == [GateState.PASS] * 5
    assert [it.checked for it in results] == [2, 1, 2, 2, 0]


@pytest.mark.parametrize("number", ["D106", "D107", "D108", "D109"])
def test_a_gate_without_its_facts_is_unknown_and_does_not_pass(number: str) -> None:
    """A host that is away hides what the gate judges by; the reason is told, and what to do."""
    unseen = [
        replace(it, state=ServiceState.UNKNOWN, reason=Reason.HOST_DOWN, endpoint=None)
        for it in (running("radarr"), running("sonarr"))
    ]
    result = held(number, facts(seen(*unseen, host=DOWN, mounts=())))
    assert (result.state, result.passes) == (GateState.UNKNOWN, False)
    assert all(it.severity is GateState.UNKNOWN and it.todo for it in result.findings)


def test_a_host_that_was_not_asked_is_unknown_too() -> None:
    """Nobody looked is not nothing wrong."""
    unasked = replace(UP, state=HostState.UNKNOWN, engine=None)
    for number in ("D106", "D109"):
        result = held(number, facts(seen(host=unasked)))
        assert [it.what.rpartition(": ")[2] for it in result.findings] == ["not asked"]


def test_the_worst_finding_is_how_a_gate_stands() -> None:
    """A failure is worse than what is not known, and that is worse than a warning."""
    result = GateResult("D106", "ports", 1, "port")
    ladder = [GateState.FAIL, GateState.UNKNOWN, GateState.WARN]
    for place, state in enumerate(ladder):
        found = tuple(FINDINGS[it] for it in reversed(ladder[place:]))
        assert replace(result, findings=found).state is state
    assert result.state is GateState.PASS
    assert [replace(result, findings=(FINDINGS[it],)).passes for it in ladder] == [
        False,
        False,
        True,
    ]


def test_what_is_not_known_fails_them_all() -> None:
    """One gate that does not pass is a failure; warnings alone are a warning."""
    well = GateResult("D106", "ports", 1, "port")
    ill = {state: replace(well, findings=(it,)) for state, it in FINDINGS.items()}
    assert gates_verdict([well]) is Verdict.OK
    assert gates_verdict([well, ill[GateState.WARN]]) is Verdict.WARN
    assert gates_verdict([well, ill[GateState.UNKNOWN]]) is Verdict.FAIL
    assert gates_verdict([well, ill[GateState.FAIL]]) is Verdict.FAIL


def test_three_gates_need_no_host() -> None:
    """Ports as declared, endpoints over the network, add-ons: told without logging in anywhere."""
    assert [gate.number for gate in GATES if not gate.logs_in] == ["D106", "D108", "D110"]
    some = [gate for gate in GATES if not gate.logs_in]
    unseen = seen(running("radarr", state=ServiceState.UNKNOWN), running("sonarr"))
    results = hold(some, facts(unseen, logged_in=False))
    assert [it.state for it in results] == [GateState.PASS] * 3


@pytest.mark.parametrize("number", NUMBERS)
def test_an_empty_stack_breaks_no_gate(number: str) -> None:
    """Nothing declared is nothing judged."""
    assert held(number, facts(seen(host=UP), Stack(hosts=STACK.hosts[:0]))).checked == 0
