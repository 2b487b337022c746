"""Forecasts against volumes whose truth is known; bench/forecast measures the same on many more."""

import random

import pytest
from simulated.volumes import TODAY, WAYS, Filling, filling

from recorder.history.forecast import READ_DAYS, forecast
from recorder.model import Forecast, NoForecast

VOLUMES = 60
FILLING_UP = [name for name, way in WAYS.items() if way.slope]
AIMLESS = [name for name, way in WAYS.items() if not way.slope]


def made(name: str, days: int = READ_DAYS) -> list[Filling]:
    seeds = (random.Random(f"{name} {n}") for n in range(VOLUMES))  # noqa: S311 - repeatable
    return [filling(WAYS[name], days, rng) for rng in seeds]


def share(held: list[bool]) -> float:
    return sum(held) / len(held)


@pytest.mark.parametrize("name", FILLING_UP)
def test_most_true_slopes_lie_in_the_range(name: str) -> None:
    """Nine of ten are meant to, from a long past; chance alone leaves fewer than three of four."""
    told = [(it, forecast(it.days)) for it in made(name)]
    forecasts = [(it, found) for it, found in told if isinstance(found, Forecast)]
    assert len(forecasts) >= 0.95 * VOLUMES
    assert share([f.slope_low <= it.slope <= f.slope_high for it, f in forecasts]) >= 0.75
    tests = [found.backtest.held for _, found in forecasts if found.backtest]
    assert share(tests) >= 0.65


@pytest.mark.parametrize("name", [name for name in FILLING_UP if name != "by season"])
def test_most_volumes_are_full_on_a_day_in_the_range(name: str) -> None:
    """Had they gone on like that; a season does not go on."""
    told = [(it.full_in_days, forecast(it.days)) for it in made(name)]
    held = [
        found.full_in_days[0] <= day <= found.full_in_days[1]
        for day, found in told
        if isinstance(found, Forecast) and found.full_in_days
    ]
    assert share(held) >= 0.75


@pytest.mark.parametrize("name", AIMLESS)
def test_a_volume_that_goes_nowhere_is_seldom_said_to(name: str) -> None:
    """Of what does not fill up, one in ten may seem to."""
    assert share([isinstance(forecast(it.days), Forecast) for it in made(name)]) <= 0.25


@pytest.mark.parametrize("name", ["by chance, 3 T deleted once", "by chance, 6 T added once"])
def test_after_a_step_there_is_nothing_to_say_for_two_weeks(name: str) -> None:
    """A step a week ago leaves a week."""
    for volume in made(name, days=14):
        found = forecast(volume.days)
        assert isinstance(found, NoForecast)
        assert found.since is not None
        assert (TODAY - found.since).days == 7
