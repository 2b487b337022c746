"""How long an app that would not tell its past is left alone: noted for each beside the marks.

It answers looks, so that every look would ask it again, and wait for it. The wait is as long as it
has been failing, so it doubles, between ten minutes and a day.
"""

import re

from recorder.store.connection import Connection

_TIMES = re.compile(r"(\d{1,12}) (\d{1,12})", re.ASCII)
SHORTEST_SEC, LONGEST_SEC = 600, 86_400
NOTE = """
    INSERT INTO meta (key, value) VALUES (:key, :value)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value"""


def is_left_alone(db: Connection, app: str, now: int) -> bool:
    """Whether it is too early to ask it again; a clock that went back does not make it so."""
    failing = _failing(db, app)
    if failing is None:
        return False
    first, last = failing
    wait_sec = min(max(last - first, SHORTEST_SEC), LONGEST_SEC)
    return 0 <= now - last < wait_sec


def note_failure(db: Connection, app: str, now: int) -> None:
    """It was asked, and did not tell."""
    first, _ = _failing(db, app) or (now, now)
    db.change(NOTE, {"key": _key(app), "value": f"{min(first, now)} {now}"})


def forget_failures(db: Connection, app: str) -> None:
    """It told."""
    db.change("DELETE FROM meta WHERE key = :key", {"key": _key(app)})


def _failing(db: Connection, app: str) -> tuple[int, int] | None:
    """When it was asked in vain for the first time and for the last, in seconds since 1970."""
    noted = db.scalar("SELECT value FROM meta WHERE key = :key", {"key": _key(app)})
    times = _TIMES.fullmatch(noted or "")
    return (int(times[1]), int(times[2])) if times else None


def _key(app: str) -> str:
    return f"asked_in_vain:{app}"
