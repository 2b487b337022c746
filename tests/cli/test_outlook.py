"""What is foretold of the volumes of a look: from what is recorded, and of today."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from recorder.capabilities.foreseeing import brought_up, foresee
from recorder.capabilities.recalling import recall_moment
from recorder.capabilities.remembered import Keeping, Recalled
from recorder.capabilities.remembering import warmed
from recorder.model import (
    Daily,
    Forecast,
    Host,
    HostState,
    NoForecast,
    Snapshot,
    Trigger,
    Unforeseen,
    Volume,
    VolumeState,
)
from recorder.render.past import Outlook, Past
from recorder.store.engine import opened
from recorder.store.record import record
from recorder.store.retention import tidy

GIGA = 1 << 30
FIRST = datetime(2026, 2, 16, 12, 0, tzinfo=UTC)
TANK = ("nas", "tank")


def look(day: float, free: int = 0, *, seen: bool = True) -> Snapshot:
    """A look at a volume that loses ten gigabytes a day, unless `free` is given."""
    space = (free or round(900 * GIGA - day * 10 * GIGA), 1000 * GIGA) if seen else (None, None)
    state = VolumeState.OK if seen else VolumeState.UNKNOWN
    volume = Volume("tank", "nas", "/tank", state, None, None, *space)
    at = FIRST + timedelta(days=day)
    hosts = (Host("nas", HostState.UP),)
    return Snapshot(at, 600, Trigger.SCHEDULE, "home", hosts, volumes=(volume,))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A history of twenty looks, one a day."""
    made = tmp_path / "history.db"
    with opened(made) as engine:
        for day in range(20):
            record(engine, look(day))
            tidy(engine)
    return made


def remembered(path: Path, snapshot: Snapshot, *, recorded: bool = True) -> Past:
    """What the process beside a look adds to it."""
    keeping = Keeping(path, snapshot, None, previous=False, record=recorded)
    steps = warmed(path, record=recorded)(keeping)
    told = next(steps)
    assert not any(isinstance(step, Recalled) for step in steps)
    assert isinstance(told, Recalled)
    return told.past


@pytest.mark.parametrize("recorded", [True, False])
def test_a_look_is_shown_with_its_outlook(path: Path, *, recorded: bool) -> None:
    """Recorded or not: the days there were and today's, and when it will be full."""
    outlook = remembered(path, look(20), recorded=recorded).outlooks[TANK]
    day = -10 * GIGA
    assert outlook.days[0] == Daily(date(2026, 2, 16), 900 * GIGA, 1000 * GIGA)
    assert outlook.days[-1] == Daily(date(2026, 3, 8), 700 * GIGA, 1000 * GIGA)
    assert outlook.forecast == Forecast(date(2026, 2, 16), 21, day, day, day, (70, 70))


def test_a_volume_nobody_could_see_has_no_outlook(path: Path) -> None:
    """What its space is now is not known, so neither is what will become of it."""
    assert remembered(path, look(20, seen=False)).outlooks == {}


def test_the_first_look_has_one_day(tmp_path: Path) -> None:
    """Nothing recorded is a day too few, not a failure."""
    few = NoForecast(Unforeseen.FEW_DAYS, date(2026, 2, 16), 1)
    today = (Daily(date(2026, 2, 16), 900 * GIGA, 1000 * GIGA),)
    past = remembered(tmp_path / "new.db", look(0))
    assert past.outlooks == {TANK: Outlook(today, few)}


def test_of_one_day_the_outlook_stays(path: Path) -> None:
    """What is worked out while hosts are asked holds for the day; the next one is added to it."""
    with opened(path) as engine:
        known = foresee(engine, FIRST + timedelta(days=19))
    later, tomorrow = (brought_up(known, look(day, 5 * GIGA))[TANK] for day in (19.4, 20))
    assert later == known[TANK]
    today = Daily(date(2026, 3, 8), 5 * GIGA, 1000 * GIGA)
    assert tomorrow.days == (*known[TANK].days, today)
    assert tomorrow.forecast != known[TANK].forecast


def test_a_past_moment_has_the_outlook_it_had(path: Path) -> None:
    """What came after is not known yet: neither a larger disk nor that the volume is gone."""
    then = remembered(path, look(20)).outlooks
    with opened(path) as engine:
        record(engine, look(21, 5 * GIGA))
        record(engine, replace(look(22), volumes=()))
        tidy(engine)
    at = FIRST + timedelta(days=20, hours=3)
    assert recall_moment(path, at, UTC).past.outlooks == then


def test_only_what_is_shown_is_handed_on(path: Path) -> None:
    """A long past makes the forecast; thirty days of it are drawn."""
    long = tuple(
        Daily(date(2026, 3, 7) - timedelta(days=ago), ago * GIGA, 1000 * GIGA)
        for ago in reversed(range(80))
    )
    with opened(path) as engine:
        outlook = foresee(engine, FIRST + timedelta(days=19))[TANK]
    told = brought_up({TANK: replace(outlook, days=long)}, look(19))
    assert told[TANK].days == long[-30:]
