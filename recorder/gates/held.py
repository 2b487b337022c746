"""All gates, side by side, held against the same facts."""

from collections.abc import Sequence

from recorder.gates import d106_ports, d107_mounts, d108_endpoints, d109_containers, d110_addons
from recorder.gates.facts import Facts
from recorder.gates.gate import Gate
from recorder.model import GateResult

GATES: tuple[Gate, ...] = tuple(
    module.GATE
    for module in (d106_ports, d107_mounts, d108_endpoints, d109_containers, d110_addons)
)


def hold(gates: Sequence[Gate], facts: Facts) -> tuple[GateResult, ...]:
    """What each of some gates finds."""
    results = []
    for gate in gates:
        judged = gate.judge(facts)
        told = (judged.checked, gate.noun, judged.findings, judged.notes)
        results.append(GateResult(gate.number, gate.title, *told))
    return tuple(results)
