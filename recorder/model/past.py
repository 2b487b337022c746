"""What the stack knows of the time before anyone looked: told, never seen.

What a host or an app remembers of itself is taken in beside what was observed and never mixed with
it: no availability, no coverage and no past picture rests on it. Rarely needed, so imported by
its own name only.
"""

from datetime import datetime
from enum import StrEnum

from recorder.frozen import frozen
from recorder.model.event import Kind
from recorder.model.snapshot import ImportedTitle


class Source(StrEnum):
    """Who told."""

    UPTIME = "uptime"  # the host's kernel
    WTMP = "wtmp"  # the host's record of logins and boots
    JOURNAL = "journal"  # the host's systemd journal
    ENGINE = "engine"  # the host's container engine


class Happening(StrEnum):
    """What there was to tell."""

    BOOTED = "booted"
    CREATED = "created"
    STARTED = "started"
    FINISHED = "finished"


@frozen
class Boot:
    """A boot as a host's own records have it."""

    at: datetime
    source: Source


@frozen
class HostPast:
    """The boots a host remembers, oldest first; maybe none."""

    host: str
    boots: tuple[Boot, ...]


@frozen
class AppPast:
    """What an app's own history holds: whole from where it was asked until `until`."""

    app: str  # the binding's name of it
    until: datetime
    titles: tuple[ImportedTitle, ...]


@frozen
class Hole:
    """A stretch of an app's history that is not recorded whole."""

    app: str  # the binding's name of it
    since: datetime
    until: datetime  # of the look that found it


@frozen
class Untold:
    """What the things seen in a look could still tell of their past."""

    hosts: tuple[str, ...] = ()  # never asked for their boots
    apps: tuple[Hole, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.hosts or self.apps)


@frozen
class Told:
    """What they told."""

    hosts: tuple[HostPast, ...] = ()
    apps: tuple[AppPast, ...] = ()
    silent: tuple[Hole, ...] = ()  # of the apps that were asked, and would not tell all

    def __bool__(self) -> bool:
        return bool(self.hosts or self.apps or self.silent)


@frozen
class Prior:
    """One thing that happened before its host was first looked at, as it was told."""

    at: datetime
    kind: Kind  # host, service
    host: str
    name: str  # the host's own name for a host
    what: Happening
    detail: str | None  # "exit code 137"
    source: Source
