"""What the store hands out besides the model's own values. Times are aware UTC."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path

from recorder.frozen import frozen
from recorder.model import Kind, Snapshot, Thing


@frozen
class Recorded:
    """A snapshot that is stored."""

    at: datetime  # the time it is recorded at
    shifted_sec: int = 0  # how much later than its clock said
    note: str | None = None  # what a person should know of the clock


@frozen
class Stretch:
    """A stretch of time; `end` None: it lasts."""

    begin: datetime
    end: datetime | None


@frozen
class Covered:
    """A stretch in which snapshots were taken at their usual interval."""

    begin: datetime
    end: datetime  # the last of them
    snapshots: int


@frozen
class LastKnown:
    """What was last known of a thing that could not be seen."""

    kind: Kind
    host: str  # "" for an app's imports
    name: str
    seen_at: datetime  # the last snapshot that saw it so
    thing: Thing


@frozen
class Span:
    """A stretch in which one thing's state did not change.

    It held from `begin` until the next span's, as far as snapshots cover that time.
    """

    kind: Kind
    host: str  # "" for an app's imports
    name: str
    begin: datetime  # the first snapshot that saw it so
    end: datetime | None  # the last one; None: it still is
    thing: Thing | None  # what a span keeps of it; None: from then on it is no more


@frozen
class Moment:
    """The stack as it was known at a time: what the last snapshot before it saw.

    Of snapshots older than the raw window, numbers are averages of their hour or day, the trigger
    is `schedule` and the duration 0.
    """

    asked_at: datetime
    snapshot: Snapshot  # `taken_at` says when it was seen
    last_known: tuple[LastKnown, ...]  # of each thing that is unknown in it, as far as ever known
    gap: Stretch | None  # the stretch without snapshots `asked_at` lies in, if it does


class Step(StrEnum):
    """How finely numbers are asked for."""

    RAW = "sample"
    HOUR = "rollup_hour"
    DAY = "rollup_day"


@frozen
class Space:
    """Free space at one time: a sample, or the average of the hour or UTC day beginning there."""

    at: datetime
    kind: Kind  # mount, volume
    host: str
    name: str
    free_bytes: int
    total_bytes: int | None


@frozen
class Backup:
    """A copy of the history that was checked after it was written."""

    path: Path
    made_at: datetime
    size_bytes: int


@frozen
class Salvaged:
    """What could be read of a damaged file."""

    path: Path  # the new file
    rows: int
    damaged: tuple[str, ...]  # the tables that could not be read whole
