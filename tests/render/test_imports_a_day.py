"""Imports of a window, by local day."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from recorder.history.days import LocalDay
from recorder.model import day_of
from recorder.render.retrospect.screen import screen

from . import retrospects
from .screens import drawn

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("day", [date(2025, 10, 26), date(2025, 3, 30), date(2025, 6, 1)])
def test_a_day_on_which_clocks_change_is_one_day(day: date) -> None:
    """Four imports of it are four a day, though it has 25 hours, or 23."""
    days = (LocalDay(day, day_of(day, BERLIN), whole=True, counts=(4,)),)
    told = replace(retrospects.told("week"), days=days, apps=(("radarr", "movie"),))
    lines = drawn(screen(told, tz=BERLIN)).split("IMPORTS a day")[1].splitlines()
    assert "radarr 4 movies, 4.0 a day; most on" in lines[2]
