"""The script, played: look after look through everything below the one seam, and what became of it.

A usual look is taken in this process, by the functions that the program's own processes call; one
that is killed or has company, in processes of their own.
"""

import contextlib
import multiprocessing
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median

from endurance.disk import Disk
from endurance.hosts import KEY, KEY_VARIABLE, played, stack_of
from endurance.looked import expected, is_recorded
from endurance.script import Deed, Script

from recorder.capabilities.foreseeing import Outlooks, foresee
from recorder.capabilities.remembered import Keeping, Remembered
from recorder.capabilities.remembering import remember
from recorder.collect.snapshot import Asking, Look
from recorder.errors import StoreError
from recorder.model import Snapshot, Trigger, day_of
from recorder.store.backup import back_up, check
from recorder.store.connection import FileHistory, connect
from recorder.store.engine import opened
from recorder.store.extract import Content, Wanted, extract
from recorder.store.lock import one_look
from recorder.store.pruning import prune
from recorder.store.repair import drop_after

FORKED = multiprocessing.get_context("fork")
PATIENCE_SEC = 60.0
COMPLAINTS = {
    Deed.FULL: "no space left",
    Deed.READ_ONLY: "may not be written",
    Deed.FAR_BEHIND: "the clock says",
    Deed.TOO_EARLY: "the clock says",
}


class UntrueError(AssertionError):
    """The program did not do what the script says it must."""


@dataclass(frozen=True)
class Taken:
    """A look that is in the history: when, what it saw, and whether it told of a change."""

    ts: int
    snapshot: Snapshot
    changed: bool | None = None  # None: whoever looked did not live to tell


@dataclass(frozen=True)
class Seen:
    """What one look saw, and what its recording said."""

    snapshot: Snapshot
    kept: Remembered
    ts: int | None  # when it is recorded; None: it is not

    @property
    def taken(self) -> Taken | None:
        changes = self.kept.past.changes
        changed = changes is not None and bool(changes.events)
        return None if self.ts is None else Taken(self.ts, self.snapshot, changed)


class Player:
    """One history, from the first minute of the script to the last."""

    def __init__(self, script: Script, folder: Path, disk: Disk) -> None:
        self.script = script
        self.disk = disk
        self.path = disk.folder / "history.db"
        self.taken: list[Taken] = []
        self.became: dict[Deed, int] = dict.fromkeys(Deed, 0)
        self._stack = stack_of(script, folder)
        self._lasted = [0.05]
        self._foreseen: dict[datetime, Outlooks] = {}
        with opened(self.path):
            self._engine = FileHistory(self.path)

    def play(self) -> None:
        """Take every look there is to take. Raises UntrueError."""
        minute = 0
        while minute < self.script.minutes:
            deed = self.script.deeds.at(minute)
            with self._disk_of(deed):
                while minute < self.script.minutes and self.script.deeds.at(minute) is deed:
                    self._minute(minute, deed)
                    self.became[deed] += 1
                    minute += 1

    def _disk_of(self, deed: Deed) -> contextlib.AbstractContextManager[None]:
        if deed is Deed.FULL:
            return self.disk.full()
        return self.disk.read_only() if deed is Deed.READ_ONLY else contextlib.nullcontext()

    def _minute(self, minute: int, deed: Deed) -> None:
        if deed is Deed.NONE:
            return
        if deed is Deed.KILLED:
            self._killed(minute)
            return
        if deed is Deed.DOUBLED:
            self._doubled(minute)
            return
        if deed is Deed.REPAIRED:
            self._repair(minute)
        meanwhile = MEANWHILE.get(deed)
        with self._beside(meanwhile, minute) if meanwhile else contextlib.nullcontext():
            began = time.monotonic()
            seen = self._look(minute, wait_sec=PATIENCE_SEC)
            self._lasted = [*self._lasted[-20:], time.monotonic() - began]
        self._hold(minute, deed, seen)

    def _hold(self, minute: int, deed: Deed, seen: Seen | None) -> None:
        """What a look saw and said, held against the script."""
        if seen is None:
            raise UntrueError(f"minute {minute}, {deed}: there was no turn for it")
        wanted, trouble = is_recorded(deed), seen.kept.trouble
        if wanted is not None and seen.kept.recorded is not wanted:
            raise UntrueError(f"minute {minute}, {deed}: recorded: {not wanted}; {trouble}")
        if not seen.kept.recorded and COMPLAINTS[deed] not in (trouble or ""):
            raise UntrueError(f"minute {minute}, {deed}: it complains of {trouble}")
        if seen.taken is not None:
            self.taken.append(seen.taken)

    def _look(
        self,
        minute: int,
        trigger: Trigger = Trigger.SCHEDULE,
        wait_sec: float = 0.0,
        tell: Callable[[Snapshot], None] = lambda _: None,
    ) -> Seen | None:
        """One look, from its turn to its tidying; None: its turn did not come."""
        with ExitStack() as turn:
            try:
                if not turn.enter_context(one_look(self.path, wait_sec)):
                    return None
            except StoreError as error:
                return Seen(self._collected(minute, trigger), _untold(str(error)), None)
            snapshot = self._collected(minute, trigger)
            tell(snapshot)
            keeping = Keeping(self.path, snapshot, since=None, previous=True, record=True)
            store = ExitStack()
            store.callback(self._engine.close)
            steps = remember(store, self._engine, self._outlooks(snapshot), keeping)
            kept = next(steps)
            for _ in steps:
                pass
            return Seen(snapshot, kept, newest(self.path) if kept.recorded else None)

    def _outlooks(self, snapshot: Snapshot) -> Outlooks:
        """The forecasts, as of the hour: the program makes them anew for each look."""
        hour = snapshot.taken_at.replace(minute=0, second=0)
        if hour not in self._foreseen:
            self._foreseen = {hour: {}}
            with contextlib.suppress(StoreError):  # of the disk: remembering meets it too
                self._foreseen = {hour: foresee(self._engine, snapshot.taken_at)}
        return self._foreseen[hour]

    def _collected(self, minute: int, trigger: Trigger) -> Snapshot:
        """What the program sees, which must be what the script says there is to be seen."""
        now = float(self.script.clock_sec(minute))
        day = day_of(datetime.fromtimestamp(now, UTC).date(), UTC)
        asking = Asking(
            day,
            {KEY_VARIABLE: KEY},
            trigger=trigger,
            connect=played(self.script, minute),
            clock=lambda: now,
        )
        found, wanted = Look(self._stack, asking).wait(), expected(self.script, minute, trigger)
        wanted = measured(wanted, found)
        for part in PARTS:
            for seen, said in zip(
                *(getattr(one, part) for one in (bare(found), wanted)), strict=True
            ):
                if seen != said:
                    raise UntrueError(f"minute {minute}: it saw\n{seen}\nand not\n{said}")
        if bare(found) != wanted:
            raise UntrueError(f"minute {minute}: it saw\n{bare(found)}\nand not\n{wanted}")
        return found

    def _killed(self, minute: int) -> None:
        """A look in a process that is killed at any instant of it, before or after it has seen."""
        rng = self.script.rng(f"kill {minute}")
        before = newest(self.path)
        hear, say = FORKED.Pipe(duplex=False)
        process = FORKED.Process(target=self._look_and_tell, args=(minute, say))
        process.start()
        say.close()
        usual = median(self._lasted)
        if rng.random() < 2 / 3:  # amid its recording
            hear.poll(PATIENCE_SEC)
            usual /= 2
        time.sleep(rng.uniform(0, usual))
        process.kill()
        process.join()
        if check(self.path):
            raise UntrueError(f"minute {minute}: a killed look left a damaged file")
        now = newest(self.path)
        if now != before:
            self.taken.append(Taken(now or 0, hear.recv()))
        hear.close()

    def _look_and_tell(self, minute: int, say: Connection) -> None:
        self._look(minute, tell=say.send)

    def _doubled(self, minute: int) -> None:
        """The schedule and a person at once: the one skips, the other waits for its turn."""
        both = FORKED.Barrier(2)
        hear, say = zip(*(FORKED.Pipe(duplex=False) for _ in range(2)), strict=True)
        wishes = ((Trigger.SCHEDULE, 0.0), (Trigger.PERSON, PATIENCE_SEC))
        processes = [
            FORKED.Process(target=self._look_with, args=(minute, wish, both, end))
            for wish, end in zip(wishes, say, strict=True)
        ]
        for process in processes:
            process.start()
        seen = [end.recv() for end in hear]
        for process in processes:
            process.join()
        if seen[1] is None:
            raise UntrueError(f"minute {minute}: a person's turn did not come")
        taken = [one.taken for one in seen if one is not None]
        if None in taken:
            raise UntrueError(f"minute {minute}: of two looks one was not recorded")
        self.taken += sorted(taken, key=lambda one: one.ts)

    def _look_with(
        self,
        minute: int,
        wish: tuple[Trigger, float],
        both: Barrier,
        say: Connection,
    ) -> None:
        both.wait()
        say.send(self._look(minute, *wish))

    def _repair(self, minute: int) -> None:
        """A person does as the refused look said: what the wrong clock recorded is forgotten."""
        refused = datetime.fromtimestamp(self.script.clock_sec(minute - 1), UTC)
        with one_look(self.path, PATIENCE_SEC):
            drop_after(self.path, refused, self._now(minute))
        self.taken = [one for one in self.taken if one.ts <= refused.timestamp()]

    def _now(self, minute: int) -> datetime:
        return datetime.fromtimestamp(self.script.clock_sec(minute), UTC)

    @contextlib.contextmanager
    def _beside(self, work: Callable[["Player", int], None], minute: int) -> Iterator[None]:
        """Something that a person does with the history meanwhile."""
        process = FORKED.Process(target=work, args=(self, minute))
        process.start()
        yield
        process.join()
        if process.exitcode:
            raise UntrueError(f"minute {minute}: {work.__name__} failed")

    def back_up(self, minute: int) -> None:
        copy = back_up(self.path, self._now(minute)).path
        with contextlib.closing(connect(copy)) as db:
            held = [ts for (ts,) in db.execute("SELECT ts FROM snapshot ORDER BY ts")]
        known = [one.ts for one in self.taken]
        if held[: len(known)] != known or len(held) > len(known) + 1:
            raise UntrueError("the backup holds other looks than were taken")

    def prune(self, _minute: int) -> None:
        with one_look(self.path, PATIENCE_SEC):
            prune(self.path)

    def export(self, _minute: int) -> None:
        for content in Content:
            for _ in extract(self.path, Wanted(content)).rows:
                pass


MEANWHILE: Mapping[Deed, Callable[[Player, int], None]] = {
    Deed.BACKED_UP: Player.back_up,
    Deed.PRUNED: Player.prune,
    Deed.EXPORTED: Player.export,
}
PARTS = ("hosts", "services", "mounts", "volumes", "imports")


def _untold(trouble: str) -> Remembered:
    return Remembered(EMPTY, trouble=trouble)


EMPTY = Snapshot(datetime.fromtimestamp(0, UTC), 0, Trigger.SCHEDULE, "")


def newest(path: Path) -> int | None:
    """When the newest look is of."""
    with contextlib.closing(connect(path)) as db:
        return db.execute("SELECT max(last_ts) FROM coverage").fetchone()[0]


def bare(snapshot: Snapshot) -> Snapshot:
    """A snapshot without what only a person at the screen is told, and how long it took."""
    hosts = [
        replace(
            host,
            hint=None,
            clock_offset_sec=None,
            engine=host.engine and replace(host.engine, detail=None, hint=None),
        )
        for host in snapshot.hosts
    ]
    return replace(snapshot, duration_ms=0, hosts=tuple(hosts))


def measured(said: Snapshot, seen: Snapshot) -> Snapshot:
    """What the script says, with what only who looks can measure: how fast endpoints answered."""
    took = {it.name: it.endpoint.latency_ms for it in seen.services if it.endpoint}
    services = [
        replace(it, endpoint=replace(it.endpoint, latency_ms=took.get(it.name)))
        if it.endpoint and it.endpoint.http_status
        else it
        for it in said.services
    ]
    return replace(said, services=tuple(services))
