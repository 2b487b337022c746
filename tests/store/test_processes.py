"""Real processes on a real history: killed at any instant, two at once, copied while they write."""

import contextlib
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from recorder.store import looks, retention
from recorder.store.backup import back_up, check
from recorder.store.connection import History
from recorder.store.engine import opened, stands
from recorder.store.examination import faults_of_history
from recorder.store.lock import one_look
from recorder.store.postgresql import copying
from recorder.store.pruning import prune
from recorder.store.record import record
from recorder.store.retention import tidy
from recorder.store.site import Location, Site
from store.freeze import rows_of
from store.recording_processes import (
    FORKED,
    PATIENCE_SEC,
    Step,
    Watched,
    column_of,
    looks_of,
    nth,
    ready,
    unconnected,
)
from store.servers import typed
from store.stacks import NOON, after, look

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import sys, time
from recorder.store.location import history_place
from recorder.store.lock import one_look
with one_look(history_place(sys.argv[1], {}, str)) as held:
    print(held, flush=True)
    time.sleep(60)
"""
KILLS = int(os.environ.get("MEDIA_RECORDER_TEST_KILLS", "1000"))
WHILE_MADE = 30  # one kill in so many is met while the history is made
LANES = 2
ON_A_SERVER = 15  # one in so many of what a file is tried with
WARM = 6  # looks recorded beforehand
# When each part of a look was last written: a part of one that is no look would be newer.
OF_NEWEST = " UNION ALL ".join(
    f"SELECT coalesce(max({column}), 0) AS ts FROM {table}"  # noqa: S608 - our own
    for table, column in (
        ("sample", "ts"),
        ("snapshot", "ts"),
        ("host_span", "first_ts"),
        ("service_span", "first_ts"),
        ("mount_span", "first_ts"),
    )
)
ALWAYS = True
RUNS = int(os.environ.get("MEDIA_RECORDER_TEST_RUNS", "1000"))
SEED = int(os.environ.get("MEDIA_RECORDER_TEST_SEED", str(random.SystemRandom().getrandbits(32))))


@pytest.fixture
def chance() -> random.Random:
    """Moments to kill at; the seed is told where a test fails."""
    sys.stdout.write(f"MEDIA_RECORDER_TEST_SEED={SEED} repeats it\n")
    return random.Random(SEED)  # noqa: S311 - moments


def by_pairs(number: int) -> datetime:
    """Two looks a minute apart, every six hours: days pass quickly, and numbers get old."""
    return NOON + number // 2 * timedelta(hours=6) + number % 2 * timedelta(minutes=1)


def by_seconds(number: int) -> datetime:
    return NOON + number * timedelta(seconds=1)


def times(count: int) -> list[int]:
    return [int(by_pairs(number).timestamp()) for number in range(count)]


@pytest.fixture
def soon_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is past its time goes after a few looks, not after a day of them."""
    monkeypatch.setattr(retention, "LOOKS_TO_BE_SURE", 10)


@pytest.fixture
def fewer(place: Location) -> int:
    """By what the number of kills and of looks is divided."""
    return ON_A_SERVER if isinstance(place, Site) else 1


@pytest.mark.usefixtures("soon_old")
def test_killed_at_any_instant_it_loses_at_most_the_look_in_progress(
    beside: Callable[[str], Location], fewer: int
) -> None:
    """After SIGKILL the history is whole, and every look said to be recorded is there.

    In the end it is row for row what it had been had nobody been killed. Two histories at once:
    one processor would wait for the other.
    """
    sys.stdout.write(f"MEDIA_RECORDER_TEST_SEED={SEED} repeats it\n")
    places = [[beside(f"{name}-{lane}") for lane in range(LANES)] for name in ("killed", "calm")]
    kills = [KILLS // LANES // fewer] * LANES
    with ProcessPoolExecutor(LANES, FORKED) as lanes:
        killed = sum(lanes.map(killed_again_and_again, *places, kills), Counter())
    assert set(killed) == set(Step)
    assert killed.total() == sum(kills)


def killed_again_and_again(place: Location, calm: Location, kills: int) -> Counter[Step]:
    """So many kills, each at an instant of chance; amid which step they met it."""
    chance = random.Random(f"{SEED} {place}")  # noqa: S311 - moments
    killed: Counter[Step] = Counter()
    lasted = dict.fromkeys(Step, 0.0)
    recorded = WARM
    engine = ready(place, recorded, by_pairs)
    for number in range(kills):
        process = Watched(engine, recorded, by_pairs)
        process.wait_for(chance.choice((0, 1)))
        step = Step(number % len(Step))
        process.wait_for_step(step)
        lasted |= process.lasted
        pause_until(process.entered.at_sec + chance.uniform(0, lasted[step]))
        process.kill()
        killed[process.entered.step] += 1
        said = process.said()
        left = left_behind(place)
        assert faults_of(left) == ()
        found = looks_of(left)
        assert found == times(len(found))
        assert said == found[recorded:][: len(said)]
        assert len(found) - recorded - len(said) in (0, 1)
        assert {*column_of(left, OF_NEWEST)} <= {0, *found}
        assert max(column_of(left, "SELECT max(ts) FROM snapshot")) == found[-1]
        recorded = len(found)
    ready(calm, recorded, by_pairs)
    assert rows_after_one_more(place, recorded) == rows_after_one_more(calm, recorded)
    assert faults_of(place) == ()
    return killed


def left_behind(place: Location) -> Location:
    """What a killed process left: of a file a copy, for whoever records next must mend that itself.

    On a server it is there once the server has ended what was under way.
    """
    if isinstance(place, Path):
        return copied(place)
    with contextlib.closing(unconnected(place)) as history, history.transaction():
        return place


def faults_of(place: Location) -> tuple[str, ...]:
    """Of a file what SQLite finds: after each of a thousand kills."""
    return check(place) if isinstance(place, Path) else faults_of_history(place)


def pause_until(end_sec: float) -> None:
    """Wait for a time of time.monotonic(), more exactly than a sleep does."""
    while time.monotonic() < end_sec:
        pass


def copied(path: Path) -> Path:
    """The file and its log as they lie there."""
    copy = path.parent.with_name(f"{path.parent.name}-copy") / path.name
    shutil.rmtree(copy.parent, ignore_errors=True)
    copy.parent.mkdir()
    for suffix in ("", "-wal"):
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(f"{path}{suffix}", f"{copy}{suffix}")
    return copy


def rows_after_one_more(place: Location, count: int) -> dict[str, list[dict[str, object]]]:
    """All rows after the first look of another day, which makes up for a missed tidying."""
    with opened(place) as engine:
        record(engine, replace(look(), taken_at=by_pairs(count) + timedelta(days=2)))
        tidy(engine)
    rows = all_rows(place)
    for kept in ("sample", "snapshot", "rollup_hour", "rollup_day"):
        assert rows[kept]
    return rows


def all_rows(place: Location) -> dict[str, list[dict[str, object]]]:
    if isinstance(place, Path):
        return rows_of(place)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "history.db")
        copying.copy_verified(place, copy)
        return rows_of(copy)


def test_killed_while_it_is_made_there_is_a_whole_one_or_none(
    beside: Callable[[str], Location], fewer: int, chance: random.Random
) -> None:
    """Whoever comes next makes it, and finds nothing in the way."""
    began = time.monotonic()
    with opened(beside("first")):
        made_in = time.monotonic() - began
    for number in range(KILLS // WHILE_MADE // fewer):
        place = beside(f"made-{number}")
        process = Watched(unconnected(place), 0, by_pairs)
        pause_until(process.entered.at_sec + chance.uniform(0, made_in))
        process.kill()
        if isinstance(place, Site):
            left_behind(place)
        recorded = 0
        if stands(place):
            assert faults_of(place) == ()
            recorded = len(looks_of(place))
        with opened(place) as engine:
            record(engine, nth(recorded, by_pairs))
        assert looks_of(place) == times(recorded + 1)


def record_many(engine: History, say: Connection, both: object, runs: int, *, turns: bool) -> None:
    """Record so many looks, each by its turn or whenever; say when they are recorded."""
    said = []
    both.wait()  # type: ignore[attr-defined] - a barrier
    for number in range(WARM, WARM + runs):
        turn = one_look(engine.place, PATIENCE_SEC) if turns else contextlib.nullcontext(ALWAYS)
        with turn as mine:
            assert mine
            done = record(engine, nth(number, by_seconds))
            tidy(engine)
            engine.close()
        said.append(int(done.at.timestamp()))
    say.send(said)


@pytest.mark.parametrize(
    ("runs", "turns"),
    [pytest.param(RUNS // 4, True, id="by turns"), pytest.param(RUNS, False, id="without turns")],
)
def test_two_recorders_at_once_lose_nothing(
    place: Location, monkeypatch: pytest.MonkeyPatch, runs: int, fewer: int, *, turns: bool
) -> None:
    """Neither ever sees a lock, and every look of both is stored.

    Without turns, as no program of ours does, all that orders the two is the transaction.
    """
    runs //= fewer
    monkeypatch.setattr(looks, "GREATEST_STEP_SEC", 2 * runs)  # two clocks, each of its own
    engine = ready(place, WARM, by_seconds)
    hear, say = zip(*(FORKED.Pipe(duplex=False) for _ in range(2)), strict=True)
    both = FORKED.Barrier(2)
    processes = [
        FORKED.Process(target=record_many, args=(engine, end, both, runs), kwargs={"turns": turns})
        for end in say
    ]
    for process in processes:
        process.start()
    for end in say:
        end.close()
    told: list[list[int]] = [end.recv() for end in hear]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    stored = column_of(place, "SELECT ts FROM snapshot ORDER BY ts")
    assert sorted(itertools.chain(*told)) == stored[WARM:]
    assert len(set(stored)) == WARM + 2 * runs
    at_once = max(one[0] for one in told) < min(one[-1] for one in told)
    assert at_once or turns  # whoever waits for its turn may wait for all of the other's
    assert faults_of(place) == ()


@pytest.mark.usefixtures("state")
def test_a_copy_made_while_others_record_is_a_whole_one(place: Location, share: float) -> None:
    """It holds every look recorded before it was begun, and no look by half."""
    process = Watched(ready(place, WARM, by_pairs), WARM, by_pairs)
    process.wait_for(1)
    for number in range(int(10 * share)):
        process.wait_for(len(process.said()) + 3)
        before = len(process.said())
        copy = back_up(place, after(number)).path
        found = looks_of(copy)
        assert found == times(len(found))
        assert len(found) >= WARM + before
        assert check(copy) == ()
    process.kill()
    left = left_behind(place)
    assert faults_of(left) == ()
    assert looks_of(left)[WARM:][: len(process.said())] == process.said()


def test_what_is_old_is_deleted_while_others_record(
    place: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pruning and recording wait for one another, and nothing recorded is lost by it."""
    old = 4 * 60  # 30 days
    engine = ready(place, old, by_pairs)
    begin = by_pairs(old)
    process = Watched(engine, 1, lambda number: begin + number * timedelta(minutes=1))
    process.wait_for(5)
    monkeypatch.setattr(retention, "LOOKS_TO_BE_SURE", 4)
    gone = [prune(place).rows for _ in range(10)]
    process.wait_for(len(process.said()) + 5)
    process.kill()
    assert sum(dict(rows)["sample"] for rows in gone) > 0  # or by the other, in between
    left = left_behind(place)
    (looked,) = column_of(left, "SELECT sum(snapshots) FROM coverage")
    (newest,) = column_of(left, "SELECT max(last_ts) FROM coverage")
    assert looked - old - len(process.said()) in (0, 1)
    assert newest >= process.said()[-1]
    assert faults_of(left) == ()


def test_a_look_is_not_begun_while_another_is_under_way(place: Location) -> None:
    """A schedule skips; whoever waits gets its turn, or is told that it did not."""
    with one_look(place) as mine:
        assert mine
        with one_look(place) as other:
            assert not other
        began = time.monotonic()
        with one_look(place, wait_sec=0.2) as patient:
            assert not patient
        assert time.monotonic() - began >= 0.2
    with one_look(place) as now_free:
        assert now_free


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_whoever_dies_gives_the_look_back(place: Location, how: signal.Signals) -> None:
    """The lock is the process's own; nothing stale keeps anyone out."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, typed(place)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    with one_look(place) as mine:
        assert not mine
    holder.send_signal(how)
    holder.communicate()
    with one_look(place, wait_sec=5) as mine:
        assert mine
