"""What stands in a history's file: rows that somebody wrote, and bytes that somebody damaged."""

import contextlib
import sqlite3
import struct
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from pathlib import Path

from store.stacks import IMAGE, NOON, look

from recorder.capabilities.looking_back import retrospect
from recorder.capabilities.recalling import recall_moment
from recorder.capabilities.remembered import Keeping
from recorder.capabilities.remembering import recall
from recorder.errors import StoreError
from recorder.history.window import Window
from recorder.model import ImportCount, ImportState
from recorder.render.census import screen as census_screen
from recorder.render.document import as_json, status
from recorder.render.retrospect.document import document
from recorder.render.retrospect.screen import screen as back_screen
from recorder.render.safe import TEXT_CELLS, safe
from recorder.render.status import dashboard
from recorder.store.as_of import latest
from recorder.store.ask import relations
from recorder.store.census import census
from recorder.store.copying import faults_of
from recorder.store.engine import opened
from recorder.store.examination import faults_of_history
from recorder.store.extract import Content, Wanted, extract
from recorder.store.logged import FRAME_BYTES, HEADER_BYTES, with_log
from recorder.store.pages import PAGE_BYTES, Pages, Tree
from recorder.store.record import record
from recorder.store.records import BrokenError, varint
from recorder.store.records import record as values_of
from recorder.store.salvage import salvage
from recorder.store.told import untold

from .made import cells, recorded
from .target import MEMORY, NOW, Target, chosen, drawn, harmless, one_line, text

APP = ImportCount("sonarr", "episode", ImportState.OK, 2, told_since=NOON)
ANOTHER = look(9, imports=(*look().imports, APP))
WINDOW = Window(NOON - timedelta(days=7), NOON + timedelta(days=1))


def picture(path: Path) -> None:
    """The dashboard, as it was at a time."""
    found = recall_moment(path, NOON + timedelta(minutes=1), UTC)
    harmless(drawn(dashboard(found.snapshot, past=found.past, tz=UTC)), len(recorded()))
    as_json(status(found.snapshot, past=found.past, generated_at=NOW))


def changes(path: Path) -> None:
    """The dashboard's past: what changed since somebody looked."""
    with opened(path, writing=False) as engine:
        seen = latest(engine).snapshot
    told = recall(Keeping(path, seen, NOON, previous=False, record=False))
    found = told.of(seen)
    harmless(drawn(dashboard(found.snapshot, past=found.past, tz=UTC)), len(recorded()))


def past(path: Path) -> None:
    """A window of the past, on a screen and as JSON."""
    with opened(path, writing=False) as engine:
        found = retrospect(engine, WINDOW, UTC)
    harmless(drawn(back_screen(found, tz=UTC)), len(recorded()))
    as_json(document(found, generated_at=NOW))


def taken_out(path: Path) -> None:
    """What is exported, all three kinds of it."""
    for content in Content:
        with refused():
            found = extract(path, Wanted(content))
            assert all(len(row) == len(found.columns) for row in found.rows)


def counted(path: Path) -> None:
    """A history's figures."""
    harmless(drawn(census_screen(census(path), tz=UTC, now=NOW)), len(recorded()))


def checked(path: Path) -> None:
    """Whether it is whole, and what its tables and views mean."""
    for fault in faults_of_history(path):
        harmless(safe(fault, TEXT_CELLS), 0)
    for relation in relations(path):
        assert relation.name


def recorded_into(path: Path) -> None:
    """One more look, recorded into it."""
    with opened(path) as engine:
        record(engine, ANOTHER)
        untold(engine, ANOTHER)


def salvaged(path: Path) -> None:
    """What can be read of it makes a history that is whole."""
    before = path.read_bytes()
    done = salvage(path, NOW)
    assert faults_of(done.path) == []
    assert path.read_bytes() == before


READERS: tuple[Callable[[Path], None], ...] = (
    picture,
    changes,
    past,
    taken_out,
    counted,
    checked,
    recorded_into,
    salvaged,
)


@contextlib.contextmanager
def refused() -> Iterator[None]:
    """Refused by an error of the store's, in a line, or not at all."""
    try:
        yield
    except StoreError as error:
        one_line(str(error).replace("\n", " "))


@contextlib.contextmanager
def file_of(content: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        path = Path(folder, "history.db")
        path.write_bytes(content)
        yield path


def rows(data: bytes) -> None:
    """A history in whose rows somebody wrote; who reads it, the first byte says."""
    reader, written = chosen(data, len(READERS))
    with file_of(recorded()) as path:
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA ignore_check_constraints = ON")
            for one in written.split(b"\xff\xfe"):
                table, column = cells()[int.from_bytes(one[:2], "little") % len(cells())]
                with contextlib.suppress(sqlite3.Error, OverflowError):
                    db.execute(f"UPDATE {table} SET {column} = ?", (_value(one[2:]),))  # noqa: S608
            db.commit()
        with refused():
            READERS[reader](path)


def _value(data: bytes) -> object:
    """A value as the bytes say: a number, text, bytes, nothing, a number no clock knows."""
    kind, rest = data[:1], data[1:]
    if kind < b"\x40":
        return int.from_bytes(rest[:8].ljust(8, b"\0"), "little", signed=True)
    if kind < b"\x80":
        return text(rest)
    if kind < b"\xc0":
        return rest
    return None if kind < b"\xe0" else float(int.from_bytes(rest[:8], "little")) * 1e300


def damage(data: bytes) -> None:
    """A history with bytes struck over: who reads it, one byte says; where and with what, four."""
    reader, strokes = chosen(data, len(READERS))
    content = bytearray(recorded())
    for at in range(0, len(strokes) - 3, 4):
        place = int.from_bytes(strokes[at : at + 3], "little") % len(content)
        content[place] = strokes[at + 3]
    with file_of(bytes(content)) as path, refused():
        READERS[reader](path)


def pages(data: bytes) -> None:
    """A file's pages, its log and a record, as they are read where SQLite would not."""
    kind, rest = chosen(data, 3)
    if kind == 0:
        with contextlib.suppress(BrokenError):
            values_of(rest)
        with contextlib.suppress(IndexError):
            _, end = varint(rest, 0)
            assert 0 < end <= len(rest)
    elif kind == 1:
        found = with_log(recorded()[: 2 * PAGE_BYTES], rest, PAGE_BYTES)
        assert len(found) % PAGE_BYTES == 0
    else:
        content = bytearray(recorded())
        at = int.from_bytes(rest[:3], "little") % len(content)
        content[at : at + len(rest) - 3] = rest[3:]
        held = Pages(bytes(content))
        for root in sorted(held.roots):
            found = [*Tree(held, root).rows()]
            assert len(found) <= len(content)


def _log() -> bytes:
    """A log of one frame, as SQLite leaves it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.db")
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("CREATE TABLE t (a)")
            log = path.with_name("a.db-wal").read_bytes()
    return log[: HEADER_BYTES + FRAME_BYTES + PAGE_BYTES]


def _record() -> bytes:
    return bytes([6, 1, 0, 7, 17, 16, 5]) + struct.pack(">bd", 5, 0.5) + b"id" + b"\x01\x02"


ODD = (
    ("mount_span", "reason", b"\x50moonlight"),
    ("service_span", "started_ts", b"\x01\xff\xff\xff\xff\xff\x7f"),
    ("endpoint_span", "state", b"\x50\x1b[31m\xe2\x80\xae"),
    ("import_span", "entity_id", b"\x01\x7f"),
    ("meta", "value", b"\x50long ago"),
    ("entity", "name", b"\x50\x1b[31m\xe2\x80\xae"),
)


def _written() -> list[bytes]:
    """Each reader of a good history, then of ones with two odd values."""
    good = [bytes([n, 255, 255, 0]) for n in range(len(READERS))]
    odd = [
        cells().index((table, column)).to_bytes(2, "little") + value for table, column, value in ODD
    ]
    pairs = [odd[n % len(odd)] + b"\xff\xfe" + odd[-n % len(odd)] for n in range(len(READERS))]
    return good + [bytes([n]) + it for n, it in enumerate(pairs)]


def _struck() -> list[bytes]:
    """For each reader a history with a text that is none, then with other bytes struck over."""
    at = recorded().index(IMAGE[0].encode()).to_bytes(3, "little")
    odd = [bytes([n, 30 * n, n, 0, 255, n, 32, 0, 7]) for n in range(3)]
    schema = recorded().index(b"TABLE meta").to_bytes(3, "little")
    return [bytes([n]) + it + b"\xff" for n in range(len(READERS)) for it in (at, schema)] + odd


TARGETS = {
    "rows": Target(rows, _written, examples=25),
    "damage": Target(damage, _struck, examples=25),
    "pages": Target(
        pages,
        lambda: [
            b"\0" + _record(),
            b"\0" + _record().replace(b"id", b"\xff\xfe"),
            b"\1" + _log(),
            *(b"\2" + (at * PAGE_BYTES).to_bytes(3, "little") + b"\5" for at in range(1, 20, 5)),
        ],
        examples=60,
    ),
}
