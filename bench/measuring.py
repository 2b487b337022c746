"""What a history file takes: its tables' bytes, each question's time, what recording writes."""

# ruff: noqa: S608 - the names are of tables and columns, and ours

import contextlib
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from counting import statements

from recorder.errors import NoHistoryError
from recorder.model import Kind, Snapshot
from recorder.store import ask as asking
from recorder.store.as_of import as_of, latest
from recorder.store.changes import past_spans, transitions
from recorder.store.connection import FileHistory, History, connect
from recorder.store.engine import opened
from recorder.store.read import spaces
from recorder.store.record import record
from recorder.store.retention import tidy
from recorder.store.values import Step

DAY = timedelta(days=1)
ROOT = Path(__file__).resolve().parents[1]
ONE_LOOK = """
import sys
sys.path[:0] = [{root!r}, {bench!r}]
from pathlib import Path
from measuring import record_one
record_one(Path({path!r}))
"""


def tables(path: Path) -> Iterator[tuple[str, int, int]]:
    """Bytes and rows of each table with its indices, the greatest first; bytes need dbstat."""
    with contextlib.closing(connect(path)) as db:
        try:
            found = db.execute(
                "SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_schema USING (name) "
                "GROUP BY tbl_name ORDER BY 2 DESC LIMIT 8"
            ).fetchall()
        except sqlite3.OperationalError:
            return
        for table, size in found:
            yield table, size, db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


Ask = Callable[[History], object]


def asked(end: datetime) -> dict[str, tuple[int | None, Ask]]:
    rng = random.Random(1)  # noqa: S311 - repeatable, that is its use

    def ago(least: int, most: int) -> datetime:
        return end - timedelta(seconds=rng.randrange(least * 86400, most * 86400))

    return {
        "current": (5, latest),
        "as of a time of the last 30 days": (5, lambda e: as_of(e, ago(0, 29))),
        "as of a time of the last 2 years": (5, lambda e: as_of(e, ago(40, 700))),
        "as of a time before that": (5, lambda e: as_of(e, ago(750, 3000))),
        "changes of the last day": (5, lambda e: transitions(e, end - DAY)),
        "changes of a day years ago": (
            5,
            lambda e: transitions(e, end - 900 * DAY, end - 899 * DAY),
        ),
        "changes of a year": (None, lambda e: transitions(e, end - 365 * DAY)),
        "7-day history of everything": (50, lambda e: past_spans(e, end - 7 * DAY)),
        "1-year daily trend": (5, lambda e: spaces(e, end - 365 * DAY, step=Step.DAY)),
        "10-year daily trend": (None, lambda e: spaces(e, end - 3650 * DAY, step=Step.DAY)),
    }


def questions(path: Path, rounds: int) -> Iterator[tuple[str, int | None, float, float, int]]:
    """Name, limit, median milliseconds in SQLite and of the whole call, number of statements."""
    with opened(path) as engine:
        snapshot = latest(engine).snapshot
    for name, (limit_ms, ask) in asked(snapshot.taken_at).items():
        calls, sqls, made = [], [], []
        with contextlib.suppress(NoHistoryError):  # a shorter history has no such time
            for _ in range(rounds + 1):
                took, made = _called(path, ask)
                calls.append(took)
                sqls.append(_replayed(path, made))
        if not calls:
            continue
        yield (
            name,
            limit_ms,
            1000 * statistics.median(sqls[1:]),
            1000 * statistics.median(calls[1:]),
            len(made),
        )


def _called(path: Path, ask: Ask) -> tuple[float, list[tuple[str, Mapping]]]:
    history = FileHistory(path)
    with contextlib.closing(history), statements() as made:
        began = time.perf_counter()
        ask(history)
        took = time.perf_counter() - began
    return took, made


def _replayed(path: Path, made: list[tuple[str, Mapping]]) -> float:
    began = time.perf_counter()
    with contextlib.closing(connect(path)) as db:
        db.execute("BEGIN")
        for sql, values in made:
            db.execute(sql, values).fetchall()
    return time.perf_counter() - began


def day_in_sql(path: Path, rounds: int) -> Iterator[tuple[str, float, int]]:
    """media.sql over the view of events, a day of them: how the day is chosen, ms, rows."""
    with contextlib.closing(connect(path)) as db:
        ((newest,),) = db.execute("SELECT max(last_ts) FROM coverage")
    begin = f"'{datetime.fromtimestamp(newest - 86400, UTC):%Y-%m-%dT%H:%M:%SZ}'"
    for column, since in (("at_ts", f"strftime('%s', {begin})"), ("at", begin)):
        took, rows = [], 0
        for _ in range(rounds + 1):
            with asking.ask(
                path, asking.Question(f"SELECT * FROM event WHERE {column} >= {since}")
            ) as answer:
                rows = len(list(answer.rows))
                took.append(1000 * answer.spent_sec())
        yield column, statistics.median(took[1:]), rows


@dataclass(frozen=True)
class Written:
    """What recording an unchanged look takes; medians."""

    new_ms: float
    again_ms: float
    tidy_ms: float
    log_bytes: int
    spans_begun: int


def unchanged(engine: History) -> Snapshot:
    """The newest look, a minute later."""
    newest = latest(engine).snapshot
    return replace(newest, taken_at=newest.taken_at + timedelta(minutes=1))


def record_one(path: Path) -> None:
    """Record a look at which nothing had changed."""
    with opened(path) as engine:
        snapshot = unchanged(engine)
        record(engine, snapshot)
        tidy(engine)


def recording(path: Path, copy: Path, rounds: int) -> Written:
    """Record unchanged looks on a copy of a file."""
    shutil.copy(path, copy)
    log = copy.with_name(f"{copy.name}-wal")
    new, again, tidied, logged = [], [], [], []
    with contextlib.closing(connect(copy)) as held:
        before = _spans(held)
        with opened(copy) as warm:
            for _ in range(rounds + 1):
                snapshot = unchanged(warm)
                held.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                engine = FileHistory(copy)
                new.append(_took(lambda e=engine, s=snapshot: record(e, s)))
                logged.append(log.stat().st_size)
                engine.close()
                tidied.append(_took(lambda: tidy(warm)))
                snapshot = unchanged(warm)
                again.append(_took(lambda s=snapshot: record(warm, s)))
        begun = _spans(held) - before
    middle = statistics.median
    return Written(
        middle(new[1:]), middle(again[1:]), middle(tidied[1:]), int(middle(logged[1:])), begun
    )


def _took(task: Callable[[], object]) -> float:
    began = time.perf_counter()
    task()
    return 1000 * (time.perf_counter() - began)


def _spans(db: sqlite3.Connection) -> int:
    counts = (db.execute(f"SELECT count(*) FROM {kind}_span") for kind in Kind)
    return sum(count.fetchone()[0] for count in counts)


def synced(path: Path, copy: Path) -> str | None:
    """What a process that records one unchanged look asks of the disk; None without strace."""
    if shutil.which("strace") is None:
        return None
    shutil.copy(path, copy)
    program = ONE_LOOK.format(root=str(ROOT), bench=str(ROOT / "bench"), path=str(copy))
    trace = copy.with_suffix(".trace")
    calls = "trace=fsync,fdatasync,pwrite64"
    command = ["strace", "-f", "-y", "-e", calls, "-o", trace, sys.executable, "-c", program]
    subprocess.run(command, check=True, capture_output=True)
    lines = [line for line in trace.read_text().splitlines() if copy.name in line]
    syncs = sum("sync(" in line for line in lines)
    written = sum(int(line.rpartition("= ")[2]) for line in lines if "pwrite64(" in line)
    return f"{syncs} fsyncs, {written:,} bytes written to the log and the file"
