"""How a window is cut into the signs of a strip, and the line of times above it: pure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo

from recorder.history.window import Window
from recorder.model import day_of

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_LENGTHS = (
    *(_MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * n for n in (1, 2, 3, 4, 6, 8, 12)),
    *(_DAY * n for n in (1, 2, 4, 7, 14, 28, 56, 91, 182, 365)),
)
_BY_HOUR_UP_TO, _BY_WEEKDAY_UP_TO, _BY_DATE_UP_TO, _BY_MONTH_UP_TO = 2, 10, 120, 1100  # days


def sign_sec(window: Window, cells: int) -> int:
    """How long a sign stands for, so that no more than so many are needed."""
    fitting = (length for length in _LENGTHS if -(-window.seconds // length) <= cells)
    return next(fitting, -(-window.seconds // cells))


def edges(window: Window, length_sec: int) -> list[datetime]:
    """From sign to sign. The last ends with the window; the first may be shorter."""
    begin, count = window.end, -(-window.seconds // length_sec)
    inner = (begin - timedelta(seconds=length_sec * back) for back in range(count - 1, 0, -1))
    return [window.begin, *inner, window.end]


def axis(window: Window, cells: list[datetime], zone: tzinfo) -> str:
    """Times over the signs they begin in, as many as there is room for."""
    line, place = "", 0
    width = len(cells) - 1
    for at, label in _ticks(window, zone):
        while place + 1 < width and cells[place + 1] <= at:
            place += 1
        room = not line or place > len(line)
        if room and place + len(label) <= width:
            line = line.ljust(place) + label
    return line


def _ticks(window: Window, zone: tzinfo) -> Iterator[tuple[datetime, str]]:
    days = window.seconds / _DAY
    if days <= _BY_HOUR_UP_TO:
        yield from _hours(window, zone)
        return
    for at in _midnights(window, zone):
        local = at.astimezone(zone)
        if days <= _BY_WEEKDAY_UP_TO:
            yield at, f"{local:%a}"
        elif days <= _BY_DATE_UP_TO:
            yield at, f"{local.day} {local:%b}"
        elif days <= _BY_MONTH_UP_TO:
            if local.day == 1:
                yield at, f"{local:%b}"
        elif (local.day, local.month) == (1, 1):
            yield at, f"{local.year}"


def _midnights(window: Window, zone: tzinfo) -> Iterator[datetime]:
    day: date = window.begin.astimezone(zone).date()
    while (at := day_of(day, zone).begin) < window.end:
        if at >= window.begin:
            yield at
        day += timedelta(days=1)


def _hours(window: Window, zone: tzinfo) -> Iterator[tuple[datetime, str]]:
    """Every full hour, or minutes of a window that has none; every other is left out for room."""
    step = _HOUR if window.seconds >= 2 * _HOUR else 5 * _MINUTE
    first = -(-int(window.begin.timestamp()) // step) * step
    for ts in range(first, int(window.end.timestamp()), step):
        at = datetime.fromtimestamp(ts, zone)
        yield at, f"{at:%H:%M}" if step < _HOUR else f"{at:%H}h"
