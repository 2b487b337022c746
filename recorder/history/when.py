"""A moment in the past as a person types it: pure.

`2h`, `3d`, `90m`, `1w`, `2h30m`; `yesterday`, `today`; `13:20`, the last time the clock showed it;
`2026-02-10`, `2026-02-10 03:00`, and ISO 8601 with its zone. Without one, times are local.
"""

import re
from datetime import datetime, time, timedelta, tzinfo

SHOWN = 40  # letters of what was typed, in a message
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
SPANS = "24h, 7d, 1y, yesterday, 2026-02-10 or 2026-01-01..2026-02-01"
FORMS = "2h30m, 3d, yesterday, 13:20, 2026-02-10 or 2026-02-10 03:00"


def parse_moment(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The moment meant, aware; `now` is aware too. Raises ValueError, in words, for none."""
    said = text.strip().lower()
    local = now.astimezone(zone)
    try:
        moment = _ago(said, now) or _named(said, local, zone) or _dated(said, zone)
    except OverflowError:
        raise ValueError(f"{_shown(text)} is too long ago") from None
    if moment is None:
        raise ValueError(f"{_shown(text)} is no time; say {FORMS}")
    if moment > now:
        raise ValueError(f"{_shown(text)} has not come yet")
    return moment


def _shown(text: str) -> str:
    """What was typed, as a message tells it."""
    from recorder.bindings.spelling import quoted  # noqa: PLC0415 - only for a mistake

    return quoted(text, SHOWN)


def length_of(said: str) -> timedelta | None:
    """The length of time that is meant by "2h", "90m", "1d 12h": each unit once, the longest first.

    None for what is none.
    """
    parts = re.findall(r"(\d{1,6})\s*([smhdw])", said, re.ASCII)
    units = [unit for _, unit in parts]
    if not re.fullmatch(r"(\d{1,6}\s*[smhdw]\s*)+", said, re.ASCII):
        return None
    if units != [unit for unit in reversed(UNITS) if unit in units]:
        return None
    return timedelta(**{UNITS[unit]: int(number) for number, unit in parts})


def _ago(said: str, now: datetime) -> datetime | None:
    length = length_of(said)
    return None if length is None else now - length


def _named(said: str, local: datetime, zone: tzinfo) -> datetime | None:
    """A word for a day, its first moment; or a time of day, today or else yesterday."""
    midnight = datetime.combine(local.date(), time.min, zone)
    if said in ("today", "yesterday"):
        return midnight - timedelta(days=said == "yesterday")
    match = re.fullmatch(r"(\d{1,2}):(\d\d)(?::(\d\d))?", said, re.ASCII)
    if match is None:
        return None
    hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        at = datetime.combine(local.date(), time(hour, minute, second), zone)
    except ValueError:
        return None
    return at if at <= local else at - timedelta(days=1)


def _dated(said: str, zone: tzinfo) -> datetime | None:
    if not re.match(r"\d{4}-\d\d-\d\d", said, re.ASCII):
        return None
    try:
        at = datetime.fromisoformat(said.upper())
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=zone)
