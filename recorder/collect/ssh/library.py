"""paramiko, without the parts of it that are never used here.

It wants `invoke` only to run `Match exec` of a config file, which `ssh -G` does for us, and
importlib.metadata only to read its own version out of its packaging, for the greeting it sends;
without them it loads in about three fifths of the time (`bench/startup` prints both).
"""

import contextlib
import logging
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType

METADATA = "importlib.metadata"


class _Metadata(ModuleType):
    """Stands for importlib.metadata, and reads nothing."""

    @staticmethod
    def version(_name: str) -> str:
        """What a host is greeted with: `SSH-2.0-paramiko_`, and no number."""
        return ""


@contextlib.contextmanager
def _standing(modules: Mapping[str, ModuleType | None]) -> Iterator[None]:
    """For an import within, have these stand for what is not loaded; None: it is not there."""
    absent = {name: module for name, module in modules.items() if name not in sys.modules}
    sys.modules.update(absent)  # type: ignore[arg-type] # None is what import takes for absent
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


with _standing({"invoke": None, METADATA: _Metadata(METADATA)}):
    import paramiko

# Its threads log tracebacks of failures that are told in a line elsewhere: so none is made, either,
# which reads source files, and is more than a process may do that runs out of memory.
logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)
paramiko.util.tb_strings = list

__all__ = ["paramiko"]
