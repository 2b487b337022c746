"""A file read page by page holds what SQLite says that it holds."""

import contextlib
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import strategies as st

from recorder.store.pages import PAGE_BYTES, Pages, Row, Tree
from recorder.store.records import BrokenError, record

INTEGERS = st.integers(-(1 << 63), (1 << 63) - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
LONG = st.integers(0, 3 * PAGE_BYTES).map(lambda length: "x" * length)
VALUES = st.one_of(
    st.none(), INTEGERS, st.floats(allow_nan=False), TEXTS, LONG, st.binary(max_size=50)
)
RECORDS = st.dictionaries(INTEGERS, st.tuples(VALUES, VALUES), max_size=30)


@given(RECORDS)
@example({number: ("x" * 900, number) for number in range(100)})
@example({1: ("x" * (PAGE_BYTES - 43), None), 2: ("x" * (PAGE_BYTES - 42), None)})
def test_every_row_is_read_as_sqlite_reads_it(rows: dict[int, tuple[object, object]]) -> None:
    """Of any values and lengths, in tables with and without a rowid."""
    with TemporaryDirectory() as folder, contextlib.closing(made(Path(folder, "any.db"))) as db:
        for number, values in rows.items():
            db.execute("INSERT INTO numbered VALUES (?, ?, ?)", (number, *values))
            db.execute("INSERT INTO keyed VALUES (?, ?, ?)", (number, *values))
        roots = dict(db.execute("SELECT name, rootpage FROM sqlite_master").fetchall())
        expected = db.execute("SELECT * FROM numbered ORDER BY id").fetchall()
        pages = Pages(Path(folder, "any.db").read_bytes())
    numbered, keyed = Tree(pages, roots["numbered"]), Tree(pages, roots["keyed"])
    assert [*numbered.rows()] == [Row(row[0], (None, *row[1:])) for row in expected]
    assert [*keyed.rows()] == [Row(None, row) for row in expected]
    assert (numbered.whole, keyed.whole) == (True, True)


def made(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA auto_vacuum = INCREMENTAL")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("CREATE TABLE numbered (id INTEGER PRIMARY KEY, one, other)")
    db.execute("CREATE TABLE keyed (id PRIMARY KEY, one, other) WITHOUT ROWID")
    return db


def test_a_page_of_another_tree_is_not_read(tmp_path: Path) -> None:
    """Where a damaged page points at one that the map knows to be elsewhere, nothing is mixed."""
    with contextlib.closing(made(tmp_path / "two.db")) as db:
        db.execute("CREATE TABLE other (id INTEGER PRIMARY KEY, one, other)")
        for table, text in (("numbered", "mine"), ("other", "not mine")):
            for number in range(300):
                db.execute(f"INSERT INTO {table} VALUES (?, ?, ?)", (number, text * 20, None))  # noqa: S608
        roots = dict(db.execute("SELECT name, rootpage FROM sqlite_master").fetchall())
    content = bytearray((tmp_path / "two.db").read_bytes())
    foreign = Pages(bytes(content)).orphans[roots["other"]][0]
    right = (roots["numbered"] - 1) * PAGE_BYTES + 8
    content[right : right + 4] = foreign.to_bytes(4, "big")
    tree = Tree(Pages(bytes(content)), roots["numbered"])
    assert [row.values[1] for row in tree.rows()] == ["mine" * 20] * 300
    assert tree.whole is False


@given(st.lists(st.binary(min_size=PAGE_BYTES, max_size=PAGE_BYTES), max_size=3), st.data())
def test_pages_of_anything_are_read_to_an_end(content: list[bytes], data: st.DataObject) -> None:
    """Whatever stands in a damaged file, reading it ends, and raises nothing."""
    forms = [data.draw(st.sampled_from([0, 2, 5, 10, 13])) for _ in content]
    pages = Pages(
        b"".join(bytes([form]) + page[1:] for form, page in zip(forms, content, strict=True))
    )
    for root in range(1, pages.count + 2):
        assert all(isinstance(row, Row) for row in Tree(pages, root).rows())


@given(st.binary(max_size=200))
def test_bytes_of_anything_are_a_record_or_broken(content: bytes) -> None:
    """What is no record is told by one error, and no other."""
    with contextlib.suppress(BrokenError):
        assert isinstance(record(content), tuple)
