"""media.backup.* on real hosts: a service that writes while it is packed, kills, a full disk."""

import contextlib
import json
import re
import signal
import sqlite3
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from realhosts import Lab
from realhosts.cells import Cell
from realhosts.waiting import wait_until

from stack.ops import Document, Ops, bound, processes

HOST, ADDRESS = "download-stack", "192.0.2.209"
CONFIG = "/home/ubuntu/scribe"
SHELF = "/home/ubuntu/media-backups"
NAME = re.compile(r"scribe-\d{8}T\d{6}Z\.tar\.gz")
# Rows 1, 2, 3, ... for as long as it lives, each a transaction, as an app writes them.
WRITER = """
import itertools, sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
for number in itertools.count(1):
    database.execute("INSERT INTO line VALUES (?, hex(randomblob(200)))", (number,))
    time.sleep(0.001)
"""
LOCK = """
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN EXCLUSIVE")
time.sleep(600)
"""
# As soon as something is packed, take what the disk has left.
FILLING = """
until [ -d /home/ubuntu/small/.partial/copy ]; do :; done
head -c 140000000 /dev/zero >/home/ubuntu/small/other
"""


@dataclass(frozen=True)
class Scribe:
    """A service that keeps a database at /config, on download-stack."""

    lab: Lab
    ops: Ops

    @property
    def cell(self) -> Cell:
        return self.lab.hosts[HOST].cell

    def shelf(self) -> list[str]:
        """All that lies in the archive folder."""
        return self.cell.shell(f"cd {SHELF} 2>/dev/null && find . -type f || true").split()

    def archive(self) -> str:
        """The one archive there is."""
        (name,) = [path for path in self.shelf() if path.endswith(".gz")]
        return name.removeprefix("./scribe/")

    def create(self, *options: str, code: int = 0) -> Document:
        done = self.ops("media.backup.create", "--service", "scribe", "--yes", "--json", *options)
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)["data"]["archives"][0]


def write(cell: Cell, journal: str) -> None:
    """Begin to write into the service's database."""
    cell.shell(
        f"sqlite3 {CONFIG}/scribe.db 'PRAGMA journal_mode={journal}; "
        f"CREATE TABLE line (number INTEGER, words TEXT)' >/dev/null; chown 61001:61001 {CONFIG}/*"
    )
    cell.start("setpriv", "--reuid=61001", "--regid=61001", "--clear-groups",
        "python3", "-c", WRITER, f"{CONFIG}/scribe.db", log="/var/log/writer.log")  # fmt: skip
    count = f"sqlite3 {CONFIG}/scribe.db '.timeout 9000' 'SELECT coalesce(max(rowid), 0) FROM line'"  # noqa: S608
    wait_until(lambda: int(cell.shell(count)) > 100, "the writer to write")


@pytest.fixture
def scribe(lab: Lab, ops: Ops) -> Iterator[Scribe]:
    """The service, with little in its folder; nothing of it stays."""
    made = Scribe(lab, ops.at(root(lab, "scribe", "ubuntu")))
    cell = made.cell
    cell.shell(
        f"mkdir -p {CONFIG}/MediaCover {CONFIG}/logs\n"
        f"echo '<ApiKey>hidden-0123</ApiKey>' >{CONFIG}/config.xml\n"
        f"head -c 300000 /dev/urandom >{CONFIG}/MediaCover/1.jpg\necho noise >{CONFIG}/logs/a.txt\n"
        f"printf x >{CONFIG}/\"$(printf 'esc\\033[31m\\nred')\"\n"
        f"chown -R 61001:61001 {CONFIG}; chmod 640 {CONFIG}/config.xml"
    )
    engine = lab.hosts[HOST].engine
    engine("create", "--name", "scribe", "--network", "host", f"--volume={CONFIG}:/config",
        "lab/tinker:0.1", "sleep", "2147483647")  # fmt: skip
    engine("start", "scribe")
    yield made
    cell.shell("pkill -f 'INSERT INTO line' || true")
    engine("rm", "--force", "scribe")
    cell.shell(f"rm -rf {CONFIG}* {SHELF}; rm -rf /home/ubuntu/small /home/ubuntu/x")


def root(lab: Lab, name: str, user: str, **service: object) -> Path:
    """Bindings with that one service."""
    hosts = {HOST: {"addresses": [ADDRESS], "ssh_user": user}}
    scribe = {"vm": HOST, "port": None, "health": None, **service}
    return bound(lab, name, {"version": 1, "hosts": hosts, "services": {"scribe": scribe}})


def opened(path: Path) -> tuple[str, int, int]:
    """What SQLite says of a database: its integrity, how many rows, the last row's number."""
    database = sqlite3.connect(path)
    (sound,) = database.execute("PRAGMA integrity_check").fetchone()
    count, last = database.execute("SELECT count(*), max(number) FROM line").fetchone()
    database.close()
    return sound, count, last


@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_what_is_written_meanwhile_comes_back_whole(
    scribe: Scribe, journal: str, tmp_path: Path
) -> None:
    """Restored into a fresh folder, the database is sound and holds a prefix of the rows."""
    write(scribe.cell, journal)
    made = scribe.create()
    assert NAME.fullmatch(made["name"])
    assert made["sure"] is True
    assert made["databases"] == [{"file": "scribe.db", "copied": "copied", "reason": None}]
    restored = scribe.ops("media.backup.restore", "scribe", "--into", f"{CONFIG}-2", "--yes")
    assert restored.returncode == 0, restored.stderr
    assert sorted(scribe.cell.shell(f"cd {CONFIG}-2; find . -type f").splitlines()) == [
        "./config.xml", "./esc\x1b[31m", "./scribe.db", "red"
    ]  # fmt: skip
    copy = tmp_path / "scribe.db"
    copy.write_bytes(
        (scribe.lab.hosts[HOST].folder / "home/ubuntu/scribe-2/scribe.db").read_bytes()
    )
    sound, count, last = opened(copy)
    assert (sound, count) == ("ok", last)
    assert count > 100
    mode = scribe.cell.shell(f"stat -c '%u %a' {CONFIG}-2 {CONFIG}-2/config.xml").split()
    assert mode == ["61001", "755", "61001", "640"]


def test_secrets_stay_inside(scribe: Scribe) -> None:
    """Only its owner may read an archive, and nobody is told what is in it."""
    done = scribe.ops("media.backup.create", "--yes")
    assert done.returncode == 0
    assert "hidden-0123" not in done.stdout + done.stderr
    modes = scribe.cell.shell(f"find {SHELF} -printf '%U %m\\n' | sort -u").splitlines()
    assert modes == ["61001 600", "61001 700"]


def test_without_a_yes_nothing_is_changed(scribe: Scribe) -> None:
    """No terminal and no --yes: the plan is told, the exit code is 2."""
    for words in (("create",), ("restore", "scribe", "--into", "/home/ubuntu/x")):
        if words[0] == "restore":
            scribe.create()
        before = scribe.cell.shell("find /home/ubuntu -printf '%p %T@\\n' | sort")
        done = scribe.ops(f"media.backup.{words[0]}", *words[1:])
        assert (done.returncode, done.stderr) == (
            2,
            "ops: nothing was changed; to do it, add --yes\n",
        )
        assert CONFIG in done.stdout or "/home/ubuntu/x" in done.stdout
        assert scribe.cell.shell("find /home/ubuntu -printf '%p %T@\\n' | sort") == before


def test_one_flipped_byte_is_found(scribe: Scribe) -> None:
    """A good one is said to be good, and is not any more when one byte of it differs."""
    write(scribe.cell, "wal")
    scribe.create()
    good = scribe.ops.document("media.backup.verify", code=0)["data"]["archives"]
    assert [(it["good"], it["files"], it["databases"]) for it in good] == [(True, 3, 1)]
    path = scribe.lab.hosts[HOST].folder / "home/ubuntu/media-backups/scribe" / scribe.archive()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    bad = scribe.ops.document("media.backup.verify", scribe.archive())["data"]["archives"]
    assert [(it["good"], it["reason"]) for it in bad] == [(False, "its checksum is another")]
    refused = scribe.ops("media.backup.restore", "scribe", "--yes")
    assert refused.returncode == 4
    assert f"{CONFIG} of download-stack is as it was: " in refused.stderr


def test_an_archive_is_brought_here(scribe: Scribe, tmp_path: Path) -> None:
    """As it was packed on the host, where none of it stays; and from here it is put back."""
    write(scribe.cell, "wal")
    shelf = tmp_path / "shelf"
    made = scribe.create("--to", str(shelf))
    assert scribe.shelf() == []
    files = sorted(path.name for path in (shelf / HOST / "scribe").iterdir())
    assert files == [made["name"], f"{made['name']}.sha256"]
    with tarfile.open(shelf / HOST / "scribe" / made["name"]) as archive:
        assert sum(member.isfile() for member in archive) == 3
    checked = scribe.ops.document("media.backup.verify", "--from", str(shelf), code=0)["data"]
    assert [it["good"] for it in checked["archives"]] == [True]
    into = f"{HOST}:{CONFIG}-3"
    done = scribe.ops(
        "media.backup.restore", "scribe", "--from", str(shelf), "--into", into, "--yes"
    )
    assert done.returncode == 0, done.stderr
    assert scribe.cell.shell(f"sqlite3 {CONFIG}-3/scribe.db 'PRAGMA integrity_check'") == "ok\n"
    assert scribe.shelf() == []


def test_a_restore_keeps_the_old_state_aside(scribe: Scribe) -> None:
    """The container is stopped meanwhile, and runs on what was restored."""
    scribe.create()
    scribe.cell.shell(f"echo newer >{CONFIG}/config.xml")
    started = scribe.lab.hosts[HOST].engine("inspect", "--format", "{{.State.StartedAt}}", "scribe")
    done = scribe.ops("media.backup.restore", "scribe", "--yes")
    assert done.returncode == 0, done.stderr
    (aside,) = scribe.cell.shell(f"ls -d {CONFIG}.before-*").split()
    assert f"what was there before is {aside}" in done.stdout
    assert scribe.cell.shell(f"cat {aside}/config.xml") == "newer\n"
    assert scribe.cell.shell(f"ls {aside}/MediaCover") == "1.jpg\n"
    assert "hidden" in scribe.cell.shell(f"cat {CONFIG}/config.xml")
    engine = scribe.lab.hosts[HOST].engine
    assert engine("inspect", "--format", "{{.State.Running}}", "scribe") == "true\n"
    assert engine("inspect", "--format", "{{.State.StartedAt}}", "scribe") != started
    assert "hidden" in engine("exec", "scribe", "cat", "/config/config.xml")


def test_stop_copies_a_still_database(scribe: Scribe) -> None:
    """With --stop the container is stopped while its folder is copied, and started again."""
    scribe.cell.shell(f"sqlite3 {CONFIG}/scribe.db 'CREATE TABLE line (number INTEGER)'")
    made = scribe.create("--stop")
    assert made["databases"] == [{"file": "scribe.db", "copied": "still", "reason": None}]
    asked = "SELECT arguments, exit_code, note FROM action_log ORDER BY started_ts DESC LIMIT 1"
    (row,) = json.loads(scribe.ops("media.sql", asked, "--json").stdout)["data"]["rows"]
    assert [*row.values()] == [f"--host {HOST} --service scribe --stop", 0, "1 of 1 packed"]
    engine = scribe.lab.hosts[HOST].engine
    assert engine("inspect", "--format", "{{.State.Running}}", "scribe") == "true\n"


def test_a_database_no_tool_can_copy_makes_an_archive_unsure(scribe: Scribe) -> None:
    """It is named so, told per file, exits 4, and is never what a restore takes by itself."""
    write(scribe.cell, "wal")
    tools = "$(readlink -f /usr/bin/sqlite3) $(readlink -f /usr/bin/python3)"
    with _undone(scribe.cell, f"umount {tools}"):
        scribe.cell.shell(f"for tool in {tools}; do mount --bind /dev/null $tool; done")
        made = scribe.create(code=4)
    assert made["name"].endswith(".unsure.tar.gz")
    assert made["databases"] == [
        {
            "file": "scribe.db",
            "copied": "unsure",
            "reason": "neither sqlite3 nor python3 is there",
        }
    ]
    done = scribe.ops("media.backup.restore", "scribe", "--yes")
    assert done.returncode == 2
    assert "an unsure one can be named" in done.stderr


def small(cell: Cell, size: str) -> None:
    """A small disk in ubuntu's home."""
    place = "/home/ubuntu/small"
    cell.shell(f"mkdir -p {place}; mount -t tmpfs -o size={size},uid=61001 lab {place}")


@contextlib.contextmanager
def _undone(cell: Cell, script: str) -> Iterator[None]:
    try:
        yield
    finally:
        cell.shell(script)


KILLS = {"ours": 137, "theirs": 4, "ours by Ctrl-C": 130}


@pytest.mark.parametrize("victim", KILLS)
def test_a_killed_backup_leaves_nothing_that_looks_whole(scribe: Scribe, victim: str) -> None:
    """Whichever end is killed; and the next run clears what it left, and packs."""
    held = f"{CONFIG}/held"  # a database whose copy waits until it is let go
    scribe.cell.shell(f"sqlite3 {held} 'CREATE TABLE t (a)'; chown 61001:61001 {held}")
    scribe.cell.start("python3", "-c", LOCK, held, log="/var/log/lock.log")
    taken = ("sqlite3", held, "BEGIN IMMEDIATE; ROLLBACK")
    wait_until(lambda: not scribe.cell.answers(*taken), "the lock")
    with scribe.ops.start("media.backup.create", "--service", "scribe", "--yes") as running:
        copying = f"{SHELF}/.partial/copy/held"
        wait_until(lambda: scribe.cell.answers("test", "-s", copying), "the copy to begin")
        if victim != "theirs":
            running.send(signal.SIGKILL if victim == "ours" else signal.SIGINT)
        else:
            scribe.cell.shell("pkill -KILL -f '^sh -c .*media-recorder-archives'")
        code, _, _ = running.end()
    assert code == KILLS[victim]
    asked = "SELECT exit_code FROM action_log ORDER BY started_ts DESC LIMIT 1"
    (row,) = json.loads(scribe.ops("media.sql", asked, "--json").stdout)["data"]["rows"]
    assert row["exit_code"] == (None if victim == "ours" else code)
    assert [path for path in scribe.shelf() if ".tar.gz" in path] == []
    gone = ["media-recorder-archives"]
    wait_until(lambda: not processes(scribe.cell.pid, gone), "the end of the program")
    scribe.cell.shell("pkill -f 'BEGIN EXCLUSIVE'")
    assert scribe.create()["sure"] is True
    assert [path for path in scribe.shelf() if ".partial" in path] == []
    assert len(scribe.shelf()) == 2


def test_a_killed_run_that_brings_archives_here_leaves_none(scribe: Scribe, tmp_path: Path) -> None:
    """Neither here nor on the host; the next run clears what is half received."""
    shelf = tmp_path / "shelf"
    place = shelf / HOST / "scribe"
    big = f"head -c 60000000 /dev/urandom >{CONFIG}/big; chown 61001:61001 {CONFIG}/big"
    scribe.cell.shell(big)
    words = ("media.backup.create", "--to", str(shelf), "--yes")
    with scribe.ops.start(*words) as running:
        wait_until(lambda: any(place.glob("*.partial")), "the archive to come")
        running.send(signal.SIGKILL)
        running.end()
    assert [*place.glob("*.gz")] == []
    gone = ["media-recorder-archives"]
    wait_until(lambda: not processes(scribe.cell.pid, gone), "the end of the program")
    made = scribe.create("--to", str(shelf))
    assert sorted(it.name for it in place.iterdir()) == [made["name"], f"{made['name']}.sha256"]
    assert scribe.shelf() == []


def test_a_full_disk_is_told_before_and_leaves_nothing(scribe: Scribe) -> None:
    """What does not fit is not begun; the archives that are there stay."""
    scribe.create()
    kept = scribe.shelf()
    scribe.cell.shell(f"head -c 9000000 /dev/urandom >{CONFIG}/big; chown 61001:61001 {CONFIG}/big")
    with _undone(scribe.cell, "umount /home/ubuntu/small"):
        small(scribe.cell, "20m")
        made = scribe.create("--folder", "/home/ubuntu/small", code=4)
        assert made["reason"] == "too little space: it takes 19 MB, and 21 MB are free"
        assert scribe.cell.shell("find /home/ubuntu/small -type f") == ""
    assert scribe.shelf() == kept


def test_a_disk_that_fills_up_meanwhile_leaves_nothing(scribe: Scribe) -> None:
    """No archive bears a whole one's name."""
    scribe.cell.shell(
        f"head -c 60000000 /dev/urandom >{CONFIG}/big; chown 61001:61001 {CONFIG}/big"
    )
    with _undone(scribe.cell, "umount /home/ubuntu/small"):
        small(scribe.cell, "150m")
        scribe.cell.start("sh", "-c", FILLING, log="/var/log/filling.log")
        made = scribe.create("--folder", "/home/ubuntu/small", code=4)
        assert re.search("No space left on device|the disk is full", made["reason"])
        assert scribe.cell.shell("find /home/ubuntu/small -name '*.gz*' -o -name .partial") == ""


def test_the_newest_stay(scribe: Scribe) -> None:
    """So many as were asked for; an unsure one takes no sure one away."""
    scribe.cell.shell(f"mkdir -p {SHELF}/scribe; chown -R 61001:61001 {SHELF}")
    old = [f"scribe-2026010{day}T000000Z.tar.gz" for day in range(1, 5)]
    old.append("scribe-20260105T000000Z.unsure.tar.gz")
    for name in old:
        scribe.cell.shell(f"cd {SHELF}/scribe; echo x >{name}; echo y >{name}.sha256")
    made = scribe.create("--keep", "2")
    assert made["removed"] == old[:3]
    names = [path.removeprefix("./scribe/") for path in scribe.shelf() if path.endswith(".gz")]
    assert sorted(names) == sorted([old[3], old[4], made["name"]])


def test_a_host_that_is_away_is_told(scribe: Scribe) -> None:
    """Nothing can be packed: exit code 2 and one line; none of it is called good."""
    with scribe.lab.fault("off", HOST):
        done = scribe.ops("media.backup.create", "--yes")
        checked = scribe.ops("media.backup.verify")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"ops: download-stack: .*\n", done.stderr)
    assert checked.returncode == 1


def test_root_is_used_where_it_is_needed_and_allowed(scribe: Scribe) -> None:
    """What others own keeps its owner, in the archive and when it is put back."""
    scribe.cell.shell(f"echo deep >{CONFIG}/root.only; chmod 600 {CONFIG}/root.only")
    refused = scribe.create(code=4)
    assert refused["reason"] == "may not read ./root.only"
    admin = Scribe(scribe.lab, scribe.ops.at(root(scribe.lab, "scribe-admin", "admin")))
    made = admin.create()
    assert made["sure"] is True
    shelf = "/home/admin/media-backups"
    with _undone(scribe.cell, f"rm -rf {shelf}"):
        modes = scribe.cell.shell(f"find {shelf} -printf '%U %m\n' | sort -u").splitlines()
        assert modes == ["61009 600", "61009 700"]
        done = admin.ops("media.backup.restore", "scribe", "--yes")
        assert done.returncode == 0, done.stderr
        owners = scribe.cell.shell(f"stat -c '%u %a' {CONFIG}/root.only {CONFIG}/config.xml")
        assert owners.split() == ["0", "600", "61001", "640"]


def test_a_volume_is_packed_and_put_back(scribe: Scribe) -> None:
    """A named volume at /config, fresh and empty: it holds what the archive held."""
    engine = scribe.lab.hosts[HOST].engine
    admin = Scribe(scribe.lab, scribe.ops.at(root(scribe.lab, "scribe-admin", "admin")))
    write(scribe.cell, "wal")
    admin.create()
    engine("rm", "--force", "scribe")
    with _undone(
        scribe.cell, "rm -rf /home/admin/media-backups; docker rm -f scribe; docker volume rm fresh"
    ):
        engine("create", "--name", "scribe", "--network", "host", "--volume=fresh:/config",
            "lab/tinker:0.1", "sleep", "2147483647")  # fmt: skip
        engine("start", "scribe")
        done = admin.ops("media.backup.restore", "scribe", "--yes")
        assert done.returncode == 0, done.stderr
        assert "hidden" in engine("exec", "scribe", "cat", "/config/config.xml")
        place = "/var/lib/docker/volumes/fresh/_data/scribe.db"
        assert scribe.cell.shell(f"sqlite3 {place} 'PRAGMA integrity_check'") == "ok\n"
