"""Processes that record: forked, so that starting one costs little, and seen into while they do.

They inherit an engine whose statements are compiled, with no connection: SQLite's locks don't
survive a fork, and each look opens and closes the file as a process of its own would.
"""

import contextlib
import itertools
import multiprocessing
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import sqlalchemy as sa

from recorder.model import Snapshot
from recorder.store.connection import connect, engine_of, location_of
from recorder.store.engine import opened
from recorder.store.lock import one_look
from recorder.store.record import record
from recorder.store.retention import tidy
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


@dataclass
class Watched:
    """A process that records one look after another until it is killed."""

    engine: sa.Engine
    first: int
    when: When
    step: "multiprocessing.sharedctypes.Synchronized[int]" = field(init=False)
    lasted: "multiprocessing.sharedctypes.SynchronizedArray[float]" = field(init=False)
    process: BaseProcess = field(init=False)
    _hear: Connection = field(init=False)
    _said: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.step = FORKED.Value("b", Step.OPENING, lock=False)
        self.lasted = FORKED.Array("d", len(Step), lock=False)
        self._hear, say = FORKED.Pipe(duplex=False)
        self.process = FORKED.Process(target=self._record, args=(say,))
        self.process.start()
        say.close()

    def _record(self, say: Connection) -> None:
        for number in itertools.count(self.first):
            with one_look(location_of(self.engine), PATIENCE_SEC) as mine:
                assert mine
                with self._in(Step.OPENING), opened(location_of(self.engine)):
                    pass
                with self._in(Step.RECORDING):
                    done = record(self.engine, nth(number, self.when))
                say.send(int(done.at.timestamp()))
                with self._in(Step.TIDYING):
                    tidy(self.engine)
                with self._in(Step.CLOSING):
                    self.engine.dispose()

    @contextlib.contextmanager
    def _in(self, step: Step) -> Iterator[None]:
        began, self.step.value = time.perf_counter(), step
        yield
        self.lasted[step] = time.perf_counter() - began

    def said(self) -> list[int]:
        """The times of the looks it said are recorded, so far."""
        with contextlib.suppress(EOFError):
            while self._hear.poll():
                self._said.append(self._hear.recv())
        return self._said

    def wait_for(self, looks: int) -> None:
        """Wait until it has recorded so many."""
        while len(self.said()) < looks:
            if not self._hear.poll(PATIENCE_SEC):
                raise TimeoutError("it recorded nothing for a minute")

    def wait_for_step(self, step: Step) -> None:
        """Wait until it is in a step."""
        while self.step.value != step and self.process.is_alive():
            pass

    def kill(self) -> None:
        """SIGKILL; `step` says amid what."""
        assert self.process.is_alive()
        self.process.kill()
        self.process.join()


def ready(path: Path, count: int, when: When) -> sa.Engine:
    """An engine to be inherited, on a history of so many looks recorded in peace."""
    with opened(path):
        engine = engine_of(path)
    for number in range(count):
        record(engine, nth(number, when))
        tidy(engine)
    engine.dispose()
    return engine


def looks_of(path: Path) -> list[int]:
    """The times of all looks a file holds, where none of its stretches has more than two."""
    with contextlib.closing(connect(path)) as connection:
        found = connection.execute(
            "SELECT first_ts FROM coverage UNION SELECT last_ts FROM coverage ORDER BY 1"
        )
        return [ts for (ts,) in found]
