"""Mistakes in binding files: all are found in one pass, and told a line each.

A line reads `file:line: where: what`, in the order of the files and of the lines in them.
"""

from recorder.errors import BindingError


class Mistakes:
    """What was found so far; the same mistake is told once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, str], None] = {}

    def add(self, file: str, line: int, text: str) -> None:
        self._found[file, line, text] = None

    def raise_any(self) -> None:
        """Raise BindingError with every line, when there is any."""
        files = list(dict.fromkeys(file for file, _, _ in self._found))
        found = sorted(self._found, key=lambda mistake: (files.index(mistake[0]), mistake[1]))
        if found:
            raise BindingError([f"{file}:{line}: {text}" for file, line, text in found])
