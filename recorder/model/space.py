"""The space of volumes and mounts day by day, and where it is heading.

A day is a UTC day: as the history keeps it. For a trend over weeks, where a day begins is nothing.
"""

from datetime import date
from enum import StrEnum

from recorder.frozen import frozen
from recorder.model.event import Kind


@frozen
class Daily:
    """The space as the last look of a UTC day saw it; of today, the newest."""

    day: date
    free_bytes: int
    total_bytes: int


@frozen
class SpaceDays:
    """The days of one volume or mount, oldest first; a day nobody saw it is not among them."""

    kind: Kind  # volume, mount
    host: str
    name: str  # of a mount: its path
    source: str | None  # what is mounted there, where that is known: "pve:/media"
    days: tuple[Daily, ...]


class Unforeseen(StrEnum):
    """Why it is not said when a volume will be full."""

    FEW_DAYS = "few_days"  # since the trend began
    UNCERTAIN = "uncertain"  # it may as well be filling as not
    NOT_FILLING = "not_filling"


@frozen
class Backtest:
    """What was to be said some time ago, and what has come since. Slopes in bytes a day."""

    day: date  # what would have been said on it
    slope_low: int
    slope_high: int
    slope_since: int  # what it was from that day until now

    @property
    def held(self) -> bool:
        """Whether it came as it would have been said."""
        return self.slope_low <= self.slope_since <= self.slope_high


@frozen
class Forecast:
    """Where the free space is heading: bytes a day, negative where it is filling up.

    Invariant: `slope_low <= slope_bytes_per_day <= slope_high`, and none of them reaches zero from
    the other side. `full_in_days` is the soonest and the latest; it is None only with a reason.
    """

    since: date  # the first day of the trend
    days: int  # with a value
    slope_bytes_per_day: int
    slope_low: int
    slope_high: int
    full_in_days: tuple[int, int] | None
    reason: Unforeseen | None = None
    backtest: Backtest | None = None


@frozen
class NoForecast:
    """No trend can be told, and why."""

    reason: Unforeseen
    since: date | None  # the first day of what could become one
    days: int  # with a value
