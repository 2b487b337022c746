"""Salvage of a history of real size, grown by upgrades: what can be read is saved, all of it."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filling import fill
from simulated.years import Years
from store.freeze import FROZEN, rows_of, thaw
from store.stacks import NOON, after, look

from recorder.store import migrate
from recorder.store.backup import restore
from recorder.store.connection import connect
from recorder.store.engine import opened
from recorder.store.pages import PAGE_BYTES, Pages
from recorder.store.record import record
from recorder.store.salvage import salvage

DAY, EVENTFUL = 1440, 200
OLDER_SEC = 3600
Rows = dict[str, list[dict[str, object]]]


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three eventful days in a file of the first schema, upgraded to today's, some rows deleted."""
    folder = tmp_path_factory.mktemp("upgraded")
    fill(folder / "filled.db", Years(3 * DAY, seed=2, pace=EVENTFUL))
    path = folder / "history.db"
    with first_schema(folder / "migrations"):
        migrate.create(path)
    with contextlib.closing(connect(path)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("ATTACH ? AS filled", (str(folder / "filled.db"),))
        for table in rows_of(path):
            db.execute(f"DELETE FROM main.{table}")  # noqa: S608
            db.execute(f"INSERT INTO main.{table} SELECT * FROM filled.{table}")  # noqa: S608
    assert migrate.upgrade(path)
    with contextlib.closing(connect(path)) as db:
        db.execute("DELETE FROM sample WHERE ts < (SELECT min(ts) + ? FROM sample)", (OLDER_SEC,))
        assert db.execute("PRAGMA freelist_count").fetchone()[0] > 0
        db.execute("UPDATE site SET name = 'the cottage'")
        db.execute("PRAGMA journal_mode = DELETE")
    return path


@contextlib.contextmanager
def first_schema(folder: Path) -> Iterator[None]:
    """The program as it was when there was one revision."""
    shutil.copytree(migrate.migrations(), folder)
    for later in (folder / "versions").iterdir():
        if not later.name.startswith("0001") and later.is_file():
            later.unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "migrations", lambda: folder)
        yield


@pytest.fixture
def history(upgraded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(upgraded, tmp_path / "history.db"))


def root_of(path: Path, name: str) -> int:
    with contextlib.closing(connect(path)) as db:
        found = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        return int(found[0])


def lose(path: Path, *pages: int) -> None:
    """Overwrite pages with what is none."""
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * PAGE_BYTES)
            file.write(b"\xff" * PAGE_BYTES)


def below(path: Path, root: int) -> list[int]:
    return Pages(path.read_bytes()).orphans[root]


def saved_of(path: Path, before: Rows) -> tuple[tuple[str, ...], Rows]:
    """The tables that are said to have lost rows, and these rows; all others must be there."""
    result = salvage(path, after(200))
    now = rows_of(result.path)
    kept = {name: {repr(row) for row in rows} for name, rows in now.items()}
    lost = {
        name: [row for row in rows if repr(row) not in kept[name]] for name, rows in before.items()
    }
    assert {name: len(rows) for name, rows in now.items() if name not in result.damaged} == {
        name: len(rows) for name, rows in before.items() if name not in result.damaged
    }
    return result.damaged, {name: rows for name, rows in lost.items() if rows}


def schema_pages(path: Path) -> list[int]:
    return [1, *below(path, 1)]


@pytest.mark.parametrize(
    "pages",
    [
        lambda _: [1],
        lambda _: [2],
        lambda _: [1, 2],
        schema_pages,
        lambda path: [root_of(path, "host_span_open"), root_of(path, "service_span_first")],
    ],
    ids=["the first page", "the map", "both", "the whole schema", "indexes"],
)
def test_pages_that_hold_no_rows_cost_none(
    history: Path, pages: Callable[[Path], list[int]]
) -> None:
    """Where every table begins is found without them, and what was deleted stays deleted."""
    before = rows_of(history)
    lose(history, *pages(history))
    assert saved_of(history, before) == ((), {})


def test_a_page_that_leads_to_all_of_a_table_costs_its_own_rows(history: Path) -> None:
    """The root of a table gone, the map still tells which pages are its."""
    before = rows_of(history)
    leaves = len(below(history, root_of(history, "sample")))
    lose(history, root_of(history, "sample"))
    damaged, lost = saved_of(history, before)
    assert (damaged, lost.keys()) == (("sample",), {"sample"})
    assert len(lost["sample"]) == leaves - 1 < len(before["sample"]) / 100


def test_two_pages_of_a_table_cost_nothing_between_them(history: Path) -> None:
    """Rows between two damaged pages are read like any others."""
    before = rows_of(history)
    leaves = below(history, root_of(history, "sample"))
    lose(history, leaves[3], leaves[-3])
    damaged, lost = saved_of(history, before)
    assert (damaged, lost.keys()) == (("sample",), {"sample"})
    assert len(lost["sample"]) < 3 * len(before["sample"]) / len(leaves)


@pytest.mark.parametrize("table", ["site", "entity", "series", "definition", "image"])
def test_what_hangs_on_a_lost_table_is_kept(history: Path, table: str) -> None:
    """One page holds all things that were ever seen: their states outlive it, and it goes on."""
    before = rows_of(history)
    root = root_of(history, table)
    lose(history, root, *Pages(history.read_bytes()).orphans.get(root, ()))
    damaged, lost = saved_of(history, before)
    assert (damaged, lost.keys()) == ((table,), {table})
    [saved] = history.parent.glob("history.db.salvaged-*")
    key = "identity" if table == "entity" else "id"
    assert {row[key] for row in rows_of(saved)[table]} <= {row[key] for row in before[table]}
    if table == "entity":
        still = [(row["id"], row["retired_ts"]) for row in before["entity"]]
        assert [(row["id"], row["retired_ts"]) for row in rows_of(saved)["entity"]] == still
    restore(history, saved, after(201))
    with opened(history) as engine:
        record(engine, look(20 * 366 * DAY))


def test_a_file_cut_off_keeps_what_is_before_its_end(history: Path) -> None:
    """The tables whose pages are gone are named, and no others."""
    before = rows_of(history)
    with history.open("r+b") as file:
        file.truncate(file.seek(0, 2) * 2 // 3 + 100)
    damaged, lost = saved_of(history, before)
    assert set(damaged) == lost.keys()
    assert 0 < len(lost["sample"]) < len(before["sample"])


def test_the_log_is_read_though_the_first_page_is_lost(history: Path, tmp_path: Path) -> None:
    """Looks that stand only in the write-ahead log are saved with the rest."""
    torn = tmp_path / "torn" / "history.db"
    torn.parent.mkdir()
    with contextlib.closing(connect(history)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute("INSERT INTO told_until VALUES ((SELECT min(id) FROM entity), 7)")
        before = rows_of(history)
        for suffix in ("", "-wal"):
            shutil.copy(f"{history}{suffix}", f"{torn}{suffix}")
    assert before["told_until"]
    lose(torn, 1)
    assert saved_of(torn, before) == ((), {})


@pytest.mark.parametrize("revision", migrate.REVISIONS)
def test_a_file_of_any_layout_and_revision_is_read(revision: str, tmp_path: Path) -> None:
    """Its own schema says where its tables begin; what it never had is not called lost."""
    path = tmp_path / "history.db"
    thaw(FROZEN / f"{revision}.sql", path)
    before = rows_of(path)
    lose(path, 1)
    result = salvage(path, NOON)
    now = rows_of(result.path)
    for rows in (before, now):
        rows["meta"] = [row for row in rows["meta"] if row["key"] != "schema_made_by"]
    assert result.damaged == ()
    assert {name: now[name] for name in before} == before
