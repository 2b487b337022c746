"""What changed between snapshots, and what that means to a person.

A Transition is one thing's state becoming another, as two snapshots saw it. An Event is what a
person is told: a transition, or several folded under the one that caused them.
"""

from datetime import datetime
from enum import StrEnum

from recorder.frozen import frozen
from recorder.model.gate import GateChange
from recorder.model.snapshot import Endpoint, Host, ImportCount, Mount, Service, Volume

Thing = Host | Service | Endpoint | Mount | Volume | ImportCount


class Kind(StrEnum):
    HOST = "host"
    SERVICE = "service"
    ENDPOINT = "endpoint"
    MOUNT = "mount"
    VOLUME = "volume"
    IMPORT = "import"


@frozen
class Transition:
    """One thing's state became another. Of the things only what a span keeps is filled in.

    `was` is the last *known* state before: what was unknown in between is passed over, so that a
    host's absence makes no transitions of what lives on it. None: the thing is new. `now` None:
    it is no more.
    """

    at: datetime  # of the first snapshot that saw it so
    kind: Kind
    host: str
    name: str  # service, mount path, volume or app; the host's own name for a host
    was: Thing | None
    now: Thing | None


@frozen
class Event:
    """What a person is told of a change."""

    at: datetime
    kind: Kind
    host: str
    name: str
    was: str | None  # states in a word or two: "running"
    now: str | None  # "exited (137)"
    detail: str | None = None  # "timed out after 5 s", "2.9.6 → 2.10.1"
    severity: str = "info"  # "bad", "good", "info": how it is marked
    consequences: tuple["Event", ...] = ()  # what it brought with it


@frozen
class Changes:
    """What changed since somebody looked."""

    since: datetime | None  # None: nothing was recorded before
    snapshots: int  # taken since then, this one included
    events: tuple[Event, ...] = ()  # newest first
    gates: tuple[GateChange, ...] = ()  # newest first
