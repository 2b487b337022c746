"""Processes that record: forked, so that starting one costs little, and seen into while they do.

They inherit a history with no connection: neither SQLite's locks nor a server's session survive a
fork, and each look opens and closes it as a process of its own would.
"""

import contextlib
import gc
import itertools
import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import NamedTuple

from recorder.model import Snapshot
from recorder.store.connection import FileHistory, History
from recorder.store.engine import opened
from recorder.store.lock import one_look
from recorder.store.postgresql.history import ServerHistory
from recorder.store.record import record
from recorder.store.retention import tidy
from recorder.store.site import Location, Site
from store.stacks import dark, look

FORKED = multiprocessing.get_context("fork")
PATIENCE_SEC = 60
When = Callable[[int], datetime]


class Step(IntEnum):
    """Where in a recording a process is."""

    OPENING = 0  # its turn taken, the file opened, the schema asked for
    RECORDING = 1  # the one transaction
    TIDYING = 2  # rolling up, deleting, giving pages back
    CLOSING = 3  # the log written into the file


def nth(number: int, when: When) -> Snapshot:
    """The n-th look of a history: every third sees nothing of the host."""
    return replace(look() if number % 3 else dark(), taken_at=when(number))


class Entered(NamedTuple):
    """A process's word that it began a step."""

    step: Step
    at_sec: float  # of time.monotonic(), which all processes share


@dataclass
class Watched:
    """A process that records one look after another until it is killed.

    It tells each step as it begins it, and each look once it is recorded. Whoever waits for that
    sleeps: one that watched a number change would take the processor from whom it watches.
    """

    engine: History
    first: int
    when: When
    entered: Entered = field(init=False)
    lasted: dict[Step, float] = field(init=False, default_factory=dict)  # seconds
    process: BaseProcess = field(init=False)
    _hear: Connection = field(init=False)
    _said: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._hear, say = FORKED.Pipe(duplex=False)
        self.entered = Entered(Step.OPENING, time.monotonic())
        self.process = FORKED.Process(target=self._record, args=(say,))
        self.process.start()
        say.close()

    def _record(self, say: Connection) -> None:
        def enter(step: Step) -> None:
            say.send(Entered(step, time.monotonic()))

        gc.disable()  # as where the program records: it ends before there is much
        for number in itertools.count(self.first):
            with one_look(self.engine.place, PATIENCE_SEC) as mine:
                assert mine
                enter(Step.OPENING)
                with opened(self.engine.place):
                    pass
                enter(Step.RECORDING)
                done = record(self.engine, nth(number, self.when))
                say.send(int(done.at.timestamp()))
                enter(Step.TIDYING)
                tidy(self.engine)
                enter(Step.CLOSING)
                self.engine.close()

    def said(self) -> list[int]:
        """The times of the looks it said are recorded, so far."""
        while self._hears(0):
            pass
        return self._said

    def _hears(self, patience_sec: float) -> bool:
        """Whether it says something in time, which is noted."""
        try:
            if not self._hear.poll(patience_sec):
                return False
            told = self._hear.recv()
        except EOFError:
            return False
        if isinstance(told, Entered):
            self.lasted[self.entered.step] = told.at_sec - self.entered.at_sec
            self.entered = told
        else:
            self._said.append(told)
        return True

    def wait_for(self, looks: int) -> None:
        """Wait until it has recorded so many."""
        self._wait_until(lambda: len(self._said) >= looks)

    def wait_for_step(self, step: Step) -> None:
        """Wait until it is in a step."""
        self._wait_until(lambda: self.entered.step is step)

    def _wait_until(self, reached: Callable[[], bool]) -> None:
        while not reached():
            if not self._hears(PATIENCE_SEC):
                raise TimeoutError("it said nothing for a minute, or ended")

    def kill(self) -> None:
        """SIGKILL; `entered` says amid what."""
        assert self.process.is_alive()
        self.process.kill()
        self.process.join()
        self.said()


def unconnected(place: Location) -> History:
    """A history, to be inherited: it is connected to when it is asked or recorded into."""
    return ServerHistory(place) if isinstance(place, Site) else FileHistory(place)


def ready(place: Location, count: int, when: When) -> History:
    """One of so many looks recorded in peace."""
    with opened(place):
        engine = unconnected(place)
    for number in range(count):
        record(engine, nth(number, when))
        tidy(engine)
    engine.close()
    return engine


def column_of(place: Location, query: str) -> list[int]:
    """What a query finds in its one column."""
    with contextlib.closing(unconnected(place)) as history, history.reading() as db:
        return [row[0] for row in db.rows(query)]


def looks_of(place: Location) -> list[int]:
    """The times of all looks of a history, where none of its stretches has more than two."""
    both = "SELECT first_ts AS ts FROM coverage UNION SELECT last_ts FROM coverage ORDER BY 1"
    return column_of(place, both)
