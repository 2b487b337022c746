"""A window of the past as it is told: an account of each thing, and which have much to tell."""

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime, tzinfo

from recorder.frozen import frozen
from recorder.history.days import LocalDay, by_local_day
from recorder.history.filling import Filling
from recorder.history.restarts import Starts, boots, starts
from recorder.history.standing import Standing
from recorder.history.timeline import (
    Piece,
    Spell,
    Stretch,
    Tally,
    pieces,
    sights,
    spells,
    stretches,
    tallies,
)
from recorder.history.window import Window, seconds_between
from recorder.model import Event, ImportCount, Kind, Reason, SpaceDays, Thing
from recorder.model.past import Prior
from recorder.store.figures import Reach
from recorder.store.recollection import PastThing, Recollection
from recorder.store.values import Covered

# Of what is unknown for these, the host or its engine tells.
HOSTS_PART = (
    Reason.HOST_DOWN,
    Reason.NOT_ASKED,
    Reason.NO_ENGINE,
    Reason.PERMISSION_DENIED,
    Reason.ENGINE_DOWN,
)
WITH_STATES = (Kind.HOST, Kind.SERVICE, Kind.ENDPOINT, Kind.MOUNT)


@frozen
class Account:
    """What became of one thing in a window."""

    kind: Kind
    host: str
    name: str
    tally: Tally
    outages: tuple[Spell, ...]
    ailments: tuple[Spell, ...]
    starts: Starts
    new_at: datetime | None  # first seen in the window, and not by the first look of all
    gone_at: datetime | None
    newest: Thing | None  # as it was last seen in the window, or not seen
    pieces: tuple[Piece, ...] = field(repr=False, default=())

    @property
    def longest_sec(self) -> int:
        """Observed seconds of the longest outage."""
        return max((it.seconds for it in self.outages), default=0)

    @property
    def lasting(self) -> Spell | None:
        """The outage that lasts."""
        return self.outages[-1] if self.outages and self.outages[-1].lasting else None

    @property
    def telling(self) -> bool:
        """Whether there is anything to tell of it that its host does not."""
        own = self.starts.restarts if self.kind is Kind.HOST else self.starts.own
        changed = self.new_at or self.gone_at
        return bool(self.outages or self.ailments or own or self.starts.exits or changed) or any(
            it.standing is Standing.UNKNOWN and getattr(it.thing, "reason", None) not in HOSTS_PART
            for it in self.pieces
        )


@frozen
class Gap:
    """A stretch of the window in which nobody looked."""

    begin: datetime
    end: datetime
    seconds: int


@frozen
class Retrospect:
    """A window of the past."""

    window: Window
    site: str
    observed: tuple[Stretch, ...]
    gaps: tuple[Gap, ...]
    recorded_from: datetime  # the first look of all
    recorded_until: datetime
    looks: int | None
    tally: Tally  # of the looks themselves: well while there were
    accounts: tuple[Account, ...]  # the worst of each kind first
    days: tuple[LocalDay, ...]  # of imports, which may be known from before the window
    apps: tuple[tuple[str, str], ...]  # and what it counts, in the order of the days' counts
    recollection: Recollection = field(repr=False)
    events: tuple[Event, ...] = ()
    events_from: datetime | None = None  # later than the window's begin where that is too long
    spaces: tuple[SpaceDays, ...] = ()
    filling: Filling | None = None
    prior: tuple[Prior, ...] = ()  # told by hosts, seen by nobody; newest first

    @property
    def is_over(self) -> bool:
        """Whether there were looks after the window."""
        return self.window.end < self.recorded_until

    @property
    def stale(self) -> Gap | None:
        """The time since the last look of all, where the next one is late."""
        newest = self.gaps[-1] if self.gaps else None
        return newest if newest and not self.is_over and newest.end == self.window.end else None

    @property
    def blank(self) -> bool:
        """Whether there is nothing to tell: no time was observed, and no lone look saw trouble."""
        return not self.observed and not any(it.outages or it.ailments for it in self.accounts)

    def of(self, kind: Kind) -> tuple[Account, ...]:
        """The accounts of one kind."""
        return tuple(it for it in self.accounts if it.kind is kind)

    def change_bytes(self, it: SpaceDays) -> int | None:
        """How much more of a volume is free at the end of the window than at its beginning."""
        place = it.kind, it.host, it.name
        ends = (
            one for one in self.recollection.space_ends if (one.kind, one.host, one.name) == place
        )
        return next((one.last_bytes - one.first_bytes for one in ends), None)


def look_back(found: Recollection, zone: tzinfo) -> Retrospect:
    """What a reading of the history tells."""
    window = Window(found.begin, found.end)
    observed = stretches(found.covered, window)
    seen = sights(found.covered, window)
    hosts = {it.name: boots(it, window) for it in found.things if it.kind is Kind.HOST}
    first = found.reach.first
    accounts = [
        _account(it, window, seen, hosts.get(it.host, ()), first)
        for it in found.things
        if it.kind in WITH_STATES
    ]
    apps = tuple((it.app, _noun(found, it.app)) for it in found.imported)
    times = [it.times for it in found.imported]
    told_from = min((window.begin, *(at for of in times for at in of[:1])))
    return Retrospect(
        window,
        found.site,
        observed,
        gaps(found.covered, window, found.late_sec, found.reach),
        first,
        found.reach.last,
        found.looks,
        tallies((), observed, (window.begin, window.end))[0],
        tuple(sorted(accounts, key=_worst_first)),
        by_local_day(times, Window(told_from, window.end), zone) if apps else (),
        apps,
        found,
    )


def _account(
    of: PastThing,
    window: Window,
    sighted: Sequence[Stretch],
    booted: Sequence[datetime],
    first: datetime,
) -> Account:
    seen = tuple(pieces(of.spans, sighted))
    gone = next((it.begin for it in reversed(of.spans) if it.thing is None), None)
    there = bool(of.spans) and of.spans[-1].thing is not None
    begin = of.spans[0].begin
    if of.kind is Kind.HOST:
        begun = Starts(len(booted), len(booted))
    else:
        begun = starts(of, window, booted) if of.kind is Kind.SERVICE else Starts()
    return Account(
        of.kind,
        of.host,
        of.name,
        tallies(seen, sighted, (window.begin, window.end))[0],
        spells(seen, Standing.DOWN, window, there=there),
        spells(seen, Standing.AILING, window, there=there),
        begun,
        begin if begin > window.begin and begin != first else None,
        None if there else gone,
        of.spans[-1].thing,
        seen,
    )


def _worst_first(it: Account) -> tuple[float, ...]:
    """By kind; what is down at the end; by availability, what ails, what was started most often."""
    share = it.tally.available
    if share is None:
        share = 0.0 if it.outages else 2.0
    down = it.lasting is None, share, -it.tally.down_sec, -len(it.outages)
    ailing = -it.tally.ailing_sec, -len(it.ailments)
    return float([*Kind].index(it.kind)), *down, *ailing, -it.starts.own


def _noun(found: Recollection, app: str) -> str:
    """What an app counts."""
    newest = [it.spans[-1].thing for it in found.things if (it.kind, it.name) == ("import", app)]
    return next((it.noun for it in newest if isinstance(it, ImportCount)), "import")


def gaps(
    covered: Sequence[Covered], window: Window, late_sec: float, reach: Reach
) -> tuple[Gap, ...]:
    """Where nobody looked: between the stretches, and since the last look when that is late.

    Before the first look of all there is no gap, but no recording.
    """
    ends = [min(window.begin, reach.last) if reach.first < window.begin else reach.first]
    begins = []
    for it in covered:
        begins.append(it.begin)
        ends.append(it.end)
    later = window.end < reach.last or (window.end - reach.last).total_seconds() > late_sec
    begins.append(window.end if later else ends[-1])
    clipped = (
        (max(begin, window.begin), min(end, window.end))
        for begin, end in zip(ends, begins, strict=True)
    )
    return tuple(
        Gap(begin, end, seconds_between(begin, end)) for begin, end in clipped if begin < end
    )
