"""A small history with a row in every table, and its file without a log beside it."""

import contextlib
import sqlite3
import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path

from store.stacks import NOON, container, dark, look, service

from recorder.model import Action, GateFinding, GateResult, GateState, ImportedTitle
from recorder.model.past import AppPast, Boot, Hole, HostPast, Source, Told
from recorder.store.actions import log
from recorder.store.engine import opened
from recorder.store.gates import record_gates
from recorder.store.record import record
from recorder.store.told import take_in

FINDING = GateFinding(GateState.FAIL, "vm", "radarr", "port 7878 is taken", "free it")
TITLE = ImportedTitle(NOON - timedelta(days=2), "Big Buck Bunny", 7)


@cache
def recorded() -> bytes:
    """Three looks, what a gate found, what was done, and what was told of before."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "history.db")
        with opened(path) as engine:
            record(engine, look(0, services=(service(), container())))
            record(engine, dark(1))
            record(engine, look(2, services=(service(restart_count=3), container())))
            boots = HostPast("vm", (Boot(NOON - timedelta(days=9), Source.WTMP),))
            silent = Hole("sonarr", NOON - timedelta(days=9), NOON)
            take_in(engine, Told((boots,), (AppPast("radarr", NOON, (TITLE,)),), (silent,)))
        log(path, Action("media.stack.restart", "--host vm", "me", NOON, NOON, 4, "it failed"))
        record_gates(path, NOON, [GateResult("D106", "ports", 3, "port", (FINDING,))])
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.execute("PRAGMA journal_mode = DELETE")
        return path.read_bytes()


@cache
def cells() -> tuple[tuple[str, str], ...]:
    """Every column of every table."""
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.deserialize(recorded())
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return tuple(
            (table, column[1])
            for (table,) in tables
            if not table.startswith("sqlite_")
            for column in db.execute(f"PRAGMA table_info({table})")
        )
