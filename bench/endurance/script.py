"""What happens in the simulated hours: the truth, from a seed.

What becomes of the stack itself is `simulated.years` at a pace that brings months of trouble in a
day. On top of that stands here what lies between it and whoever looks (a host that refuses, an
answer that breaks off), and what becomes of the recorder: killed, doubled, its clock wrong, its
disk full.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain
from random import Random
from typing import NamedTuple

from simulated.lines import Line, changed
from simulated.looks import Looks
from simulated.years import HOSTS, Years

DAY = 1440  # minutes
PACE = 100  # more than three months of the stack's troubles in a day
QUIET = 12  # minutes at the beginning, in which the history learns its usual interval
REST = 4  # minutes between two troubles of one thing
MINUTE_SEC, DAY_SEC = 60, 86400
RENAMED = "sonarr"


class Way(Enum):
    """How a host that is up answers."""

    WELL = auto()
    REFUSED = auto()
    KEY_CHANGED = auto()
    NO_LOGIN = auto()
    BROKEN_OFF = auto()  # somewhere amid its answer
    NO_SHELL = auto()
    ENDLESS = auto()
    ENGINE_SILENT = auto()  # all arrives in time but the containers
    ENGINE_DENIED = auto()
    LIST_CUT = auto()  # amid the last container


class App(Enum):
    """How the app that imports answers."""

    WELL = auto()
    WRONG_KEY = auto()
    BROKEN = auto()
    ANOTHER = auto()  # a web page where its API was


class Deed(Enum):
    """What becomes of a minute's look."""

    LOOK = auto()
    NONE = auto()
    KILLED = auto()  # SIGKILL at any instant of it
    DOUBLED = auto()  # a person looks while the schedule does
    BACKED_UP = auto()  # meanwhile
    PRUNED = auto()
    EXPORTED = auto()
    FULL = auto()  # no room on the disk
    READ_ONLY = auto()
    BEHIND = auto()  # the clock two minutes, which is mended in passing
    FAR_BEHIND = auto()  # two days: not recorded
    AHEAD = auto()  # two days: recorded, and then forgotten by `repair`
    TOO_EARLY = auto()  # the clock is right again, and what it says lies before the newest look
    REPAIRED = auto()  # by a person, who then looks


CLOCK_SEC = {
    Deed.BEHIND: -2 * MINUTE_SEC,
    Deed.FAR_BEHIND: -2 * DAY_SEC,
    Deed.AHEAD: 2 * DAY_SEC,
}


class Often(NamedTuple):
    """How many times a day, and for how many minutes."""

    times: int
    shortest: int = 1
    longest: int = 1


WAYS = {way: Often(2, 1, 8) for way in Way if way is not Way.WELL}
APPS = {app: Often(3, 2, 40) for app in App if app is not App.WELL}
NAMES = {f"{RENAMED}-1": Often(3, 5, 60)}
DEEDS = {
    (Deed.KILLED,): Often(14),
    (Deed.DOUBLED,): Often(8),
    (Deed.BACKED_UP,): Often(3),
    (Deed.PRUNED,): Often(2),
    (Deed.EXPORTED,): Often(2),
    (Deed.NONE,): Often(6),
    (Deed.NONE,) * 3: Often(3),
    (Deed.NONE,) * 180: Often(1),
    (Deed.FULL,): Often(2, 2, 5),
    (Deed.READ_ONLY,): Often(2, 2, 5),
    (Deed.BEHIND,): Often(2, 3, 9),
    (Deed.FAR_BEHIND,): Often(1, 2, 4),
    (Deed.AHEAD, Deed.AHEAD, Deed.TOO_EARLY, Deed.TOO_EARLY, Deed.REPAIRED): Often(1),
}


@dataclass(frozen=True)
class Script:
    """The truth of so many minutes."""

    seed: int
    minutes: int
    years: Years
    ways: Mapping[str, Line[Way]]  # by host
    app: Line[App]
    name: Line[str]  # of one service's container
    deeds: Line[Deed]

    def clock_sec(self, minute: int) -> int:
        """What the recorder's clock says, in seconds since the epoch."""
        return self.true_sec(minute) + CLOCK_SEC.get(self.deeds.at(minute), 0)

    def true_sec(self, minute: int) -> int:
        return self.years.looks.ts(minute)

    def rng(self, about: object) -> Random:
        return Random(f"{self.seed} {about}")  # noqa: S311 - repeatable, that is its use


def written(minutes: int, seed: int) -> Script:
    """A script; the same for the same seed and length."""
    rng = Random(f"{seed} script")  # noqa: S311 - as above
    every_minute = Looks(rng, minutes, pace=0)
    return Script(
        seed,
        minutes,
        Years(minutes, seed, PACE, every_minute),
        {host: _line(rng, minutes, WAYS, Way.WELL) for host in HOSTS},
        _line(rng, minutes, APPS, App.WELL),
        _line(rng, minutes, NAMES, RENAMED),
        _line(rng, minutes, DEEDS, Deed.LOOK),
    )


def _line(rng: Random, minutes: int, rates: Mapping, usual: object) -> Line:
    """What is usual, and each day everything else at times of its own, one thing at a time."""
    changes = [(0, usual)]
    for begin in range(0, minutes, DAY):
        length = min(DAY, minutes - begin)
        troubles = [trouble for one in _dealt(rng, rates, length / DAY) for trouble in [one]]
        changes += _placed(rng, begin, length, troubles, usual)
    return changed(changes)


def _dealt(rng: Random, rates: Mapping, share: float) -> list[tuple]:
    """Each trouble, minute for minute, as often as befits a share of a day; shuffled."""
    dealt = []
    for what, often in rates.items():
        for _ in range(round(often.times * share)):
            minutes = rng.randint(often.shortest, often.longest)
            dealt.append(
                what if isinstance(what, tuple) and len(what) > 1 else _long(what, minutes)
            )
    rng.shuffle(dealt)
    return dealt


def _long(what: object, minutes: int) -> tuple:
    return (what if isinstance(what, tuple) else (what,)) * minutes


def _placed(
    rng: Random, begin: int, length: int, troubles: list[tuple], usual: object
) -> Iterator[tuple[int, object]]:
    """Troubles one after the other, with rests of chance lengths between them."""
    free = length - QUIET - sum(len(trouble) + REST for trouble in troubles)
    rests = sorted(rng.randrange(free) for _ in troubles)
    minute = begin + QUIET
    for rest, before, trouble in zip(rests, chain([0], rests), troubles, strict=False):
        minute += rest - before
        for what in trouble:
            yield minute, what
            minute += 1
        yield minute, usual
        minute += REST
