"""What can be wrong with a history's file, each made for real, with the line a person is told.

What is told of each, up to what to do, is its row of the fault matrix.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from disks import fill, over_network, read_only, small_disk
from faults.matrix import BY_KEY
from faults.row import Row

from recorder.store.connection import connect

from .test_recording import Machine

PAGE = 4096
RESTORE = "ops media.history.restore {backup}"
Heal = Callable[[], object]
WITHOUT_ROOTS_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and what is said of it."""

    name: str  # the key of its row
    make: Callable[[Machine, contextlib.ExitStack], Heal | None]
    then: str  # what to do, behind what the row says
    typed: str  # the part of that to be typed, or given

    @property
    def row(self) -> Row:
        return BY_KEY[self.name]

    def line(self, machine: Machine, backup: str) -> str:
        path = machine.history
        says = self.row.says.replace("history.db", str(path), 1)
        return says + self.then.format(folder=path.parent, backup=backup)


def by_key(*faults: Fault) -> dict[str, Fault]:
    return {fault.name: fault for fault in faults}


def damaged(name: str, make: Callable[[Machine, contextlib.ExitStack], None]) -> Fault:
    return Fault(
        name,
        make,
        f"; last verified backup: {{backup}}, `{RESTORE}`; to save what can be read: "
        "`ops media.history.repair --salvage`",
        RESTORE,
    )


def of_header(machine: Machine, _end: contextlib.ExitStack) -> None:
    with machine.history.open("r+b") as file:
        file.write(b"garbage" * 10)


def of_page(machine: Machine, _end: contextlib.ExitStack) -> None:
    with contextlib.closing(connect(machine.history)) as connection:
        query = "SELECT rootpage FROM sqlite_schema WHERE name = 'service_span'"
        page = connection.execute(query).fetchone()[0]
    with machine.history.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\xff" * PAGE)


def truncated(machine: Machine, _end: contextlib.ExitStack) -> None:
    os.truncate(machine.history, machine.history.stat().st_size // 2 // PAGE * PAGE)


def emptied(machine: Machine, _end: contextlib.ExitStack) -> None:
    os.truncate(machine.history, 0)


def without_its_file(machine: Machine, _end: contextlib.ExitStack) -> None:
    """As a file deleted after a crash, but not its log."""
    log = machine.history.with_name("history.db-wal")
    with contextlib.closing(connect(machine.history)) as connection:
        connection.execute("INSERT INTO meta VALUES ('some', 'write')")
        shutil.copy(log, machine.folder / "log")
    machine.history.unlink()
    shutil.copy(machine.folder / "log", log)


def another(machine: Machine, _end: contextlib.ExitStack) -> Heal:
    aside = machine.history.rename(machine.folder / "aside.db")
    with contextlib.closing(sqlite3.connect(machine.history)) as other:
        other.execute("CREATE TABLE songs (title)")
    return lambda: aside.replace(machine.history)


def newer(machine: Machine, _end: contextlib.ExitStack) -> Heal:
    def mark(revision: str, version: str) -> str:
        with contextlib.closing(connect(machine.history)) as file:
            (was,) = file.execute("SELECT version_num FROM alembic_version").fetchone()
            file.execute("UPDATE alembic_version SET version_num = ?", (revision,))
            file.execute("UPDATE meta SET value = ? WHERE key = 'schema_made_by'", (version,))
        return str(was)

    with contextlib.closing(connect(machine.history)) as file:
        query = "SELECT value FROM meta WHERE key = 'schema_made_by'"
        (by,) = file.execute(query).fetchone()
    revision = mark("9999", "7.1.0")
    return lambda: mark(revision, by)


def a_folder(machine: Machine, _end: contextlib.ExitStack) -> Heal:
    aside = machine.history.rename(machine.folder / "aside.db")
    machine.history.mkdir()

    def heal() -> None:
        machine.history.rmdir()
        aside.replace(machine.history)

    return heal


def forbidden(machine: Machine, what: Path, mode: int) -> Heal:
    """Take away the right to write; root's right to write all the same too."""
    was = what.stat().st_mode
    what.chmod(mode)
    machine.by = WITHOUT_ROOTS_RIGHTS if os.geteuid() == 0 else ()
    return lambda: what.chmod(was)


def file_forbidden(machine: Machine, _end: contextlib.ExitStack) -> Heal:
    return forbidden(machine, machine.history, 0o400)


def folder_forbidden(machine: Machine, _end: contextlib.ExitStack) -> Heal:
    machine.history.with_name("history.db.lock").unlink()
    return forbidden(machine, machine.history.parent, 0o500)


def disk_read_only(machine: Machine, end: contextlib.ExitStack) -> Heal:
    mounted = end.enter_context(contextlib.ExitStack())
    mounted.enter_context(read_only(machine.history.parent))
    return mounted.close


def disk_full(machine: Machine, end: contextlib.ExitStack) -> Heal:
    disk = end.enter_context(small_disk(machine.folder))
    shutil.copytree(machine.history.parent, disk, dirs_exist_ok=True)
    machine.history = disk / "history.db"
    return fill(disk).unlink


def on_network(machine: Machine, end: contextlib.ExitStack) -> Heal:
    local = machine.history
    machine.history = end.enter_context(over_network(local.parent)) / "history.db"

    def heal() -> None:
        machine.history = local

    return heal


MAY_NOT = ("; see `ls -la {folder}`", "ls -la {folder}")
FAULTS = by_key(
    damaged("its header is damaged", of_header),
    damaged("a page of it is damaged", of_page),
    damaged("its end is cut off", truncated),
    damaged("it is empty", emptied),
    damaged("only its log is left", without_its_file),
    Fault("it is another application's", another, "; give another path with --db", "--db"),
    Fault(
        "a newer program made it",
        newer,
        "; install version 7.1.0 or newer: `git pull`, or `pip install --upgrade media-recorder`",
        "git pull",
    ),
    Fault(
        "a folder has its name",
        a_folder,
        "; give the path of a file with --db or $MEDIA_RECORDER_DB",
        "--db",
    ),
    Fault("the file may not be written", file_forbidden, *MAY_NOT),
    Fault("the folder may not be written", folder_forbidden, *MAY_NOT),
)
FAULTS_OF_DISKS = by_key(
    Fault("the disk is read-only", disk_read_only, *MAY_NOT),
    Fault(
        "the disk is full",
        disk_full,
        "; what was recorded before is whole. Make room: `df -h {folder}`",
        "df -h {folder}",
    ),
    Fault(
        "it lies on a network mount",
        on_network,
        ", where SQLite can't keep a history whole; "
        "give a path on a local disk with --db or $MEDIA_RECORDER_DB",
        "--db",
    ),
)
