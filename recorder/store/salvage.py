"""Saving what can be read of a damaged history.

The damaged file is only read, and SQLite never opens it. Its pages are read one by one, each told
by the file to be of this table or that, so that a page lost costs its own rows and no others. What
was read makes a new file beside the old one.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from recorder.errors import PlaceError
from recorder.store.connection import connect
from recorder.store.copying import faults_of
from recorder.store.doubt import conditions
from recorder.store.logged import with_log
from recorder.store.migrate import create
from recorder.store.pages import PAGE_BYTES, Pages, Row, Tree
from recorder.store.replacing import FROM_INDEXES, replace_lost
from recorder.store.site import Location, Site
from recorder.store.tables import TABLES, Table
from recorder.store.trouble import damaged, explained
from recorder.store.values import Salvaged

WANTED = (*TABLES, *FROM_INDEXES)
SCHEMA_ROOT, SCHEMA_COLUMNS = 1, 5


def salvage(place: Location, now: datetime) -> Salvaged:
    """Write what can be read of a history into a new file, whole in itself.

    Raises DamagedError where nothing can. `restore` puts the new file in the old one's place.
    """
    if isinstance(place, Site):
        raise PlaceError(
            f"--salvage reads a damaged file, and {place} is on a server: put a copy of it back, "
            "`ops media.history.restore`"
        )
    path = place
    target = path.with_name(f"{path.name}.salvaged-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    create(target)
    try:
        with explained(path):
            rows, lost = _read_into(target, Pages(_content(path)))
        _accept(path, target, rows)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Salvaged(target, rows, lost)


def _accept(path: Path, target: Path, rows: int) -> None:
    faults = faults_of(target)
    if faults or not rows:
        raise damaged(path, faults[0] if faults else "nothing in it can be read")


def _content(path: Path) -> bytes:
    """The file, with what its log adds."""
    log = path.with_name(f"{path.name}-wal")
    held = log.read_bytes() if log.exists() else b""
    return with_log(path.read_bytes(), held, PAGE_BYTES)


def _read_into(target: Path, pages: Pages) -> tuple[int, tuple[str, ...]]:
    lost, rows = set(), 0
    with contextlib.closing(connect(target)) as new:
        roots, missing = _roots(pages, new)
        lost |= missing
        new.execute("PRAGMA foreign_keys = OFF")
        new.execute("BEGIN IMMEDIATE")
        for name, table in TABLES.items():
            if name in roots:
                found, whole = _save(Tree(pages, roots[name]), new, table)
                rows += found
                lost |= set() if whole else {name}
        lost |= _drop_impossible(new)
        if lost:
            replace_lost(new, pages, roots)
            lost |= _drop_strays(new)
        new.execute("COMMIT")
    return rows, tuple(name for name in TABLES if name in lost)


def _roots(pages: Pages, new: sqlite3.Connection) -> tuple[dict[str, int], set[str]]:
    """Where each table begins, and the tables of which that is lost.

    The schema in the file says it. What its lost pages said is where a new file's tables begin, if
    the rest is: a file grown by the same migrations has the same roots, whatever was in it by then.
    """
    schema = Tree(pages, SCHEMA_ROOT)
    told = dict(_begins(schema))
    if not schema.whole:
        for page in pages.strays:
            told.update(_begins(Tree(pages, page)))
    roots = {name: root for name, root in told.items() if name in WANTED}
    nameless = pages.roots - {SCHEMA_ROOT, *told.values()}
    absent = {name for name in WANTED if name not in told}
    if schema.whole or (len(pages.roots) > 1 and not nameless):
        return roots, set()  # others were never there
    usual = _layout(new)
    if any(usual.get(name) != root for name, root in told.items()):
        return roots, absent
    roots |= {name: usual[name] for name in absent if usual[name] in nameless}
    return roots, absent - roots.keys() if nameless - set(usual.values()) else set()


def _begins(schema: Tree) -> Iterator[tuple[str, int]]:
    """What the rows of a schema say: of a table or an index, its first page."""
    for row in schema.rows():
        if len(row.values) == SCHEMA_COLUMNS and row.values[0] in ("table", "index"):
            _, name, _, root, _ = row.values
            if isinstance(root, int):
                yield str(name), root


def _layout(new: sqlite3.Connection) -> dict[str, int]:
    return dict(new.execute("SELECT name, rootpage FROM sqlite_master WHERE rootpage > 0"))


def _save(tree: Tree, new: sqlite3.Connection, table: Table) -> tuple[int, bool]:
    """Save one table's rows: how many, and whether that was all."""
    marks = ", ".join("?" * len(table.columns))
    ours = " OR IGNORE" if table.name == "meta" else ""  # who made the new file stays noted
    insert = f"INSERT{ours} INTO {table.name} VALUES ({marks})"
    rows, bad = 0, 0
    for row in tree.rows():
        try:
            rows += new.execute(insert, _values(row)).rowcount
        except sqlite3.Error:  # a damaged value, or too few of them
            bad += 1
    return rows, tree.whole and not bad


def _values(row: Row) -> tuple[object, ...]:
    """A table's number of a row stands beside the record, and as NULL in it."""
    return row.values if row.rowid is None else (row.rowid, *row.values[1:])


def _drop_impossible(new: sqlite3.Connection) -> set[str]:
    """Drop the rows that hold what no reader could make sense of; the tables of such."""
    return {
        table
        for table, _, condition in conditions(new)
        if new.execute(f'DELETE FROM "{table}" WHERE {condition}').rowcount  # noqa: S608 - our own
    }


def _drop_strays(new: sqlite3.Connection) -> set[str]:
    """Drop the rows whose parents could not be read, and theirs; returns the tables of such."""
    lost = set()
    for name in TABLES:
        for stray in new.execute(f"PRAGMA foreign_key_list({name})").fetchall():
            parent, column = stray[2], stray[3]
            while new.execute(
                f"DELETE FROM {name} WHERE {column} IS NOT NULL "  # noqa: S608
                f"AND {column} NOT IN (SELECT id FROM {parent})"
            ).rowcount:
                lost.add(name)
    return lost
