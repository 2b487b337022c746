"""Mistakes in binding files: all are found in one pass, and told a line each.

A line reads `file:line: where: what`, in the order of lines, the most important file first.
"""

from recorder.errors import BindingError


class Mistakes:
    """What was found so far; the same mistake is told once."""

    def __init__(self, first: str) -> None:
        self._first = first  # the file whose mistakes are told before all others
        self._found: dict[tuple[str, int, str], None] = {}

    def add(self, file: str, line: int, text: str) -> None:
        self._found[file, line, text] = None

    def raise_any(self) -> None:
        """Raise BindingError with every line, when there is any."""
        found = sorted(self._found, key=lambda told: (told[0] != self._first, *told[:2]))
        if found:
            raise BindingError([f"{file}:{line}: {text}" for file, line, text in found])
