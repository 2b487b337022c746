"""Ending runs at moments that a seed decides, and what must be true of the history afterwards."""

import contextlib
import json
import random
import sqlite3
from datetime import datetime
from pathlib import Path

SEED = 2026
COMPLAINTS = ("", "\nops: interrupted\n")


def recorded(history: Path) -> list[int]:
    """The times of the looks that it holds."""
    if not history.exists():
        return []
    with contextlib.closing(sqlite3.connect(f"file:{history}?mode=ro", uri=True)) as file:
        if not file.execute("SELECT 1 FROM sqlite_schema WHERE name = 'snapshot'").fetchone():
            return []
        return [ts for (ts,) in file.execute("SELECT ts FROM snapshot ORDER BY ts")]


def told(output: str) -> int | None:
    """The time of the look that a run said is recorded; None: it did not get to say so."""
    try:
        snapshot = json.loads(output)["data"]["snapshot"]
    except ValueError:
        return None
    assert snapshot["recorded"] is True
    return round(datetime.fromisoformat(snapshot["at"]).timestamp())


def lost_nothing(history: Path, before: list[int], output: str) -> list[int]:
    """All looks of before are there, at most this one with them, and surely if it said so."""
    after = recorded(history)
    assert after[: len(before)] == before
    assert len(after) - len(before) in (0, 1)
    said = told(output)
    assert said is None or said in after
    return after


def begun(complaints: str) -> bool:
    """Whether a run had come to our own code: Python tells of a signal before that in its way."""
    return "Traceback" not in complaints or ", in main" in complaints


def moments(usual_sec: float, number: int, of: str) -> list[float]:
    """Moments of a run that usually takes so long, in seconds from its start."""
    some = random.Random(f"{SEED} {of}")  # noqa: S311 - to be the same again
    return [some.uniform(0, 1.1 * usual_sec) for _ in range(number)]
