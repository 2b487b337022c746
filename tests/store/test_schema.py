"""The schema: what migrations make, by whichever way they are run."""

import contextlib
import sqlite3
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from recorder.errors import NewerError
from recorder.store import migrate, tables
from recorder.store.as_of import latest
from recorder.store.backup import check
from recorder.store.connection import connect
from recorder.store.engine import APPLICATION_ID, opened
from recorder.store.record import record
from store.freeze import GOLDEN, schema_of
from store.stacks import NOON, after, look

ROOT = Path(__file__).resolve().parents[2]


def pragma(path: Path, name: str) -> object:
    with contextlib.closing(connect(path)) as connection:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]


@pytest.fixture
def made(path: Path) -> Path:
    migrate.create(path)
    return path


def test_the_migrated_schema_is_the_one_on_record(made: Path) -> None:
    """No change of the schema goes unseen, constraints and views included."""
    assert schema_of(made) == GOLDEN.read_text(encoding="utf-8")


def test_queries_name_the_columns_there_are(made: Path) -> None:
    """The tables as queries name them are those the migrations make."""
    with contextlib.closing(connect(made)) as connection:
        for table in tables.TABLES.values():
            rows = connection.execute(f"PRAGMA table_info({table.name})").fetchall()
            assert {row[1] for row in rows} == set(table.columns), table.name


def test_the_revisions_the_program_knows_are_those_there_are() -> None:
    """Whether a file is current is decided without Alembic, and as Alembic would."""
    config = Config()
    config.set_main_option("script_location", str(migrate.migrations()))
    script = ScriptDirectory.from_config(config)
    known = [revision.revision for revision in script.walk_revisions()]
    assert tuple(reversed(known)) == migrate.REVISIONS


def test_a_new_file_is_made_as_it_must_be(made: Path) -> None:
    """What can be set only before the first table is set; nobody else may read it."""
    assert [
        pragma(made, name)
        for name in ("application_id", "auto_vacuum", "page_size", "journal_mode", "foreign_keys")
    ] == [APPLICATION_ID, 2, 4096, "wal", 1]
    assert pragma(made, "synchronous") == 2
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    assert [file.name for file in made.parent.iterdir()] == ["history.db"]


def test_every_table_is_strict(made: Path) -> None:
    """SQLite holds each column to its type."""
    with contextlib.closing(connect(made)) as connection:
        rows = connection.execute(
            "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict "
            "AND name NOT IN ('sqlite_schema', 'sqlite_temp_schema', 'alembic_version')"
        )
        assert rows.fetchall() == []


@pytest.mark.parametrize("kind", list(tables.SHAPES))
def test_unknown_holds_nothing_that_was_seen(made: Path, kind: str) -> None:
    """The file itself refuses an unknown state with a value beside it."""
    with contextlib.closing(connect(made)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for name in tables.SHAPES[kind].hidden:
            bound = dict.fromkeys(("definition_id", "path", "noun"), "1")
            row = {k: v for k, v in bound.items() if k in tables.TABLES[f"{kind}_span"].columns} | {
                name: 1
            }
            columns = ", ".join(("entity_id", "first_ts", "state", *row))
            marks = ", ".join("?" * (3 + len(row)))
            insert = f"INSERT INTO {kind}_span ({columns}) VALUES ({marks})"  # noqa: S608
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(insert, (1, 1, "unknown", *row.values()))


def test_a_thing_has_one_open_span(made: Path) -> None:
    """The file itself refuses a second."""
    with contextlib.closing(connect(made)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        insert = "INSERT INTO host_span (entity_id, first_ts, state) VALUES (1, ?, 'up')"
        connection.execute(insert, (1,))
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            connection.execute(insert, (2,))


def test_two_that_make_the_file_at_once_make_one(path: Path) -> None:
    """Whoever comes second finds a history and leaves it."""
    migrate.create(path)
    inode = path.stat().st_ino
    migrate.create(path)
    assert path.stat().st_ino == inode
    assert [file.name for file in path.parent.iterdir()] == ["history.db"]


def test_odd_characters_in_a_path_are_just_characters(tmp_path: Path) -> None:
    """Percent signs, spaces, question marks and quotes name files like any other."""
    path = tmp_path / "50% of 'my' stuff?#" / "hïstory %s.db"
    with opened(path) as engine:
        record(engine, look(0))
    assert check(path) == ()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_whether_it_is_current_is_asked_without_alembic(made: Path) -> None:
    """A look at a current file never loads it, and the command line loads no SQL at all."""
    program = f"""
import sys
from pathlib import Path
import recorder.cli
assert not {{"sqlalchemy", "sqlite3", "alembic"}} & set(sys.modules)
from recorder.store.engine import opened
with opened(Path({str(made)!r})) as history, history.transaction():
    pass
assert not {{"sqlalchemy", "alembic"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


def test_alembic_by_hand_makes_the_same(tmp_path: Path, made: Path) -> None:
    """A developer's `alembic upgrade` and the program's agree."""
    by_hand = tmp_path / "by hand.db"
    subprocess.run(
        [sys.executable, "-m", "alembic", "-x", f"db={by_hand}", "upgrade", "head"],
        check=True,
        cwd=ROOT,
    )
    assert schema_of(by_hand) == schema_of(made)


def test_a_wheel_brings_its_migrations(tmp_path: Path) -> None:
    """An installed program makes a history without its checkout, and has the saved queries."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        check=True,
        cwd=ROOT,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    program = (
        "import sys; from pathlib import Path; from recorder.store import migrate; "
        "migrate.create(Path(sys.argv[1])); print(migrate.migrations())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "history.db")],
        cwd=installed,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == str(installed / "recorder" / "migrations")
    shipped = installed / "recorder" / "queries"
    assert {file.name: file.read_text(encoding="utf-8") for file in shipped.iterdir()} == {
        file.name: file.read_text(encoding="utf-8") for file in (ROOT / "ops" / "queries").iterdir()
    }
    assert schema_of(tmp_path / "history.db") == GOLDEN.read_text(encoding="utf-8")


def test_what_a_newer_program_made_names_no_version_it_does_not_know(path: Path) -> None:
    """Without a note of the version, the line still says what to do."""
    with opened(path) as engine:
        record(engine, look(0))
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
        file.execute("DELETE FROM meta")
        file.commit()
    with pytest.raises(NewerError, match="install a newer version"), opened(path):
        pass


def test_times_of_the_moment_asked_for_are_the_looks_own(path: Path) -> None:
    """A moment says when it was seen, not when it was asked for."""
    with opened(path) as engine:
        record(engine, look(0))
        assert latest(engine).snapshot.taken_at == NOON
        assert latest(engine).asked_at == NOON
        record(engine, look(1))
        assert latest(engine).snapshot.taken_at == after(1)
