"""A history that can't be used: each trouble is told apart, in one line, and loses nothing."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from disks import fill, small_disk

from recorder.errors import (
    BusyError,
    DamagedError,
    ExitCode,
    ForeignError,
    FullError,
    NewerError,
    NoHistoryError,
    PlaceError,
    ReadOnlyError,
    StoreError,
)
from recorder.model import ServiceState
from recorder.store import connection, driver, location
from recorder.store.as_of import latest
from recorder.store.backup import back_up, check, restore
from recorder.store.changes import transitions
from recorder.store.engine import opened
from recorder.store.lock import one_look
from recorder.store.record import record
from recorder.store.repair import drop_after
from recorder.store.retention import tidy
from recorder.store.salvage import salvage
from store.stacks import NOON, after, kept, look, service

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="mounting takes root")


@pytest.fixture(scope="module")
def three_hours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history of three hours, a minute a look, a service stopped and started each half hour."""
    path = tmp_path_factory.mktemp("three hours") / "history.db"
    with opened(path) as engine:
        for minute in range(180):
            state = ServiceState.EXITED if minute % 30 == 29 else ServiceState.RUNNING
            record(engine, look(minute, services=(service(state=state),)))
    return path


@pytest.fixture
def history(path: Path, three_hours: Path) -> Path:
    """That history, a test's own."""
    path.parent.mkdir(mode=0o700)
    return Path(shutil.copy(three_hours, path))


def recording(path: Path) -> None:
    with opened(path) as engine:
        record(engine, look(1000))


def told(path: Path) -> tuple[object, ...]:
    with opened(path, writing=False) as engine:
        return transitions(engine)


@contextlib.contextmanager
def untouched(path: Path) -> Iterator[None]:
    """What is in a file stays what it is."""
    before = path.read_bytes()
    yield
    assert path.read_bytes() == before


def overwrite(path: Path, offset: int, new: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(new)


def test_every_trouble_of_the_store_exits_3() -> None:
    """Shown but not recorded: the same exit code whatever the reason."""
    assert {kind.exit_code for kind in (StoreError, *StoreError.__subclasses__())} == {
        ExitCode.NOT_RECORDED
    }


def test_a_damaged_header_is_damage_and_names_the_way_out(history: Path) -> None:
    """Never replaced by an empty file; the line names the last backup and what to type."""
    copy = back_up(history, NOON)
    overwrite(history, 0, b"garbage" * 10)
    with untouched(history), pytest.raises(DamagedError) as refused:
        recording(history)
    assert str(refused.value) == (
        f"{history} is damaged (its header is not a database's) and left as it is; last verified "
        f"backup: {copy.path.name}, `ops media.history.restore {copy.path.name}`; "
        "to save what can be read: `ops media.history.repair --salvage`"
    )


def test_an_empty_file_is_damage(history: Path) -> None:
    """A file of no bytes once held a history; it is not begun anew unasked."""
    history.write_bytes(b"")
    with untouched(history), pytest.raises(DamagedError, match="it is empty"):
        recording(history)


def test_a_truncated_file_is_damage(history: Path) -> None:
    """Half a file is refused, not written to."""
    os.truncate(history, history.stat().st_size // 2 // 4096 * 4096)
    with untouched(history), pytest.raises(DamagedError):
        recording(history)
    with pytest.raises(DamagedError):
        told(history)


def test_a_damaged_page_is_found_when_it_is_read(history: Path) -> None:
    """A broken table page is damage, by the query that meets it and by the check."""
    page = root_of(history, "host_span")
    overwrite(history, (page - 1) * 4096, b"\xff" * 4096)
    with pytest.raises(DamagedError):
        recording(history)
    assert check(history) != ()


def root_of(path: Path, table: str) -> int:
    with contextlib.closing(connection.connect(path)) as opened_file:
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        return int(opened_file.execute(query, (table,)).fetchone()[0])


def test_a_log_without_its_file_is_damage(history: Path) -> None:
    """Where only the write-ahead log is left, no new file is put over it."""
    with opened(history) as engine:
        record(engine, look(500))
        log = history.with_name("history.db-wal")
        shutil.copy(log, log.with_suffix(".kept"))
    history.unlink()
    shutil.move(log.with_suffix(".kept"), log)
    with untouched(log), pytest.raises(DamagedError, match=r"it is gone, but history\.db-wal"):
        recording(history)


def test_another_applications_file_is_refused(path: Path) -> None:
    """A SQLite file that is not ours is not written to."""
    path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE t (x)")
    with untouched(path), pytest.raises(ForeignError, match="is another application's database"):
        recording(path)


def test_a_newer_schema_is_refused_with_the_version_to_install(history: Path) -> None:
    """An older program does not touch what a newer one made."""
    with contextlib.closing(sqlite3.connect(history)) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
        file.execute("UPDATE meta SET value = '7.1.0' WHERE key = 'schema_made_by'")
        file.commit()
    with untouched(history), pytest.raises(NewerError) as refused:
        recording(history)
    assert str(refused.value) == (
        f"{history} was made by a newer media-recorder; install version 7.1.0 or newer: "
        "`git pull`, or `pip install --upgrade media-recorder`"
    )


def test_a_locked_file_is_not_damage(history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process holding the file is said to be just that."""
    monkeypatch.setattr(driver, "BUSY_TIMEOUT_SEC", 0.1)
    with contextlib.closing(sqlite3.connect(history, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="is locked by another process"):
            recording(history)
        assert len(told(history)) == 11
    recording(history)


def test_nothing_recorded_yet_is_no_damage(path: Path) -> None:
    """To read what was never written is told so, and makes no file."""
    with pytest.raises(NoHistoryError, match="nothing is recorded"):
        told(path)
    assert not path.exists()


@pytest.fixture
def disk(lab_parts: None, tmp_path: Path) -> Iterator[Path]:  # noqa: ARG001 - its tools
    """A disk of a few megabytes."""
    with small_disk(tmp_path) as made:
        yield made


def record_much(path: Path) -> None:
    with opened(path) as engine:
        for minute in range(1, 200):
            many = tuple(service(f"service-{minute}-{n}") for n in range(40))
            record(engine, look(minute, services=many))


def test_a_full_disk_is_not_damage_and_loses_nothing(disk: Path) -> None:
    """What was recorded before is whole; recording goes on once there is room."""
    path = disk / "history.db"
    with opened(path) as engine:
        record(engine, look(0))
    ballast = fill(disk)
    with pytest.raises(FullError, match="no space left"):
        record_much(path)
    ballast.unlink()
    assert check(path) == ()
    with opened(path) as engine:
        record(engine, look(300))
        assert kept(latest(engine).snapshot) == kept(look(300))


def test_a_first_look_on_a_full_disk_leaves_no_half_made_file(disk: Path) -> None:
    """There is a whole history or none."""
    fill(disk, leave_bytes=64 << 10)
    with pytest.raises(FullError):
        recording(disk / "history.db")
    assert [file.name for file in disk.iterdir()] == ["ballast"]


def test_a_backup_on_a_full_disk_is_none_and_takes_none_away(disk: Path, history: Path) -> None:
    """No space for a copy is said; the copies before it stay, and no piece of one is left."""
    path = Path(shutil.copy(history, disk / "history.db"))
    good = back_up(path, NOON).path
    ballast = fill(disk, leave_bytes=32 << 10)
    with pytest.raises(FullError, match="no space left"):
        back_up(path, after(1), keep=1)
    assert [*good.parent.iterdir()] == [good]
    assert check(good) == check(path) == ()
    ballast.unlink()
    assert back_up(path, after(1), keep=1).path.exists()


@ROOT_ONLY
def test_a_read_only_disk_is_not_damage_and_can_be_read(history: Path) -> None:
    """What may not be written can still be shown."""
    folder = history.parent
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        with pytest.raises(ReadOnlyError, match="may not be written"):
            recording(history)
        with pytest.raises(ReadOnlyError), one_look(history):
            pass
        assert len(told(history)) == 11
        assert check(history) == ()
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
    recording(history)


def test_a_network_filesystem_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's log needs locks and memory a network filesystem does not share."""
    table = path.parent.parent / "mountinfo"
    table.write_text(
        f"22 1 0:20 / / rw - ext4 /dev/sda1 rw\n"
        f"23 22 0:21 / {path.parent} rw shared:1 - nfs4 nas:/home rw\n"
    )
    monkeypatch.setattr(location, "MOUNTINFO", table)
    with pytest.raises(PlaceError) as refused:
        recording(path)
    assert str(refused.value) == (
        f"{path} lies on a network filesystem (nfs4), where SQLite can't keep a history whole; "
        "give a path on a local disk with --db or $MEDIA_RECORDER_DB"
    )
    assert not path.parent.exists()


def test_a_mac_tells_its_mounts_too() -> None:
    """The types of mount(8) on a Mac, spaces in names and all."""
    said = (
        "/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)\n"
        "//me@nas/my share on /Volumes/my share (smbfs, nodev, nosuid, mounted by me)\n"
    )
    mounts = location.read_mac_mounts(said)
    assert mounts == [("/", "apfs"), ("/Volumes/my share", "smbfs")]
    assert location.filesystem_of("/Volumes/my share/h.db", mounts) == "smbfs"
    assert location.filesystem_of("/Volumes/my shares/h.db", mounts) == "apfs"


def test_a_clock_a_year_ahead_can_be_mended(history: Path) -> None:
    """What a wrong clock recorded is dropped, all else is as it was, and looking goes on."""
    before = told(history)
    with opened(history) as engine:
        record(engine, look(365 * 24 * 60, services=()))
        with pytest.raises(StoreError, match="--drop-after 2026-02-16T15:00:00Z"):
            record(engine, look(180))
    backup = drop_after(history, after(180), after(180))
    assert told(history) == before
    assert backup.path.exists()
    assert check(history) == ()
    with opened(history) as engine:
        record(engine, look(180))
        assert kept(latest(engine).snapshot) == kept(look(180))


def test_a_wrong_clock_leaves_no_mark_on_the_numbers(history: Path) -> None:
    """The hour and the day it came in are rolled up whole, as if it had never been."""
    other = Path(shutil.copy(history, history.with_name("other.db")))
    with opened(history) as engine:
        record(engine, look(365 * 24 * 60))
        tidy(engine)
    drop_after(history, after(180), after(180))
    rolled = []
    for path in (history, other):
        with opened(path) as engine:
            for minute in range(180, 36 * 60, 20):
                record(engine, look(minute))
            tidy(engine)
        with contextlib.closing(sqlite3.connect(path)) as file:
            query = "SELECT * FROM rollup_hour UNION ALL SELECT * FROM rollup_day"
            rolled.append(file.execute(query).fetchall())
    assert rolled[0] == rolled[1] != []


def test_dropping_forgets_whatever_was_recorded_since(history: Path) -> None:
    """The file is as if no look had been taken since, down to each row of state."""
    state = "SELECT * FROM service_span UNION ALL SELECT * FROM service_span WHERE last_ts IS NULL"
    copy = history.with_name("copy.db")
    with contextlib.closing(connection.connect(history)) as file:
        file.execute("VACUUM INTO ?", (str(copy),))
        before = file.execute(state).fetchall()
    with opened(history) as engine:
        for minute in range(180, 200):
            odd = (service(f"new-{minute}"), service(state=ServiceState.PAUSED))
            record(engine, look(minute, services=odd, mounts=()))
    drop_after(history, after(179), after(200))
    with contextlib.closing(connection.connect(history)) as file:
        assert file.execute(state).fetchall() == before
        for table in ("mount_span", "coverage", "snapshot", "sample", "series"):
            query = f"SELECT * FROM {table}"  # noqa: S608
            with contextlib.closing(sqlite3.connect(copy)) as old:
                assert file.execute(query).fetchall() == old.execute(query).fetchall()
        names = [row[0] for row in file.execute("SELECT name FROM entity WHERE kind = 'service'")]
        assert names == ["radarr"]


def test_salvage_saves_all_but_the_damaged_page(history: Path) -> None:
    """One broken page costs its own rows and no others."""
    page = root_of(history, "sample")
    overwrite(history, (page - 1) * 4096, b"\xff" * 4096)
    with untouched(history):
        saved = salvage(history, after(200))
    assert saved.damaged == ("sample",)
    assert len(told(saved.path)) == 11
    restore(history, saved.path, after(201))
    recording(history)


def test_salvage_mends_a_damaged_header(history: Path) -> None:
    """The first hundred bytes lost are no history lost."""
    before = told(history)
    overwrite(history, 0, b"\0" * 100)
    saved = salvage(history, after(200))
    assert saved.damaged == ()
    assert told(saved.path) == before


def test_salvage_of_what_holds_nothing_says_so(path: Path) -> None:
    """No empty file is passed off as what was saved."""
    path.parent.mkdir()
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(DamagedError):
        salvage(path, NOON)
    assert [file.name for file in path.parent.iterdir()] == ["history.db"]


def test_a_backup_of_a_damaged_file_is_none(history: Path) -> None:
    """A copy that fails its check gets no name, and the good ones before it stay."""
    good = [back_up(history, NOON + timedelta(hours=hour)) for hour in range(3)]
    page = root_of(history, "host_span")
    overwrite(history, (page - 1) * 4096, b"\xff" * 4096)
    with pytest.raises(DamagedError, match=good[-1].path.name):
        back_up(history, NOON + timedelta(hours=5), keep=1)
    folder = history.with_name("history.db.backups")
    assert sorted(folder.iterdir()) == [copy.path for copy in good]


@pytest.fixture
def crashed(history: Path) -> Path:
    """The history as a recorder left it that was killed: the newest look only in the log."""
    log, aside = history.with_name("history.db-wal"), history.parent.with_name("aside")
    aside.mkdir()
    with opened(history) as engine:
        record(engine, look(500))
        for file in (history, log):
            shutil.copy(file, aside / file.name)
    for file in (history, log):
        shutil.copy(aside / file.name, file)
    return history


def test_a_log_that_a_killed_recorder_left_is_read(crashed: Path) -> None:
    """The look that was recorded last is there."""
    with opened(crashed, writing=False) as engine:
        assert latest(engine).snapshot.taken_at == after(500)


@pytest.mark.parametrize("at", [None, 0, 32 + 24 + 100], ids=["deleted", "header", "frame"])
def test_a_damaged_log_costs_what_stands_only_in_it(crashed: Path, at: int | None) -> None:
    """What is in the file is whole, and recording goes on."""
    log = crashed.with_name("history.db-wal")
    if at is None:
        log.unlink()
    else:
        overwrite(log, at, b"\xff" * 16)
    with opened(crashed, writing=False) as engine:
        assert latest(engine).snapshot.taken_at == after(179)
    assert len(told(crashed)) == 11
    assert check(crashed) == ()
    recording(crashed)
    assert check(crashed) == ()


def test_a_damaged_index_of_the_log_is_made_anew(crashed: Path) -> None:
    """The file beside it that readers share holds nothing of its own."""
    crashed.with_name("history.db-shm").write_bytes(b"\xff" * 32768)
    with opened(crashed, writing=False) as engine:
        assert latest(engine).snapshot.taken_at == after(500)
    assert check(crashed) == ()
