"""The gates: numbered checks that reality matches the binding. Pure; one file a gate."""

from recorder.gates.facts import Facts
from recorder.gates.gate import Gate
from recorder.gates.held import GATES, hold

__all__ = ["GATES", "Facts", "Gate", "hold"]
