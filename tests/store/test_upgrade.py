"""Old files under a new program: upgraded with every row, or left as they were."""

import contextlib
import multiprocessing
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from disks import fill, small_disk

from recorder.errors import FullError, OlderError, StoreError
from recorder.store import migrate
from recorder.store.as_of import latest
from recorder.store.backup import check
from recorder.store.connection import connect
from recorder.store.engine import opened
from recorder.store.record import record
from recorder.store.revision import revision_of as revision_in
from store.freeze import DAY_MIN, FROZEN, GOLDEN, NEWEST, rows_of, schema_of, thaw
from store.stacks import kept, look

RELEASED = migrate.REVISIONS
Rows = dict[str, list[dict[str, object]]]


def revision_of(path: Path) -> str | None:
    with contextlib.closing(connect(path)) as connection:
        return revision_in(connection)


def as_before(before: Rows, now: Rows) -> Rows:
    """Of what stands now, the columns there were before; the program that made it is another."""
    before["meta"] = [row for row in before["meta"] if row["key"] != "schema_made_by"]
    now["meta"] = [row for row in now["meta"] if row["key"] != "schema_made_by"]
    return {
        name: [{column: row.get(column) for column in rows[0]} for row in now.get(name, [])]
        for name, rows in before.items()
    }


def test_every_revision_there_is_stands_frozen_with_rows(path: Path) -> None:
    """Whoever adds a revision freezes it: no released schema goes without its test."""
    versions = (migrate.migrations() / "versions").glob("*.py")
    scripts = "".join(file.read_text(encoding="utf-8") for file in versions)
    revisions = set(re.findall(r'^revision = "(\w+)"', scripts, re.MULTILINE))
    assert {dump.stem for dump in FROZEN.glob("*.sql")} == revisions == set(RELEASED)
    for revision in RELEASED:
        file = path.with_name(f"{revision}.db")
        thaw(FROZEN / f"{revision}.sql", file)
        assert revision_of(file) == revision
        assert [name for name, rows in rows_of(file).items() if not rows] == []


@pytest.mark.parametrize("revision", RELEASED)
def test_every_schema_ever_released_is_upgraded_with_its_rows(revision: str, path: Path) -> None:
    """A file of any older program keeps every row, becomes what a new one is, and goes on."""
    thaw(FROZEN / f"{revision}.sql", path)
    before = rows_of(path)
    assert check(path) == ()
    with opened(path) as engine:
        assert as_before(before, rows_of(path)) == before
        assert kept(latest(engine).snapshot) == kept(NEWEST)
        record(engine, look(DAY_MIN + 3))
    assert check(path) == ()
    assert schema_of(path) == GOLDEN.read_text(encoding="utf-8")
    copy = path.with_name(f"history.db.before-{migrate.HEAD}")
    assert copy.exists() is (revision != migrate.HEAD)
    if copy.exists():
        assert as_before(before, rows_of(copy)) == before


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that knows one revision more than the newest: the file to write it into."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.migrations(), folder)
    monkeypatch.setattr(migrate, "migrations", lambda: folder)
    monkeypatch.setattr(migrate, "REVISIONS", (*RELEASED, "next"))
    monkeypatch.setattr(migrate, "HEAD", "next")
    return folder / "versions" / "next.py"


NEXT = f"""
import os, signal
from alembic import op
revision, down_revision = "next", "{RELEASED[-1]}"

def upgrade():
    op.execute("ALTER TABLE site ADD COLUMN motto TEXT")
    {{more}}
"""
# Enough to be written out before it is committed.
HALF = """op.execute("DELETE FROM snapshot")
    op.execute("CREATE TABLE half (n INTEGER, filling BLOB)")
    op.execute("WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 2000) "
        "INSERT INTO half SELECT n, zeroblob(4000) FROM t")
    """


@pytest.fixture
def old(path: Path) -> Path:
    """The newest frozen file."""
    thaw(FROZEN / f"{RELEASED[-1]}.sql", path)
    return path


@contextlib.contextmanager
def as_it_was(path: Path) -> Iterator[None]:
    """A file stays what it is, byte for byte, and a checked copy of it stands beside."""
    before, rows = path.read_bytes(), rows_of(path)
    yield
    assert rows_of(path) == rows
    assert path.read_bytes() == before
    assert check(path) == ()
    copy = path.with_name("history.db.before-next")
    assert rows_of(copy) == rows
    assert check(copy) == ()
    assert revision_of(copy) == revision_of(path) == RELEASED[-1]


def test_an_older_file_is_upgraded_after_a_checked_copy(old: Path, next_version: Path) -> None:
    """The copy beside it is the file as it was; the upgraded one goes on."""
    next_version.write_text(NEXT.format(more=""))
    before = rows_of(old)
    with opened(old) as engine:
        assert [row["motto"] for row in rows_of(old)["site"]] == [None]
        record(engine, look(DAY_MIN + 3))
    copy = old.with_name("history.db.before-next")
    assert (revision_of(old), revision_of(copy)) == ("next", RELEASED[-1])
    assert rows_of(copy) == before
    assert check(old) == ()


@pytest.mark.parametrize(
    ("failing", "reason"),
    [
        (HALF + 'raise RuntimeError("half way")', "half way"),
        (
            'op.execute("INSERT INTO no_such_table VALUES (1)")',
            "(sqlite3.OperationalError) no such table: no_such_table",
        ),
        (
            "op.execute(\"DELETE FROM entity WHERE kind = 'import'\")",
            "the new schema would leave 5 rows without their parent",
        ),
    ],
)
def test_an_upgrade_that_fails_leaves_the_file_as_it_was(
    old: Path, next_version: Path, failing: str, reason: str
) -> None:
    """Schema, rows and mark change together or not at all; the line names the checked copy."""
    next_version.write_text(NEXT.format(more=failing))
    with as_it_was(old), pytest.raises(StoreError) as told, opened(old):
        pass
    assert str(told.value) == (
        f"{old} could not be upgraded ({reason}) and is as it was; "
        f"a checked copy is {old}.before-next"
    )


def test_an_upgrade_that_is_killed_leaves_the_file_as_it_was(old: Path, next_version: Path) -> None:
    """SIGKILL half way through, much of it written out already; the next upgrade is whole."""
    killed = HALF + "os.kill(os.getpid(), signal.SIGKILL)"
    next_version.write_text(NEXT.format(more=killed))
    with as_it_was(old):
        upgrading = multiprocessing.get_context("fork").Process(target=migrate.upgrade, args=(old,))
        upgrading.start()
        upgrading.join()
        assert upgrading.exitcode == -signal.SIGKILL
        assert old.with_name("history.db-wal").stat().st_size > 4_000_000
    shutil.rmtree(next_version.parent / "__pycache__", ignore_errors=True)
    next_version.write_text(NEXT.format(more=""))
    with opened(old) as engine:
        assert kept(latest(engine).snapshot) == kept(NEWEST)
    assert revision_of(old) == "next"


@pytest.mark.parametrize(
    ("leave_bytes", "copied"), [(64 << 10, False), (1 << 20, True)], ids=["copy", "change"]
)
@pytest.mark.usefixtures("lab_parts")
def test_an_upgrade_on_a_full_disk_leaves_the_file_as_it_was(
    tmp_path: Path, next_version: Path, leave_bytes: int, *, copied: bool
) -> None:
    """No room for the copy, or for the change: said so, every row there; with room it is made."""
    next_version.write_text(NEXT.format(more=HALF))
    with small_disk(tmp_path) as disk:
        path = disk / "history.db"
        thaw(FROZEN / f"{RELEASED[-1]}.sql", path)
        before = rows_of(path)
        ballast = fill(disk, leave_bytes)
        with pytest.raises(FullError, match="no space left"), opened(path):
            pass
        assert (rows_of(path), revision_of(path), check(path)) == (before, RELEASED[-1], ())
        copy = path.with_name("history.db.before-next")
        assert copy.exists() is copied
        ballast.unlink()
        next_version.write_text(NEXT.format(more=""))
        shutil.rmtree(next_version.parent / "__pycache__", ignore_errors=True)
        with opened(path):
            assert revision_of(path) == "next"
        assert rows_of(copy) == before


def test_remaking_a_parent_table_keeps_its_children(old: Path, next_version: Path) -> None:
    """Foreign keys sleep while a schema changes, and are checked after."""
    remake = """
    op.execute("CREATE TABLE anew (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT")
    op.execute("INSERT INTO anew SELECT id, name FROM site")
    op.execute("DROP TABLE site")
    op.execute("ALTER TABLE anew RENAME TO site")"""
    next_version.write_text(NEXT.format(more=remake))
    before = rows_of(old)
    with opened(old):
        assert as_before(before, rows_of(old)) == before
    assert check(old) == ()


def test_reading_an_older_file_changes_nothing(old: Path, next_version: Path) -> None:
    """Who only reads is told what to type; who records upgrades."""
    next_version.write_text(NEXT.format(more=""))
    before = old.read_bytes()
    with pytest.raises(OlderError) as told, opened(old, writing=False):
        pass
    assert str(told.value) == (
        f"{old} has an older schema, and reading does not change it; "
        "`ops media.history.upgrade` upgrades it, and so does the next look its owner takes"
    )
    assert old.read_bytes() == before
    assert [file.name for file in old.parent.iterdir()] == ["history.db"]
    assert check(old) == ()


def test_an_older_file_that_may_not_be_written_is_told_so(
    old: Path, next_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has not the right to upgrade learns who can, and how."""
    next_version.write_text(NEXT.format(more=""))
    monkeypatch.setattr("os.access", lambda *_: False)
    with (
        pytest.raises(OlderError, match=r"as its owner: `ops media\.history\.upgrade`"),
        opened(old),
    ):
        pass
