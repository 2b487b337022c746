"""The process that parses the gaps register, so that the look keeps this one's interpreter."""

import json
import subprocess
import sys
from pathlib import Path

from recorder.bindings import gap_cache
from recorder.model import Gap

PARSER = Path(__file__).with_name("register.py")


class UnreadError(Exception):
    """The register could not be read, from a line on where one is known."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why)
        self.line = line


class GapParser:
    """A child process at work on one register."""

    def __init__(self, register: Path) -> None:
        """Start it. Raises OSError."""
        self._stamp = gap_cache.stamp(register)
        self._child = subprocess.Popen(
            [sys.executable, "-P", str(PARSER), str(register)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def answer(self, timeout_sec: float) -> tuple[Gap, ...]:
        """The gaps, which are in the cache from now on. Raises UnreadError."""
        try:
            printed, _ = self._child.communicate(timeout=timeout_sec)
        except subprocess.TimeoutExpired:
            self.stop()
            raise UnreadError(f"not read within {timeout_sec:g} s") from None
        try:
            told = json.loads(printed)
            if "why" in told:
                raise UnreadError(str(told["why"]), told["line"])
            gaps = gap_cache.gaps_of(told["gaps"])
        except (ValueError, LookupError, TypeError):
            raise UnreadError(f"its parser ended with {self._child.returncode}") from None
        gap_cache.keep(self._stamp, gaps)
        return gaps

    def stop(self) -> None:
        """End it, whatever it is at."""
        self._child.kill()
        self._child.communicate()
