"""How long an app that would not tell its past is left alone: noted for each beside the marks.

It answers looks, so that every look would ask it again, and wait for it. The wait is as long as it
has been failing, so it doubles, between ten minutes and a day.
"""

from recorder.store.library import sa
from recorder.store.tables import meta

SHORTEST_SEC, LONGEST_SEC = 600, 86_400


def is_left_alone(db: sa.Connection, app: str, now: int) -> bool:
    """Whether it is too early to ask it again; a clock that went back does not make it so."""
    failing = _failing(db, app)
    if failing is None:
        return False
    first, last = failing
    wait_sec = min(max(last - first, SHORTEST_SEC), LONGEST_SEC)
    return 0 <= now - last < wait_sec


def note_failure(db: sa.Connection, app: str, now: int) -> None:
    """It was asked, and did not tell."""
    first, _ = _failing(db, app) or (now, now)
    forget_failures(db, app)
    db.execute(meta.insert().values(key=_key(app), value=f"{min(first, now)} {now}"))


def forget_failures(db: sa.Connection, app: str) -> None:
    """It told."""
    db.execute(meta.delete().where(meta.c.key == _key(app)))


def _failing(db: sa.Connection, app: str) -> tuple[int, int] | None:
    """When it was asked in vain for the first time and for the last, in seconds since 1970."""
    noted = db.scalar(sa.select(meta.c.value).where(meta.c.key == _key(app)))
    if noted is None:
        return None
    first, last = str(noted).split()
    return int(first), int(last)


def _key(app: str) -> str:
    return f"asked_in_vain:{app}"
