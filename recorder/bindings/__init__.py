"""What should be: binding files in, one frozen Stack out."""

from recorder.bindings.folder import find_folder
from recorder.bindings.gaps import GapsReading, PendingGaps, start_reading_gaps
from recorder.bindings.kept import stack_of
from recorder.bindings.load import NO_BINDING, load, this_machine
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
