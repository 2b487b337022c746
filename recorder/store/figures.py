"""What a history says of itself, as values. Times are aware UTC, sizes bytes."""

from datetime import date, datetime

from recorder.frozen import frozen
from recorder.model import Kind
from recorder.store.site import Location
from recorder.store.values import Backup, Stretch


@frozen
class Population:
    """The things of one kind that ever had a state, and the spans those states made."""

    kind: Kind
    now: int
    ever: int
    spans: int


@frozen
class Rows:
    """The rows of one table, and how long it keeps one; None: for ever."""

    table: str
    rows: int
    kept_days: int | None


@frozen
class Growth:
    """How much bigger the file will be in a year, if it goes on as it did."""

    bytes_a_year: int | None
    measured_days: int  # how many days that is measured on
    reason: str | None = None  # why it can't be said


@frozen
class Noise:
    """How often a thing changed its state in a window of time."""

    kind: Kind
    host: str  # "" for an app's imports
    name: str
    spans: int  # that began
    unseen: int  # of them, those in which it could not be seen


@frozen
class CrashLoop:
    """A service its engine restarted again and again."""

    host: str
    name: str
    restarts: int  # in the window
    worst_day: date  # UTC
    worst_day_restarts: int
    lasting: bool  # it is being restarted now


@frozen
class Coverage:
    """How much of a window snapshots were taken in at their usual interval."""

    since: datetime
    until: datetime
    snapshots: int
    observed_sec: int
    gaps: tuple[Stretch, ...]  # the longest first, and of many only those
    gap_count: int

    @property
    def percent(self) -> float | None:
        """The share of the window that was observed; None: it has no length."""
        length = (self.until - self.since).total_seconds()
        return 100 * self.observed_sec / length if length else None


@frozen
class Census:
    """A history in figures."""

    path: Location
    size_bytes: int  # with its write-ahead log; a server's indices and all
    free_bytes: int  # in pages that hold nothing
    schema: str
    made_by: str | None  # the program's version that made the schema
    populations: tuple[Population, ...]
    rows: tuple[Rows, ...]
    growth: Growth
    window_days: int  # what `noisiest`, `crash_loops` and `recently` look at, up to the newest look
    noisiest: tuple[Noise, ...]
    crash_loops: tuple[CrashLoop, ...]
    coverage: Coverage
    recently: Coverage
    backups: tuple[Backup, ...]  # verified, newest first


@frozen
class Pruned:
    """What a pruning let go of."""

    rows: tuple[tuple[str, int], ...]  # by table
    before_bytes: int
    after_bytes: int


@frozen
class Reach:
    """How far a history goes."""

    first: datetime
    last: datetime
    snapshots: int


@frozen
class Later:
    """What was recorded after a time."""

    snapshots: int
    spans: int
    samples: int
    last: datetime | None  # the newest look; None: nothing is recorded
