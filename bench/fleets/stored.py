"""What the store makes of looks at a fleet: processor time, bytes, statements, questions."""

import contextlib
import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from counting import statements
from fleets.snapshots import BEGIN, SERVICES, look_at_fleet

from recorder.store.as_of import as_of, latest
from recorder.store.changes import past_spans, transitions
from recorder.store.connection import History, connect
from recorder.store.engine import opened
from recorder.store.record import record
from recorder.store.retention import tidy

DEAD_SHARE = 20  # one host in so many vanishes, for one look


def tell(hosts: int, rounds: int) -> None:
    """Record looks at so many hosts, ask about them, and print what that takes.

    Garbage is not looked for, as in the process that records: of 30,000 services that alone would
    take as long again.
    """
    gc.disable()
    print(f"\n{hosts} hosts, {hosts * SERVICES} services")
    with tempfile.TemporaryDirectory(prefix="bench-fleet-") as made:
        path = Path(made) / "history.db"
        with opened(path) as engine:
            first = _took(lambda: record(engine, look_at_fleet(hosts)))
            print(f"  first look      {first:8.0f} ms  {sizes(path)}")
            again, writes, grown = _unchanged(engine, path, hosts, rounds)
            print(f"  unchanged look  {again:8.0f} ms  {grown:,.0f} bytes, {writes} statements")
            down = frozenset(range(0, hosts, DEAD_SHARE))
            gone = look_at_fleet(hosts, rounds + 2, down)
            took = _took(lambda: record(engine, gone))
            print(f"  {len(down):4} vanish     {took:8.0f} ms")
            took = _took(lambda: record(engine, look_at_fleet(hosts, rounds + 3)))
            print(f"  and come back   {took:8.0f} ms")
            print(f"  tidy()          {_took(lambda: tidy(engine)):8.0f} ms")
        for name, ask in _questions().items():
            print(f"  {name:15} {_asked(path, ask, rounds):8.0f} ms")


def sizes(path: Path) -> str:
    """How large a history is."""
    if not path.exists():
        return "nothing recorded"
    with contextlib.closing(connect(path)) as db:
        looks = db.execute("SELECT count(*) FROM snapshot").fetchone()[0]
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = db.execute("PRAGMA page_count").fetchone()[0]
    return f"history of {looks} looks: {4096 * pages:,} bytes"


def _unchanged(engine: History, path: Path, hosts: int, rounds: int) -> tuple[float, int, float]:
    """Milliseconds, statements that write and bytes of a look at which nothing had changed."""
    times, before = [], _bytes(path)
    with statements() as made:
        for minute in range(1, rounds + 1):
            look = look_at_fleet(hosts, minute)
            times.append(_took(lambda look=look: record(engine, look)))
    writes = sum(sql.startswith(("INSERT", "UPDATE", "DELETE")) for sql, _ in made)
    return statistics.median(times), writes // rounds, (_bytes(path) - before) / rounds


def _bytes(path: Path) -> int:
    with contextlib.closing(connect(path)) as db:
        return 4096 * int(db.execute("PRAGMA page_count").fetchone()[0])


def _questions() -> dict[str, Callable[[History], object]]:
    return {
        "how it stands": latest,
        "as of a minute": lambda engine: as_of(engine, BEGIN + timedelta(minutes=1)),
        "changes": lambda engine: transitions(engine, BEGIN),
        "a day's spans": lambda engine: past_spans(engine, BEGIN - timedelta(days=1)),
    }


def _asked(path: Path, ask: Callable[[History], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        with opened(path, writing=False) as engine:
            times.append(_took(lambda engine=engine: ask(engine)))
    return statistics.median(times)


def _took(task: Callable[[], object]) -> float:
    """Milliseconds of processor time, which others that keep the machine busy do not add to."""
    began = time.process_time()
    task()
    return 1000 * (time.process_time() - began)
