"""What differs between two moments: the net of it, whatever happened in between. Pure.

The earlier moment is always the one before, whichever was named first: what happened can't be told
backwards. What one of them could not see is no difference; it is named as unknown then.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from recorder.frozen import frozen
from recorder.history.delta import fold, newest_first
from recorder.history.net import Unseen, net, unseen
from recorder.history.telling import tell
from recorder.model import Event, Kind, Snapshot, Transition, Volume

FAR_APART = timedelta(days=1)


@frozen
class Side:
    """One of the two moments, and the snapshot that tells of it."""

    snapshot: Snapshot
    asked_at: datetime | None = None  # None: the newest snapshot, or a look of now
    recorded: bool = True  # else it is a look of now
    in_gap: bool = False  # nobody looked at the time asked for
    gap_end: datetime | None = None  # None: nobody has looked since


@frozen
class Space:
    """The space of one volume at both moments, in bytes; None where it was not known."""

    host: str
    name: str
    free_before: int | None
    free_after: int | None
    total_before: int | None
    total_after: int | None

    @property
    def change(self) -> int | None:
        """How many bytes more are free after."""
        if self.free_before is None or self.free_after is None:
            return None
        return self.free_after - self.free_before


@frozen
class Difference:
    """What differs between two moments."""

    before: Side
    after: Side
    events: tuple[Event, ...]  # all at the later moment, folded by cause, by kind
    spaces: tuple[Space, ...]  # of every volume of either
    unseen: tuple[Unseen, ...]


def difference(one: Side, other: Side) -> Difference:
    """What differs between two moments, in whichever order they come."""
    before, after = sorted((one, other), key=_when)
    was, now = before.snapshot, after.snapshot
    return Difference(
        before,
        after,
        events=_events(net(was, now), now.taken_at - was.taken_at),
        spaces=tuple(_spaces(was, now)),
        unseen=unseen(was, now),
    )


def _events(changed: Sequence[Transition], apart: timedelta) -> tuple[Event, ...]:
    """What is told of the changes between two moments so far apart.

    Where that is long, nobody knows what a reboot in between brought about, but that what only
    restarted may well have done so with it.
    """
    if apart <= FAR_APART:
        return fold(changed)
    alone = [it for it in changed if it.kind is not Kind.HOST and not _only_restarted(it)]
    others = [it for it in changed if it not in alone]
    return tuple(sorted((*fold(others), *fold(alone)), key=newest_first))


def _only_restarted(it: Transition) -> bool:
    told = tell(it)
    return told is not None and told.restarts > 0 and not (told.ill or told.ill_before)


def _when(side: Side) -> tuple[bool, datetime]:
    """A look of now is the later one, whatever a clock that was set back says."""
    return not side.recorded, side.snapshot.taken_at


def _spaces(was: Snapshot, now: Snapshot) -> Iterator[Space]:
    before = {(it.host, it.name): it for it in was.volumes}
    after = {(it.host, it.name): it for it in now.volumes}
    for place in after | before:
        then, since = before.get(place), after.get(place)
        yield Space(*place, _free(then), _free(since), _total(then), _total(since))


def _free(volume: Volume | None) -> int | None:
    return volume.free_bytes if volume else None


def _total(volume: Volume | None) -> int | None:
    return volume.total_bytes if volume else None


def narrowed(
    sides: Sequence[Side], hosts: Collection[str], services: Collection[str]
) -> tuple[Side, ...]:
    """The moments with only these hosts and services; all where none is named.

    A service brings its host along at both moments, wherever it stood at one of them.
    """
    pictures = [side.snapshot.of_hosts(hosts) if hosts else side.snapshot for side in sides]
    if services:
        parts = [it.of_services(services) for it in pictures]
        homes = {service.host for part in parts for service in part.services}
        pictures = [
            replace(part, hosts=it.of_hosts(homes).hosts)
            for part, it in zip(parts, pictures, strict=True)
        ]
    return tuple(replace(side, snapshot=it) for side, it in zip(sides, pictures, strict=True))
