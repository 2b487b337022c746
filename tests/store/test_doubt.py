"""Whose mistake it is when a reader stumbles over rows: the file's, or ours."""

import contextlib
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from recorder.errors import DamagedError
from recorder.store.as_of import latest
from recorder.store.backup import backups_folder, list_backups
from recorder.store.engine import opened
from recorder.store.examination import faults_of_history
from recorder.store.location import read_mountinfo
from recorder.store.record import record
from recorder.store.salvage import salvage
from recorder.store.told import untold
from recorder.store.trouble import explained
from store.stacks import NOON, after, look

ODD = (
    (
        "service_span",
        "started_ts",
        1 << 40,
        "a started_ts in service_span is none that there can be",
    ),
    ("mount_span", "reason", "moonlight", "a reason in mount_span is none that there can be"),
    ("host_span", "engine_reason", "", "a engine_reason in host_span is none that there can be"),
    ("endpoint_span", "state", "glad", "CHECK constraint failed in endpoint_span"),
)


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "history.db"
    with opened(path) as engine:
        record(engine, look(0))
        record(engine, look(1))
    return path


def write(path: Path, sql: str, *values: object) -> None:
    """Write what nobody should."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute(sql, values)
        db.commit()


@pytest.mark.parametrize(("table", "column", "value", "fault"), ODD)
def test_a_row_that_none_can_have_written_is_damage(
    history: Path, table: str, column: str, value: object, fault: str
) -> None:
    """Told as damage with the way out; the check finds it, and what is salvaged is without it."""
    write(history, f"UPDATE {table} SET {column} = ?", value)  # noqa: S608
    with (
        pytest.raises(DamagedError, match=f"is damaged .{fault}"),
        opened(history, writing=False) as engine,
    ):
        latest(engine)
    assert any(fault in it for it in faults_of_history(history))
    saved = salvage(history, after(9))
    assert table in saved.damaged
    assert faults_of_history(saved.path) == ()


def test_our_own_mistake_stays_our_own(history: Path) -> None:
    """Where the file is whole, an error is a bug of ours, and is not passed off as damage."""
    mistake = KeyError("a bug of ours")
    with pytest.raises(KeyError) as raised, explained(history):
        raise mistake
    assert raised.value is mistake


def test_a_message_that_is_no_text_is_damage(history: Path) -> None:
    """SQLite tells a damaged schema in the schema's own bytes, which Python can't always read."""
    content = history.read_bytes().replace(b"CREATE TABLE meta", b"CREATE \xff\xffBLE meta")
    history.write_bytes(content)
    with pytest.raises(DamagedError, match="is damaged"), opened(history, writing=False) as engine:
        latest(engine)


def test_a_view_that_names_what_is_not_there_is_damage(history: Path) -> None:
    """Though no check of SQLite's looks at views."""
    with contextlib.closing(sqlite3.connect(history)) as db:
        db.execute("DROP VIEW event")
        db.execute("CREATE VIEW event AS SELECT absent FROM entity")
    with (
        pytest.raises(DamagedError, match="no such column: absent"),
        explained(history),
        contextlib.closing(sqlite3.connect(history)) as db,
    ):
        db.execute("SELECT at FROM event")


def test_what_was_noted_of_an_app_in_no_form_of_ours_counts_for_nothing(history: Path) -> None:
    """It is asked as one that was never asked in vain."""
    write(history, "INSERT INTO meta VALUES ('asked_in_vain:radarr', 'long ago')")
    with opened(history) as engine:
        assert [hole.app for hole in untold(engine, look(2)).apps] in ([], ["radarr"])


def test_a_file_among_the_copies_that_bears_another_name_is_none(history: Path) -> None:
    """Whoever put it there."""
    folder = backups_folder(history)
    folder.mkdir()
    for name in ("2026Z.db", "99999999T999999Z.db", "20260216T120000Z.db"):
        (folder / name).touch()
    assert [(it.path.name, it.made_at) for it in list_backups(history)] == [
        ("20260216T120000Z.db", NOON + timedelta(0))
    ]


def test_a_mount_point_may_be_called_anything() -> None:
    """What ends a line elsewhere is a letter of its name to the kernel."""
    line = "36 35 0:9 / /mnt/usb\x0cstick\u2028a rw - ext4 /dev/sda1 rw\n"
    assert read_mountinfo(line) == [("/mnt/usb\x0cstick\u2028a", "ext4")]
    assert read_mountinfo("cut - short\n") == []
