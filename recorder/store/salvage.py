"""Saving what can be read of a damaged history.

The damaged file is only read, and from a copy. Each table is read from its beginning up to the
damage, then from its end back to it; what was read makes a new file beside the old one.
"""

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from recorder.store.connection import connect
from recorder.store.copying import faults_of
from recorder.store.header import MAGIC
from recorder.store.library import sa
from recorder.store.migrate import create
from recorder.store.tables import metadata, spans
from recorder.store.trouble import damaged, explained
from recorder.store.values import Salvaged

PAGE_BYTES = 4096
NAMED = ("meta", "site", "entity", "image", "definition", "snapshot", "coverage")
NUMBERS = ("series", "sample", "rollup_hour", "rollup_day")
OTHERS = (*NUMBERS, "import_event", "told_until", "prior_boot", "action")
OF_GATES = ("gate_span", "gate_finding")
# How SQLite begins a file (https://www.sqlite.org/fileformat2.html, section 1.3).
PAGE_COUNT_AT, FREE_PAGES_AT, CHANGES_AT, VALID_FOR_AT = 28, 32, 24, 92


def salvage(path: Path, now: datetime) -> Salvaged:
    """Write what can be read of a history into a new file, whole in itself.

    Raises DamagedError where nothing can. `restore` puts the new file in the old one's place.
    """
    target = path.with_name(f"{path.name}.salvaged-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    create(target)
    copy = path.with_name(f".{path.name}.salvaging")
    try:
        with explained(path):
            _copy(path, copy, target)
            rows, lost = _read_into(target, copy)
        _accept(path, target, rows)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    finally:
        for suffix in ("", "-wal", "-shm"):
            copy.with_name(copy.name + suffix).unlink(missing_ok=True)
    return Salvaged(target, rows, lost)


def _accept(path: Path, target: Path, rows: int) -> None:
    faults = faults_of(target)
    if faults or not rows:
        raise damaged(path, faults[0] if faults else "nothing in it can be read")


def _copy(path: Path, copy: Path, sound: Path) -> None:
    """Copy the file with its log; in place of a first page that is none it gets a new file's."""
    for suffix in ("", "-wal"):
        source = path.with_name(path.name + suffix)
        if source.exists():
            shutil.copyfile(source, copy.with_name(copy.name + suffix))
    copy.chmod(0o600)
    with copy.open("r+b") as file:
        if file.read(len(MAGIC)) == MAGIC:
            return
        size = file.seek(0, 2)
        file.seek(0)
        file.write(_first_page(sound, size // PAGE_BYTES))


def _first_page(sound: Path, pages: int) -> bytes:
    """The first page of a new file, as that of one of so many pages.

    Every file's tables begin where a new one's do: all are made by the same migrations.
    """
    page = bytearray(sound.read_bytes()[:PAGE_BYTES])
    page[PAGE_COUNT_AT : PAGE_COUNT_AT + 4] = pages.to_bytes(4, "big")
    page[FREE_PAGES_AT : FREE_PAGES_AT + 8] = bytes(8)
    page[VALID_FOR_AT : VALID_FOR_AT + 4] = page[CHANGES_AT : CHANGES_AT + 4]
    return bytes(page)


def _read_into(target: Path, copy: Path) -> tuple[int, tuple[str, ...]]:
    lost, rows = [], 0
    names = (*NAMED, *(span.name for span in spans.values()), *OTHERS, *OF_GATES)
    with (
        contextlib.closing(connect(copy)) as old,
        contextlib.closing(connect(target)) as new,
    ):
        new.execute("PRAGMA foreign_keys = OFF")
        new.execute("BEGIN IMMEDIATE")
        for name in names:
            found, whole = _save(old, new, metadata.tables[name])
            rows += found
            if not whole:
                lost.append(name)
        _drop_strays(new)
        new.execute("COMMIT")
    return rows, tuple(lost)


def _save(old: sqlite3.Connection, new: sqlite3.Connection, table: sa.Table) -> tuple[int, bool]:
    """Save one table's rows: how many, and whether that was all."""
    marks = ", ".join("?" * len(table.columns))
    insert = f"INSERT OR IGNORE INTO {table.name} VALUES ({marks})"  # noqa: S608 - our own names
    rows, whole = 0, False
    for direction in ("ASC", "DESC"):
        try:
            for row in _rows(old, table, direction):
                rows += _insert(new, insert, row)
            whole = whole or direction == "ASC"
        except sqlite3.DatabaseError:
            continue
        if whole:
            break
    return rows, whole


def _rows(old: sqlite3.Connection, table: sa.Table, direction: str) -> Iterator[tuple[object, ...]]:
    columns = ", ".join(column.name for column in table.columns)
    order = ", ".join(f"{column.name} {direction}" for column in table.primary_key)
    yield from old.execute(f"SELECT {columns} FROM {table.name} ORDER BY {order}")  # noqa: S608


def _insert(new: sqlite3.Connection, insert: str, row: tuple[object, ...]) -> int:
    try:
        return new.execute(insert, row).rowcount
    except sqlite3.IntegrityError:  # a damaged value
        return 0


def _drop_strays(new: sqlite3.Connection) -> None:
    """Drop the rows whose parents could not be read, and theirs."""
    for name in metadata.tables:
        for stray in new.execute(f"PRAGMA foreign_key_list({name})").fetchall():
            parent, column = stray[2], stray[3]
            while new.execute(
                f"DELETE FROM {name} WHERE {column} IS NOT NULL "  # noqa: S608
                f"AND {column} NOT IN (SELECT id FROM {parent})"
            ).rowcount:
                pass
