"""Numbers as people read them. Pure: clock and time zone are passed in.

Sizes are in powers of 1024 with one decimal below a hundred of a unit and none from there on; a
decimal that is zero is left out: 8.4T, 12.3T, 41G, 205G. Durations name their two largest units.
"""

from datetime import date, datetime, tzinfo

from recorder.render.marks import MINUS

_SIZE_UNITS = "BKMGTPEZ"
_STEP = 1024
_WHOLE_FROM = 100

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_WEEK = 7  # days; a name of one stands for the last of that name

_SECOND_MS = 1000
_ALL_PERCENT = 100


def size(count_bytes: int) -> str:
    """A size in bytes: "8.4T", "205G", "512B"; a negative one, a change, with a minus sign."""
    value, unit = float(abs(count_bytes)), 0
    while _rounded(value) >= _STEP and unit < len(_SIZE_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    sign = MINUS if count_bytes < 0 else ""
    return f"{sign}{_number(value)}{_SIZE_UNITS[unit]}"


def signed(count_bytes: int) -> str:
    """A change of a size, its sign always shown."""
    return size(count_bytes) if count_bytes < 0 else f"+{size(count_bytes)}"


def _rounded(value: float) -> float:
    """The value as it will be shown, so that 1023.9 becomes one of the next unit."""
    return round(value, 1) if value < _WHOLE_FROM else float(round(value))


def _number(value: float) -> str:
    shown = _rounded(value)
    return f"{shown:.0f}" if shown >= _WHOLE_FROM else f"{shown:.1f}".removesuffix(".0")


def duration(seconds: float) -> str:
    """A stretch of time: "12d 4h", "5h 12m", "3m", "42 s"; always rounded down."""
    whole = max(0, int(seconds))
    if whole >= _DAY:
        return _two(whole // _DAY, "d", whole % _DAY // _HOUR, "h")
    if whole >= _HOUR:
        return _two(whole // _HOUR, "h", whole % _HOUR // _MINUTE, "m")
    return f"{whole // _MINUTE}m" if whole >= _MINUTE else f"{whole} s"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large}{large_unit}" + (f" {small}{small_unit}" if small else "")


def elapsed(milliseconds: int) -> str:
    """How long a question took: "12 ms", "1.4 s", "12 s", "2m"."""
    if milliseconds < _SECOND_MS:
        return f"{milliseconds} ms"
    return seconds(milliseconds)


def seconds(milliseconds: int) -> str:
    """How long a look took: "0.6 s", "12 s", "2m"; tenths of a second below ten."""
    tenths = round(milliseconds / 100)
    return f"{tenths / 10:.1f} s" if tenths < _WHOLE_FROM else duration(tenths / 10)


def age(then: datetime, now: datetime) -> str:
    """How long ago it was: "2h 10m ago"; "just now" for what the clocks put in the future."""
    past = (now - then).total_seconds()
    return f"{duration(past)} ago" if past >= 1 else "just now"


def percent(share: float) -> str:
    """A share of a hundred; neither "0%" nor "100%" unless it is exactly that."""
    if 0 < share < 1:
        return "<1%"
    if _ALL_PERCENT - 1 < share < _ALL_PERCENT:
        return ">99%"
    return f"{share:.0f}%"


def stamp(at: datetime, tz: tzinfo) -> str:
    """Day and time, local: "Mon 16 Feb 2026 14:02"."""
    return f"{at.astimezone(tz):%a %d %b %Y %H:%M}"


def day_name(day: date) -> str:
    """A day: "Mon 16 Feb 2026"."""
    return f"{day:%a %d %b %Y}"


def clock(at: datetime, tz: tzinfo) -> str:
    """Time of day, local: "14:02"."""
    return f"{at.astimezone(tz):%H:%M}"


def moment(at: datetime, now: datetime, tz: tzinfo) -> str:
    """A past time, as short as is clear: "13:55" today, "Sun 13:55", "9 Feb 13:55", with year."""
    local, today = at.astimezone(tz), now.astimezone(tz)
    days = (today.date() - local.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    if 0 < days < _WEEK:
        return f"{local:%a %H:%M}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%b}{year} {local:%H:%M}"


def plural(count: int, noun: str) -> str:
    """A count and its noun: "1 movie", "6 movies"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def counted(count: int, noun: str) -> str:
    """A large count and its noun: "1 snapshot", "1,559,807 snapshots"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
