"""What the history adds to a picture: what changed, and what was known of what is unknown now."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from recorder.frozen import frozen
from recorder.model import Changes, Daily, Forecast, NoForecast, Snapshot, Volume

Place = tuple[str, str]  # a volume: its host and its name


@frozen
class Reading:
    """The free space of a volume at some time."""

    at: datetime
    free_bytes: int


@frozen
class Outlook:
    """The space of a volume day by day, oldest first, and where it is heading."""

    days: tuple[Daily, ...]
    forecast: Forecast | NoForecast


@frozen
class Past:
    """Any of it may be missing: then the picture is shown without.

    `last_known`: for each host whose containers are unknown now, the last snapshot that saw them;
    only that host's services are read. `last_free`: of volumes whose space is unknown now;
    `outlooks`: of those whose space is known.
    """

    changes: Changes | None = None
    asked: bool = False  # since when was asked for; else it is when a person last looked
    free_then: Mapping[Place, int] = field(default_factory=dict)  # bytes, at `changes.since`
    last_free: Mapping[Place, Reading] = field(default_factory=dict)
    last_known: Mapping[str, Snapshot] = field(default_factory=dict)
    outlooks: Mapping[Place, Outlook] = field(default_factory=dict)
    as_it_was: bool = False  # the picture is one of the past

    @property
    def forecasts(self) -> Mapping[Place, Forecast | NoForecast]:
        return {place: outlook.forecast for place, outlook in self.outlooks.items()}


NO_PAST = Past()


def free_change(volume: Volume, past: Past) -> int | None:
    """How many bytes more are free than at `changes.since`; None when either is not known."""
    before = past.free_then.get((volume.host, volume.name))
    return None if before is None or volume.free_bytes is None else volume.free_bytes - before
