"""What should be: binding files in, one frozen Stack out."""

from recorder.bindings.folder import find_folder
from recorder.bindings.load import load, this_machine
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
    "Addon",
    "HealthBinding",
    "HostBinding",
    "ImportBinding",
    "KeyBinding",
    "MountBinding",
    "Overlap",
    "ServiceBinding",
    "Stack",
    "VolumeBinding",
    "find_folder",
    "load",
    "this_machine",
]
