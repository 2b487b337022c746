"""Differences made up for the screen of media.diff: a stack that falls ill, heals, or stays."""

from dataclasses import replace
from datetime import timedelta

from recorder.history.difference import Difference, Side, difference

from .examples import EMPTY, HEALTHY, HOSTILE_TEXTS, NIGHT, NOW
from .examples import HOSTILE as HOSTILE_STACK

NOON = NOW - timedelta(hours=2, minutes=2)
BEFORE = replace(HEALTHY, taken_at=NOON)
THEN = Side(BEFORE, NOON + timedelta(seconds=40))

NIGHTFALL = difference(THEN, Side(NIGHT, recorded=False))
MORNING = difference(
    Side(replace(NIGHT, taken_at=NOON), NOON + timedelta(minutes=30), in_gap=True, gap_end=NOW),
    Side(HEALTHY),
)
NOTHING = difference(THEN, THEN)


def hostile(text: str) -> Difference:
    """From nothing to a stack that is full of a text, and of all the other hostile ones."""
    stack = replace(HOSTILE_STACK, site=text)
    return difference(Side(replace(EMPTY, taken_at=NOON), NOON), Side(stack))


HOSTILE = hostile("".join(HOSTILE_TEXTS))
