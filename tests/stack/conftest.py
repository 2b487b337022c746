"""Fixtures for `ops` on the lab: the program, its healthy view, and faults that heal."""

import contextlib
import subprocess
from collections.abc import Iterator

import pytest
from faults.looking import recorded
from realhosts import Lab
from realhosts.waiting import wait_until

from stack.leftovers import ENDS_SEC, remains
from stack.ops import PROGRAM, Break, Document, Facts, Ops, rebound

IMPATIENT_SEC = 2


@pytest.fixture(scope="session")
def ops(lab: Lab) -> Ops:
    """The program with the lab's usual two hosts bound, and its usual limits.

    Its environment is made here, where there may be an internet, if it isn't there already.
    """
    subprocess.run([PROGRAM, "--version"], check=True, capture_output=True)
    return Ops(lab)


@pytest.fixture(scope="session")
def impatient(ops: Ops) -> Ops:
    """The program with the usual two hosts bound, and short limits."""

    def limit(bindings: Document) -> None:
        bindings["defaults"] |= {
            "connect_timeout_sec": IMPATIENT_SEC,
            "health_timeout_sec": IMPATIENT_SEC,
        }

    return rebound(ops, "impatient", limit)


@pytest.fixture(scope="session")
def well(ops: Ops) -> Facts:
    """What is seen of the usual two hosts while nothing is broken that the lab doesn't break."""
    return ops.facts()


@pytest.fixture(scope="module")
def harmless(lab: Lab, ops: Ops) -> Iterator[None]:
    """What a file of tests breaks costs nothing recorded, and leaves no process on either side."""
    history = lab.control.home / ".local/state/media-recorder/history.db"
    ops("media.snapshot")
    before = recorded(history)
    yield
    assert before < recorded(history)
    assert ops("media.history.check").returncode == 0
    wait_until(lambda: not remains(lab), "the hosts to notice", ENDS_SEC)


@pytest.fixture
def broken(lab: Lab) -> Iterator[Break]:
    """Breaks a host; whatever was broken is healed when the test ends, however it ends."""
    with contextlib.ExitStack() as healing:

        def cause(fault: str, host: str, subject: str = "") -> None:
            healing.callback(lab.heal, fault, host, subject)
            lab.cause(fault, host, subject)

        yield cause
