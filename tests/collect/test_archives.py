"""The programs about archives, on this machine: with its own tools, and with busybox's alone."""

import gzip
import hashlib
import io
import os
import shutil
import signal
import sqlite3
import subprocess
import tarfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from realhosts.waiting import wait_until

from recorder.collect.archives import shelf
from recorder.collect.archives.excluded import EVERY_APP, OF_APP, find_test, patterns_for
from recorder.collect.archives.packing import Order, pack
from recorder.collect.archives.receiving import receive
from recorder.collect.archives.restoring import Place, fetch, restore, send
from recorder.collect.archives.script import Failed, answers, script
from recorder.collect.local import LocalShell
from recorder.collect.streaming import lines
from recorder.model.archive import Archive, Checked, Copied, Database, Folder, Packed

AT = datetime(2026, 2, 16, 3, 15, 0, tzinfo=UTC)
LATER = datetime(2026, 2, 16, 13, 2, 0, tzinfo=UTC)
NAME = "radarr-20260216T031500Z.tar.gz"
SHELL = LocalShell()
DOCS = Path(__file__).parents[2] / "docs" / "backups.md"
KEPT = ["-rf", "\x1b[31m é", "config.xml", "empty", "lnk", "odd [a]*?.txt"]
KEPT = sorted([*KEPT, "radarr.db", "sub", "sub/deep.txt", "two\nlines"])


@pytest.fixture(params=["this machine's tools", "busybox"])
def tools(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The tools that programs find first."""
    if request.param == "busybox":
        busybox = shutil.which("busybox")
        if busybox is None:
            pytest.skip("no busybox here")
        (tmp_path / "tools").mkdir()
        subprocess.run([busybox, "--install", "-s", tmp_path / "tools"], check=True)
        monkeypatch.setenv("PATH", f"{tmp_path / 'tools'}:/usr/bin:/bin")
    return str(request.param)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration folder with names that tempt a shell, and what is left out."""
    folder = tmp_path / "radarr's config"
    for name in ("sub", "empty", "logs", "MediaCover/1"):
        (folder / name).mkdir(parents=True)
    for name in ("-rf", "\x1b[31m é", "odd [a]*?.txt", "two\nlines", "sub/deep.txt"):
        (folder / name).write_text(name)
    for name in ("logs/a.txt", "sub/x.log", "bad\nname.log", "MediaCover/1/poster.jpg", "logs.db"):
        (folder / name).write_text("noise")
    (folder / "config.xml").write_text("<ApiKey>hidden</ApiKey>")
    (folder / "config.xml").chmod(0o640)
    (folder / "lnk").symlink_to("/etc/hostname")
    return folder


def database(config: Path) -> sqlite3.Connection:
    """A database in it that is open, and holds rows that are still in its journal only."""
    made = sqlite3.connect(config / "radarr.db", isolation_level=None)
    made.execute("PRAGMA journal_mode=wal")
    made.execute("CREATE TABLE t (a)")
    made.executemany("INSERT INTO t VALUES (?)", [(number,) for number in range(1000)])
    return made


def folder(config: Path) -> Folder:
    return Folder("here", "radarr", "radarr", str(config), None)


def packed(config: Path, base: Path, here: Path | None = None, **how: bool) -> Packed:
    order = Order(str(base), here, how.get("stop", False), patterns_for("radarr"))
    return pack(SHELL, folder(config), order, AT, lambda _: None)


def files(place: Path) -> list[str]:
    return sorted(str(path.relative_to(place)) for path in place.rglob("*"))


def test_a_folder_is_packed_checked_and_put_back(
    tools: str,  # noqa: ARG001 - asked for its effect
    config: Path,
    tmp_path: Path,
) -> None:
    """What comes back is what was there, but for what is left out; what was there stays aside."""
    base = tmp_path / "shelf"
    opened = database(config)
    made = packed(config, base)
    size = (base / "radarr" / NAME).stat().st_size
    archive = Archive("radarr", NAME, AT, size)
    copied = (Database("radarr.db", Copied.COPIED),)
    assert (made.archive, made.trouble, made.databases) == (archive, None, copied)
    assert files(base) == ["radarr", f"radarr/{NAME}", f"radarr/{NAME}.sha256"]
    assert [oct(path.stat().st_mode & 0o777) for path in (base, *sorted(base.rglob("*")))] == [
        "0o700", "0o700", "0o600", "0o600"
    ]  # fmt: skip
    opened.close()

    (good,) = shelf.check(SHELL, "here", str(base), shelf.archives(SHELL, str(base)))
    assert good == Checked("here", archive, None, made.files, 1)

    before = files(config)
    place = Place(str(config), None)
    path = str(base / "radarr" / NAME)
    done = restore(SHELL, path, place, base=str(base), at=LATER, tell=lambda _: None)
    aside = config.with_name(f"{config.name}.before-20260216T130200Z")
    assert (done.trouble, done.aside, done.files) == (None, str(aside), made.files)
    assert files(config) == KEPT
    assert files(aside) == before
    assert (config / "config.xml").stat().st_mode & 0o777 == 0o640
    assert (config / "lnk").readlink() == Path("/etc/hostname")
    rows = sqlite3.connect(config / "radarr.db")
    assert rows.execute("SELECT count(*), sum(a) FROM t").fetchone() == (1000, 499500)
    rows.close()
    assert files(base) == ["radarr", f"radarr/{NAME}", f"radarr/{NAME}.sha256"]


def test_an_archive_is_sent_here_and_there(tools: str, config: Path, tmp_path: Path) -> None:  # noqa: ARG001
    """Byte by byte; where it was packed none of it stays."""
    base, here = tmp_path / "work", tmp_path / "far" / "shelf"
    made = packed(config, base, here)
    assert made.archive is not None
    assert files(base) == []
    assert files(here) == ["radarr", f"radarr/{NAME}", f"radarr/{NAME}.sha256"]
    assert (here.stat().st_mode & 0o777, (here / "radarr" / NAME).stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )
    fetched = fetch(SHELL, str(here), made.archive, tmp_path / "again")
    sent = Path(send(SHELL, str(tmp_path / "other"), fetched))
    assert sent.read_bytes() == (here / "radarr" / NAME).read_bytes()
    assert sent.with_name(f"{NAME}.sha256").read_bytes().split()[1] == NAME.encode()


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def reseal(path: Path) -> None:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_name(f"{path.name}.sha256").write_text(f"{digest}  {path.name}\n")


def broken_database(path: Path) -> None:
    content = (b"SQLite format 3\0" + b"\xff" * 5000,)
    _write(path, [("./radarr.db", tarfile.REGTYPE, "", content[0])])


def no_checksum(path: Path) -> None:
    path.with_name(f"{path.name}.sha256").unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])
    reseal(path)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (flip, "its checksum is another"),
        (no_checksum, "no checksum lies beside it"),
        (cut, "it can't be unpacked"),
        (broken_database, "its database radarr.db: "),
    ],
)
def test_what_is_not_as_it_was_written_is_bad(
    config: Path, tmp_path: Path, spoil: Callable[[Path], None], why: str
) -> None:
    """One flipped byte, no checksum, an end that is missing, a database that is not sound."""
    base = tmp_path / "shelf"
    packed(config, base)
    spoil(base / "radarr" / NAME)
    (found,) = shelf.check(SHELL, "here", str(base), shelf.archives(SHELL, str(base)))
    assert found.trouble is not None
    assert found.trouble.startswith(why)
    assert not (base / ".partial").exists()


Member = tuple[str, bytes, str, bytes]


def _write(path: Path, members: Sequence[Member]) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name, kind, link, content in members:
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.size = kind, link, len(content)
            tar.addfile(member, io.BytesIO(content))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(made.getvalue()))
    reseal(path)


ESCAPES: dict[str, list[Member]] = {
    "absolute": [("/tmp/escaped", tarfile.REGTYPE, "", b"x")],
    "above": [("./../escaped", tarfile.REGTYPE, "", b"x")],
    "above, deeper": [("./a/../../escaped", tarfile.REGTYPE, "", b"x")],
    "through a link": [
        ("./way", tarfile.SYMTYPE, "..", b""),
        ("./way/escaped", tarfile.REGTYPE, "", b"x"),
    ],
    "through a link to a link": [
        ("./one", tarfile.SYMTYPE, "two", b""),
        ("./two", tarfile.SYMTYPE, "..", b""),
        ("./one/escaped", tarfile.REGTYPE, "", b"x"),
    ],
    "a second name": [("./mine", tarfile.LNKTYPE, "../outside", b"")],
    "an absolute second name": [("./mine", tarfile.LNKTYPE, "/etc/hostname", b"")],
}


@pytest.mark.parametrize("way", ESCAPES)
def test_an_archive_that_reaches_outside_is_refused(
    tools: str, config: Path, tmp_path: Path, way: str
) -> None:
    """Before anything of it is unpacked; the folder stays as it is.

    What some tars take off names by themselves is refused as what the archive does not hold.
    """
    base = tmp_path / "shelf"
    (tmp_path / "outside").write_text("mine")
    _write(base / "radarr" / NAME, ESCAPES[way])
    before = files(tmp_path)
    path = str(base / "radarr" / NAME)
    done = restore(
        SHELL, path, Place(str(config), None), base=str(base), at=LATER, tell=lambda _: None
    )
    assert done.trouble is not None
    if "link" in way or ("second" not in way and tools != "busybox"):
        assert "it would write outside its folder" in done.trouble
    assert files(tmp_path) == before


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """And leaves nothing."""
    made = packed(tmp_path / "none", tmp_path / "shelf")
    assert made.trouble == f"there is no folder {tmp_path / 'none'}"
    assert files(tmp_path) == []


def test_archives_do_not_lie_in_what_is_packed_or_replaced(config: Path, tmp_path: Path) -> None:
    """Else each would hold the others, and a restore would move them away."""
    base = config / "shelf"
    why = f"archives may not lie in {config} itself: name another --folder"
    before = files(config)
    assert packed(config, base).trouble == why
    assert files(config) == sorted([*before, "shelf"])
    base.rmdir()
    assert packed(config, tmp_path / "shelf").well
    path = str(tmp_path / "shelf" / "radarr" / NAME)
    place = Place(str(tmp_path), None)
    done = restore(SHELL, path, place, base=str(base), at=LATER, tell=lambda _: None)
    assert done.trouble == why.replace(str(config), str(tmp_path))


def test_two_runs_do_not_meet(config: Path, tmp_path: Path) -> None:
    """While one works in an archive folder the next leaves it alone; a dead one's is cleared."""
    place = tmp_path / "shelf" / ".partial"
    place.mkdir(parents=True)
    (place / "copy").write_text("half")
    sleeper = subprocess.Popen(
        ["sh", "-c", "read -r _", "media-recorder-archives"], stdin=subprocess.PIPE
    )
    (place / "pid").write_text(str(sleeper.pid))
    made = packed(config, tmp_path / "shelf")
    assert made.trouble == f"another run works in {tmp_path / 'shelf'}; try again when it is done"
    assert (place / "copy").read_text() == "half"
    sleeper.communicate()
    made = packed(config, tmp_path / "shelf")
    assert made.well
    assert made.notes == (f"cleared what a run that was killed left in {tmp_path / 'shelf'}",)
    assert not place.exists()


def test_a_restore_that_was_killed_is_undone_by_the_next_run(config: Path, tmp_path: Path) -> None:
    """The folder that was already aside is back in its place."""
    base = tmp_path / "shelf"
    aside = config.with_name(f"{config.name}.before-20260101T000000Z")
    (base / ".partial").mkdir(parents=True)
    (base / ".partial" / "pid").write_text("0")
    (base / ".partial" / "moved").write_text(f"{config}\n{aside}\n")
    before = files(config)
    config.rename(aside)
    assert packed(config, base).trouble == f"there is no folder {config}"
    assert answers(SHELL, "check", [str(base), ".", "none"], 60) != []
    assert files(config) == before


ENGINE = """#!/bin/sh
# Stands in for Docker: one container, whose state is a file.
case $1 in
    inspect) cat "$STATE" ;;
    stop) echo exited >"$STATE" ;;
    start) sleep 0.3 && echo running >"$STATE" ;;
esac
"""
HELD = """#!/bin/sh
# A tar that never gets done with copying.
case $* in *--no-recursion*) exec sleep 600 ;; esac
exec /bin/tar "$@"
"""


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state of the one container there is."""
    (tmp_path / "bin").mkdir()
    _program(tmp_path / "bin" / "docker", ENGINE)
    (tmp_path / "state").write_text("running\n")
    monkeypatch.setenv("STATE", str(tmp_path / "state"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return tmp_path / "state"


def _program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


@pytest.mark.parametrize("how", ["hung up", "killed"])
def test_a_container_that_was_stopped_is_started_again(
    config: Path, tmp_path: Path, state: Path, how: str
) -> None:
    """Where we hang up, by the program itself; where that is killed, by the next run."""
    base = tmp_path / "shelf"
    _program(tmp_path / "bin" / "tar", HELD)
    asked = script(
        "pack", [str(base), "radarr", NAME, str(config), "radarr", "stop", "keep", "-false"]
    )
    with SHELL.start(asked, timeout_sec=60) as running:
        assert next(lines(running)) == "stopped radarr"
        assert state.read_text() == "exited\n"
        if how == "killed":
            program = Path("/proc", (base / ".partial" / "pid").read_text().strip())
            os.kill(int(program.name), signal.SIGKILL)
            wait_until(lambda: not program.exists(), "the program's end")
    (tmp_path / "bin" / "tar").unlink()
    if how == "hung up":
        wait_until(lambda: state.read_text() == "running\n", "the container to run")
        return
    assert state.read_text() == "exited\n"
    order = Order(str(base), None, stop=False, excluded=())
    made = pack(SHELL, Folder("here", "radarr", "radarr", str(config), "radarr"), order, AT, print)
    assert made.well
    assert state.read_text() == "running\n"


@pytest.mark.parametrize("starts", [True, False])
def test_a_restore_stops_and_starts_the_container(
    config: Path, tmp_path: Path, state: Path, *, starts: bool
) -> None:
    """One that does not start again is told, and is no success."""
    base = tmp_path / "shelf"
    assert packed(config, base).well
    if not starts:
        _program(tmp_path / "bin" / "docker", ENGINE.replace("start) ", "start) exit 1; "))
    told: list[str] = []
    place, path = Place(str(config), "radarr"), str(base / "radarr" / NAME)
    done = restore(SHELL, path, place, base=str(base), at=LATER, tell=told.append)
    assert (done.trouble, done.left_stopped) == (None, not starts)
    assert state.read_text() == ("running\n" if starts else "exited\n")
    words = [line.split()[0] for line in told]
    last = "started" if starts else "left-stopped"
    assert words == ["unpacked", "stopped", "aside", "restored", last]


def test_what_a_lost_way_leaves_is_not_known(config: Path, tmp_path: Path, state: Path) -> None:  # noqa: ARG001
    """A restore whose program was killed does not claim that all is as it was."""
    base = tmp_path / "shelf"
    assert packed(config, base).well
    suicide = 'stop) kill -KILL "$(cat "$BASE/.partial/pid")"; '
    _program(
        tmp_path / "bin" / "docker", ENGINE.replace("stop) ", suicide).replace("$BASE", str(base))
    )
    place, path = Place(str(config), "radarr"), str(base / "radarr" / NAME)
    done = restore(SHELL, path, place, base=str(base), at=LATER, tell=lambda _: None)
    assert (done.certain, done.aside) == (False, None)


def test_a_container_that_does_not_run_holds_still(
    config: Path, tmp_path: Path, state: Path
) -> None:
    """Its databases are copied as files, with their journals; nothing is started."""
    database(config)
    state.write_text("exited\n")
    order = Order(str(tmp_path / "shelf"), None, stop=True, excluded=("logs.db",))
    told: list[str] = []
    where = Folder("here", "radarr", "radarr", str(config), "radarr")
    made = pack(SHELL, where, order, AT, told.append)
    assert made.well
    assert made.databases == (Database("radarr.db", Copied.STILL),)
    assert state.read_text() == "exited\n"
    assert [line for line in told if "stop" in line or "start" in line] == []


def test_a_folder_that_may_not_be_written_is_packed_and_its_copy_taken_away(
    config: Path, tmp_path: Path
) -> None:
    """Modes are the app's own affair."""
    (config / "empty").chmod(0o555)
    assert packed(config, tmp_path / "shelf").well
    assert not (tmp_path / "shelf" / ".partial").exists()


@pytest.mark.parametrize("sent", [b"short", b"other bytes of that length"])
def test_what_did_not_arrive_as_it_was_sent_gets_no_name(tmp_path: Path, sent: bytes) -> None:
    """Nothing of it stays."""
    checksum = hashlib.sha256(b"the bytes that were packed").hexdigest()
    archive = Archive("radarr", NAME, AT, 26)
    with pytest.raises(Failed):
        receive(tmp_path, archive, checksum, [sent])
    assert files(tmp_path) == ["radarr"]


def test_a_half_received_archive_is_cleared(tmp_path: Path) -> None:
    """By the next one of its service."""
    (tmp_path / "radarr").mkdir()
    (tmp_path / "radarr" / "radarr-20260101T000000Z.tar.gz.partial").write_bytes(b"half")
    checksum = hashlib.sha256(b"whole").hexdigest()
    receive(tmp_path, Archive("radarr", NAME, AT, 5), checksum, [b"wh", b"ole"])
    assert files(tmp_path) == ["radarr", f"radarr/{NAME}", f"radarr/{NAME}.sha256"]


def test_patterns_are_names_folders_or_paths(config: Path) -> None:
    """A name anywhere, a folder's name, a path from the top."""

    def found(*patterns: str) -> list[str]:
        test = ["find", ".", "(", *find_test(patterns), ")", "-print"]
        return sorted(
            subprocess.run(test, cwd=config, capture_output=True, text=True, check=True)
            .stdout.replace("bad\nname", "bad?name")
            .split()
        )

    assert found("*.log") == ["./bad?name.log", "./sub/x.log"]
    assert found("logs/") == ["./logs"]
    assert found("deep.txt/") == []
    assert found("sub/*.txt") == ["./sub/deep.txt"]
    assert found("/sub/deep.txt") == ["./sub/deep.txt"]
    assert found("/", "//") == []


def test_an_app_is_told_by_its_service_or_container() -> None:
    """And what a person adds comes on top."""
    assert patterns_for("movies", "radarr-4k", ["x"]) == (*EVERY_APP, *OF_APP["radarr"], "x")
    assert patterns_for("mine") == EVERY_APP


def test_the_page_lists_what_is_left_out() -> None:
    """Each app, and each pattern."""
    page = DOCS.read_text(encoding="utf-8")
    words = [*EVERY_APP, *(pattern for patterns in OF_APP.values() for pattern in patterns)]
    assert [word for word in words if f"`{word}`" not in page] == []
    assert [app for app in OF_APP if app not in page] == []
