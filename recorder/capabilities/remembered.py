"""What the process that records is told, and what it tells back."""

from datetime import datetime

from recorder.frozen import frozen
from recorder.model import Snapshot
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
