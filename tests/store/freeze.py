"""The schema of today with rows in every table, written to `frozen/REVISION.sql`.

    cd tests && PYTHONPATH=.. ../.venv-dev/bin/python -m store.freeze

To be run once, by whoever adds a revision. What stands there is never written anew: it is what
files of that revision look like.
"""

import contextlib
import sqlite3
import sys
import tempfile
from pathlib import Path

from recorder.model import (
    GateFinding,
    GateResult,
    GateState,
    ImportCount,
    ImportedTitle,
    ImportState,
    ServiceState,
)
from recorder.model.past import AppPast, Boot, HostPast, Source, Told
from recorder.store import migrate
from recorder.store.actions import Action, log
from recorder.store.connection import connect
from recorder.store.engine import APPLICATION_ID, opened
from recorder.store.gates import record_gates
from recorder.store.record import record
from recorder.store.retention import tidy
from recorder.store.told import take_in
from store.stacks import NOON, after, blind, dark, look, service

FROZEN = Path(__file__).with_name("frozen")
GOLDEN = Path(__file__).with_name("schema.sql")  # what head must be
DAY_MIN = 24 * 60
TITLES = (ImportedTitle(after(-30), "A film (2026)", 7), ImportedTitle(after(-10), "Another", 8))
IMPORTED = ImportCount("radarr", "movie", ImportState.OK, 2, titles=TITLES)
BOOT = Boot(after(-3 * DAY_MIN), Source.WTMP)
TOLD = Told((HostPast("vm", (BOOT,)),), (AppPast("radarr", NOON, TITLES),))
FINDING = GateFinding(GateState.FAIL, "alpha", "radarr", "does not run", "start it")
FAILING = GateResult("D109", "containers", 1, "service", (FINDING,))
NEWEST = look(DAY_MIN + 2)  # what every frozen file ends with


def schema_of(path: Path) -> str:
    with contextlib.closing(connect(path)) as connection:
        rows = connection.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"
        )
        return "".join(f"{sql};\n\n" for (sql,) in rows)


def rows_of(path: Path) -> dict[str, list[dict[str, object]]]:
    """All that stands in a file's tables, but for the mark of its schema."""
    with contextlib.closing(connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version'"
        ).fetchall()
        return {
            name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]  # noqa: S608
            for (name,) in names
        }


def thaw(dump: Path, path: Path) -> None:
    """Make the file a dump was taken from."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.executescript(dump.read_text(encoding="utf-8"))
        connection.execute("PRAGMA journal_mode = WAL")


def main() -> None:
    target = FROZEN / f"{migrate.HEAD}.sql"
    if target.exists():
        sys.exit(f"{target} is frozen: it stays as it is")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "history.db")
        with opened(path) as engine:
            record(engine, look(0, imports=(IMPORTED,)))
            record(engine, dark(1))
            record(engine, blind(2))
            record(engine, look(3, services=(service(state=ServiceState.EXITED, exit_code=0),)))
            record(engine, look(DAY_MIN + 1))
            record(engine, NEWEST)
            tidy(engine)
            take_in(engine, TOLD)
        record_gates(path, NOON, [FAILING])
        log(path, Action("media.history.prune", "--yes", "ann", NOON, after(1), 0))
        empty = [name for name, rows in rows_of(path).items() if not rows]
        if empty:
            sys.exit(f"record something into {', '.join(empty)}, above, and run this again")
        with contextlib.closing(connect(path)) as connection:
            dumped = "\n".join(connection.iterdump())
    target.write_text(f"PRAGMA application_id = {APPLICATION_ID};\n{dumped}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
