"""Numbers as people read them."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.render import units

_TERA = 1024**4
_GIGA = 1024**3


@pytest.mark.parametrize(
    ("count_bytes", "shown"),
    [
        (0, "0B"),
        (1023, "1023B"),
        (1024, "1K"),
        (1536, "1.5K"),
        (int(8.4 * _TERA), "8.4T"),
        (int(12.3 * _TERA), "12.3T"),
        (41 * _GIGA, "41G"),
        (205 * _GIGA, "205G"),
        (int(99.94 * _GIGA), "99.9G"),
        (int(99.96 * _GIGA), "100G"),
        (int(1023.4 * _GIGA), "1023G"),
        (int(1023.6 * _GIGA), "1T"),
        (-41 * _GIGA, "\u221241G"),
    ],
)
def test_sizes_are_in_powers_of_1024(count_bytes: int, shown: str) -> None:
    """One decimal below a hundred of a unit, none from there on, and none that is zero."""
    assert units.size(count_bytes) == shown


@given(st.integers(0, 2**70))
def test_a_size_is_short_and_nearly_right(count_bytes: int) -> None:
    """Any size is at most five characters long and off by no more than its rounding."""
    shown = units.size(count_bytes)
    assert len(shown) <= 5
    number, unit = float(shown[:-1]), 1024 ** "BKMGTPEZ".index(shown[-1])
    assert abs(number * unit - count_bytes) <= 0.051 * unit + 0.006 * count_bytes


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-3, "0 s"),
        (0.4, "0 s"),
        (42, "42 s"),
        (60, "1m"),
        (3 * 60 + 59, "3m"),
        (5 * 3600 + 12 * 60, "5h 12m"),
        (2 * 3600, "2h"),
        (12 * 86400 + 4 * 3600 + 3599, "12d 4h"),
        (3 * 86400, "3d"),
    ],
)
def test_durations_name_two_units(seconds: float, shown: str) -> None:
    """The two largest units, rounded down; a unit that is zero is left out."""
    assert units.duration(seconds) == shown


@given(st.integers(0, 10**10), st.integers(0, 10**10))
def test_a_longer_time_never_reads_shorter(first: int, second: int) -> None:
    """Durations keep their order when rounded."""

    def read(shown: str) -> int:
        sizes = {"d": 86400, "h": 3600, "m": 60, " s": 1}
        return sum(int(n) * sizes[u] for n, u in re.findall(r"(\d+)(d|h|m| s)", shown))

    short, long = sorted((first, second))
    assert read(units.duration(short)) <= read(units.duration(long)) <= long


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [
        (0, "0 ms"),
        (12, "12 ms"),
        (999, "999 ms"),
        (1000, "1.0 s"),
        (1440, "1.4 s"),
        (9949, "9.9 s"),
        (9950, "10 s"),
        (12_400, "12 s"),
        (125_000, "2m"),
    ],
)
def test_a_latency_reads_at_a_glance(milliseconds: int, shown: str) -> None:
    """Milliseconds below a second, tenths below ten, whole seconds, then minutes."""
    assert units.elapsed(milliseconds) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0, "0%"), (0.2, "<1%"), (31.7, "32%"), (98.5, "98%"), (99.6, ">99%"), (100, "100%")],
)
def test_nearly_full_is_not_full(share: float, shown: str) -> None:
    """Neither 0 % nor 100 % is said of what is not exactly that."""
    assert units.percent(share) == shown


def test_times_are_local_to_the_zone_passed_in() -> None:
    """The zone is the caller's, never the machine's."""
    at = datetime(2026, 2, 16, 23, 30, tzinfo=UTC)
    berlin = timezone(timedelta(hours=1))
    assert units.stamp(at, berlin) == "Tue 17 Feb 2026 00:30"
    assert units.clock(at, berlin) == "00:30"
    assert units.day_name(date(2026, 2, 6)) == "Fri 06 Feb 2026"


def test_an_age_is_never_negative() -> None:
    """A host whose clock is ahead did not do things in the future."""
    now = datetime(2026, 2, 16, 13, 2, tzinfo=UTC)
    assert units.age(now - timedelta(hours=2, minutes=10), now) == "2h 10m ago"
    assert units.age(now + timedelta(hours=1), now) == "just now"


def test_one_is_singular() -> None:
    """One movie, two movies, no movies."""
    assert [units.plural(n, "movie") for n in (0, 1, 2)] == ["0 movies", "1 movie", "2 movies"]
