"""A value of a binding file, and the line it stands on.

Scalars keep the text they were written with: who reads one decides what it has to be.
"""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from recorder.frozen import frozen


class Kind(StrEnum):
    """What a value is, in the words of a mistake."""

    TEXT = "text"
    NUMBER = "a number"
    FLAG = "true or false"
    DATE = "a date"
    NOTHING = "nothing"
    LIST = "a list"
    MAPPING = "a mapping"


@frozen
class Entry:
    """A value and its line; in a mapping, the line of its key."""

    kind: Kind
    line: int
    text: str = ""  # a scalar, as written
    items: tuple["Entry", ...] = ()
    fields: Mapping[str, "Entry"] = field(default_factory=dict)
