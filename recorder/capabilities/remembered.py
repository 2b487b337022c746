"""What the process that records is told, and what it tells back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from recorder.frozen import frozen
from recorder.model import Host, HostState, Snapshot
from recorder.render.past import NO_PAST, Past
from recorder.store.site import Location


@frozen
class Keeping:
    """What to record, and since when to tell the changes."""

    place: Location
    snapshot: Snapshot
    since: datetime | None  # None: since a person last looked
    previous: bool  # since the snapshot before this one
    record: bool
    unbound: bool = False  # no binding says what the stack is


@frozen
class Remembered:
    """A picture with its past."""

    snapshot: Snapshot  # knows when what is away was last seen
    past: Past = NO_PAST
    recorded: bool = False
    notes: tuple[str, ...] = ()
    trouble: str | None = None  # why it is not recorded, where it should be


@frozen
class Recalled:
    """What the process that records tells back: not the picture, of which a fleet's is large."""

    past: Past = NO_PAST
    last_seen: Mapping[str, datetime | None] | None = None  # by host that is away; None: not told
    recorded: bool = False
    notes: tuple[str, ...] = ()
    trouble: str | None = None

    def of(self, snapshot: Snapshot) -> Remembered:
        """The picture that was asked about, with what is told of it."""
        return Remembered(self._seen(snapshot), self.past, self.recorded, self.notes, self.trouble)

    def _seen(self, snapshot: Snapshot) -> Snapshot:
        away = self.last_seen
        if away is None:
            return snapshot

        def known(host: Host) -> Host:
            up = host.state is HostState.UP
            return replace(host, last_seen=snapshot.taken_at if up else away.get(host.name))

        return replace(snapshot, hosts=tuple(known(host) for host in snapshot.hosts))
