"""Calendar days and this machine's own time, across the hours that clocks skip and repeat."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder.model import Day, LocalTime, day_of

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


def _utc(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("day", "zone", "begin", "hours"),
    [
        ("2026-02-16", "UTC", _utc(2026, 2, 16), 24),
        ("2026-02-16", "Europe/Berlin", _utc(2026, 2, 15, 23), 24),
        ("2026-03-29", "Europe/Berlin", _utc(2026, 3, 28, 23), 23),
        ("2026-10-25", "Europe/Berlin", _utc(2026, 10, 24, 22), 25),
        ("2026-02-16", "Asia/Kathmandu", _utc(2026, 2, 15, 18, 15), 24),
        ("2018-11-04", "America/Sao_Paulo", _utc(2018, 11, 4, 3), 23),  # has no midnight
        ("2026-11-01", "America/Havana", _utc(2026, 11, 1, 4), 25),  # has two
    ],
)
def test_a_day_has_two_ends_and_no_fixed_length(
    day: str, zone: str, begin: datetime, hours: int
) -> None:
    """From one midnight to the next, whatever the clocks do between them."""
    found = day_of(date.fromisoformat(day), ZoneInfo(zone))
    assert found == Day(begin, begin + hours * HOUR)


@given(st.dates(date(1990, 1, 1), date(2037, 1, 1)), st.sampled_from(["Europe/Berlin", "UTC"]))
def test_days_follow_each_other_without_a_gap(day: date, zone: str) -> None:
    """Where one ends the next begins: nothing is counted twice or never."""
    this, following = (day_of(day + timedelta(days=n), ZoneInfo(zone)) for n in (0, 1))
    assert this.end == following.begin
    assert this.begin < this.end


@pytest.fixture(scope="module")
def set_zone() -> Iterator[Callable[[str], None]]:
    """Set this process's time zone, until the end."""
    with pytest.MonkeyPatch.context() as patch:

        def set_to(zone: str) -> None:
            patch.setenv("TZ", zone)
            time.tzset()

        yield set_to
    time.tzset()


@pytest.fixture
def berlin(set_zone: Callable[[str], None]) -> None:
    """This machine stands in Berlin."""
    set_zone("Europe/Berlin")


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize("day", ["2026-02-16", "2026-03-29", "2026-10-25", "2026-07-01"])
def test_this_machines_days_are_those_of_its_zone(day: str) -> None:
    """The same as by the name of the zone."""
    asked = date.fromisoformat(day)
    assert day_of(asked, LocalTime()) == day_of(asked, BERLIN)


@pytest.mark.usefixtures("berlin")
@settings(deadline=None)
@given(st.integers(631152000, 2114380800))  # from 1990 to 2037
def test_local_time_is_what_the_zone_says(epoch_sec: int) -> None:
    """Every moment has the clock's face of the zone."""
    at = datetime.fromtimestamp(epoch_sec, UTC)
    here, there = at.astimezone(LocalTime()), at.astimezone(BERLIN)
    assert here.replace(tzinfo=None) == there.replace(tzinfo=None)


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    "at",
    [
        _utc(2026, 3, 29, 0, 30),
        _utc(2026, 3, 29, 1, 30),
        _utc(2026, 3, 29, 2, 30),
        _utc(2026, 10, 24, 23, 30),
        _utc(2026, 10, 25, 0, 30),
        pytest.param(
            _utc(2026, 10, 25, 1, 30),
        ),
        _utc(2026, 10, 25, 2, 30),
    ],
)
def test_no_moment_is_lost_where_clocks_change(at: datetime) -> None:
    """To local time and back is the same moment, in the hour that comes twice as well."""
    here = at.astimezone(LocalTime())
    assert (here.astimezone(UTC), here.utcoffset()) == (at, at.astimezone(BERLIN).utcoffset())


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/New_York"])
def test_local_time_follows_the_machine(zone: str, set_zone: Callable[[str], None]) -> None:
    """Name and offset are those of the zone the machine stands in."""
    set_zone(zone)
    at = _utc(2026, 7, 1, 12)
    here, there = at.astimezone(LocalTime()), at.astimezone(ZoneInfo(zone))
    assert (here.tzname(), here.utcoffset()) == (there.tzname(), there.utcoffset())
