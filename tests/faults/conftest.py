"""Fixtures for faults in the lab: those of `tests/stack`."""

from stack.conftest import broken, impatient, ops

__all__ = ["broken", "impatient", "ops"]
