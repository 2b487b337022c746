"""What should be: binding files in, one frozen Stack out.

What reads the files is loaded by whoever asks for it: while they stay as they are, a look need not.
"""

from typing import TYPE_CHECKING

from recorder.bindings.folder import find_folder
from recorder.bindings.gaps import GapsReading, PendingGaps, start_reading_gaps
from recorder.bindings.kept import stack_of
from recorder.bindings.narrow import narrow
from recorder.bindings.stack import (
    Addon,
    HealthBinding,
    HostBinding,
    ImportBinding,
    KeyBinding,
    MountBinding,
    Overlap,
    ServiceBinding,
    Stack,
    VolumeBinding,
)

if TYPE_CHECKING:
    from recorder.bindings.reading import NO_BINDING, load, this_machine

__all__ = [
    "NO_BINDING",
    "Addon",
    "GapsReading",
    "HealthBinding",
    "HostBinding",
    "ImportBinding",
    "KeyBinding",
    "MountBinding",
    "Overlap",
    "PendingGaps",
    "ServiceBinding",
    "Stack",
    "VolumeBinding",
    "find_folder",
    "load",
    "narrow",
    "stack_of",
    "start_reading_gaps",
    "this_machine",
]


def __getattr__(name: str) -> object:
    if name not in ("NO_BINDING", "load", "this_machine"):
        raise AttributeError(name)
    from recorder.bindings import reading  # noqa: PLC0415 - as the module says

    return getattr(reading, name)
