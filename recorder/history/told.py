"""One transition in words: what the parts of the history pass among themselves.

`ill` is about the thing alone: it does not run, does not answer, is not mounted. Whether that is
bad depends on what its binding wants, and stands in the event's severity.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from recorder.frozen import frozen
from recorder.model import Event, Kind, Transition

BAD, GOOD, INFO = "bad", "good", "info"

# What happened, where that says more than the state it led to; an event's `now` begins with it.
RESTARTED = "restarted"
REBOOTED = "rebooted"
RECREATED = "recreated"
UPDATED = "updated"
ROLLED_BACK = "rolled back"

BY = "by `"  # how a detail begins that names the capability which brought it about

# Of what lives on a host that went and came back.
UNSEEN = "unknown"
SEEN_AGAIN = "seen again"

_ONCE, _TWICE = 1, 2


class Key(NamedTuple):
    """Which thing: unique in a stack."""

    kind: Kind
    host: str
    name: str


@frozen
class Told:
    """A transition put into words."""

    event: Event
    ill_before: bool
    ill: bool  # after
    restarts: int = 0  # how often it started anew in between
    updated: bool = False  # it runs another image
    looping: bool = False  # its engine is restarting it
    unseen: bool = False  # nobody could look, before or after: no event of its own
    path: str | None = None  # of a mount, and of what lies on one
    own_at: datetime | None = None  # of a service: when it happened by its engine's account

    @property
    def at(self) -> datetime:
        return self.event.at

    @property
    def key(self) -> Key:
        return Key(self.event.kind, self.event.host, self.event.name)

    @property
    def fell(self) -> bool:
        return self.ill and not self.ill_before

    @property
    def rose(self) -> bool:
        return self.ill_before and not self.ill


def event(
    of: Transition,
    was: str | None,
    now: str | None,
    details: Sequence[str | None] = (),
    *,
    severity: str = INFO,
) -> Event:
    """The event of one transition, its details in one phrase."""
    detail = ", ".join(part for part in details if part) or None
    return Event(of.at, of.kind, of.host, of.name, was, now, detail, severity)


def severity(*, ill: bool, ill_before: bool) -> str:
    """How a change of a thing is marked that should always be well."""
    return BAD if ill else GOOD if ill_before else INFO


def times(count: int) -> str:
    """How often: "twice", "5 times"; empty for once."""
    return "" if count <= _ONCE else "twice" if count == _TWICE else f"{count} times"
