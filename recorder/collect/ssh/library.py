"""paramiko, without the part of it that is never used here.

It wants `invoke` only to run `Match exec` of a config file, which `ssh -G` does for us; without it
paramiko loads in about two thirds of the time (`bench/startup` prints both).
"""

import contextlib
import logging
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def _absent(module: str) -> Iterator[None]:
    """Have an optional module not be there for an import that would load it for nothing."""
    there = module in sys.modules
    if not there:
        sys.modules[module] = None  # type: ignore[assignment]
    yield
    if not there:
        del sys.modules[module]


with _absent("invoke"):
    import paramiko

# Its threads log tracebacks of failures that are told in a line elsewhere.
logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)

__all__ = ["paramiko"]
