"""The probe itself, run by the shells that hosts have: what it tells, and what it leaves alone."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import pytest

from recorder.collect.look import HostLook
from recorder.collect.mounts import Reply, Space

from .programs import HANGS, Machine, lists

ODD_NAMES = (
    "a b",
    "two  blanks",
    "quote's",
    'double"quotes',
    "new\nline",
    "tab\tbed",
    "back\\slash",
    "$(touch executed)",
    "`touch executed`",
    "; touch executed;",
    "-n",
    "--help",
    "*",
    "%s%n",
    "Smörgåsbord",
    "{a,b}",
    "~",
)
VOLATILE = {"uptime_sec", "load_1min", "memory_available_bytes", "clock_offset_sec"}
MOUNTS = r"""26 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
27 26 8:2 / /boot rw,relatime - ext4 /dev/sda2 rw
28 26 0:5 / /proc rw - proc proc rw
29 26 8:3 / {folder}/a\040disk rw,relatime shared:2 - ext4 /dev/sdb1 rw
30 26 8:3 /sub /bound rw,relatime shared:2 - ext4 /dev/sdb1 rw
31 26 0:40 / {folder}/back\134slash rw,relatime shared:3 - nfs4 pve:/media rw,vers=4.2
34 26 0:43 / {folder}/st*r rw,relatime - fuse.mergerfs pool rw
32 26 0:41 / /var/lib/docker/overlay2/x rw - overlay overlay rw
33 26 0:42 / /run/user/0 rw - tmpfs tmpfs rw
"""


def _steady(look: HostLook) -> Mapping[str, object]:
    """What does not change between two looks."""
    steady = {key: value for key, value in asdict(look.host).items() if key not in VOLATILE}
    spaces = {
        path: (space.reply, space.total_bytes, space.error) for path, space in look.spaces.items()
    }
    return {"host": steady, "entries": look.entries, "spaces": spaces, "found": look.found}


def test_every_shell_tells_the_same(shell: str, folder: Path) -> None:
    """A host with busybox or bash is seen as one with dash."""
    paths = ["/", str(folder), "/nowhere/at/all"]
    programs = {"docker": lists("radarr")}
    (folder / "reference").mkdir()
    reference = Machine(folder / "reference", "dash", programs).ask(paths, search=True)
    look = Machine(folder, shell, programs).ask(paths, search=True)
    assert _steady(look) == _steady(reference)
    assert look.containers == reference.containers
    assert look.host.clock_offset_sec is not None
    assert look.host.clock_offset_sec > 1_700_000_000


def test_odd_paths_are_asked_and_never_run(shell: str, folder: Path) -> None:
    """A path's name is a name: no shell on its way takes a word of it for an order."""
    places = [folder / "odd" / name for name in ODD_NAMES]
    for place in places:
        place.mkdir(parents=True)
    machine = Machine(folder, shell, {})
    before = sorted(folder.rglob("*"))
    look = machine.ask([str(place) for place in places])
    assert {path: space.reply for path, space in look.spaces.items()} == {
        str(place): Reply.OK for place in places
    }
    assert sorted(folder.rglob("*")) == before
    assert not Path("executed").exists()


@pytest.mark.parametrize("path", ["-rf", "--help", "new\nline", "a: b", "$(touch executed)"])
def test_a_missing_path_says_so(path: str, shell: str, folder: Path) -> None:
    """What is not there is an error of that path, whatever it is called."""
    space = Machine(folder, shell, {}).ask([path, "/"]).spaces
    assert (space[path].reply, space[path].error) == (Reply.ERROR, "No such file or directory")
    assert space["/"].reply is Reply.OK


@pytest.mark.parametrize("shell", ["dash", "bash"])  # busybox asks by itself, never our stat
@pytest.mark.parametrize(
    "complaint", ["unrecognized option: c", "invalid option -- 'c'", "unrecognized option '-c'"]
)
def test_a_tool_that_cannot_ask_says_so(shell: str, folder: Path, complaint: str) -> None:
    """Its own complaint arrives, not the end of the page on its use behind it."""
    stat = f'echo "stat: {complaint}" >&2\necho "Usage: stat [-f] FILE..." >&2\nexit 1\n'
    space = Machine(folder, shell, {"stat": stat}).ask(["/"]).spaces["/"]
    assert (space.reply, space.error) == (Reply.UNASKED, f"stat: {complaint}")


def test_nothing_is_written(shell: str, folder: Path) -> None:
    """A look makes no file, neither where it runs nor in the home it has."""
    home = folder / "home"
    home.mkdir()
    home.chmod(0o777)
    machine = Machine(folder, shell, {"docker": lists("radarr")})
    before = sorted(folder.rglob("*"))
    machine.ask([str(home)], search=True, HOME=str(home), TMPDIR=str(home))
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("shell", ["dash", "bash"])  # busybox asks by itself, never our stat
def test_a_path_that_hangs_costs_its_limit_and_nothing_else(shell: str, folder: Path) -> None:
    """The path is hung, its neighbour answers, and the question is ended with its time."""
    real = shutil.which("stat")
    stat = f'case "$*" in *hanging*) {HANGS} ;; esac\nexec {real} "$@"\n'
    machine = Machine(folder, shell, {"stat": stat, "docker": lists("radarr")})
    look = machine.ask(["/hanging", "/"], LOOK=str(folder))
    space = look.spaces["/hanging"]
    assert (space.reply, space.error) == (Reply.HUNG, "no answer in 1 s")
    assert look.spaces["/"].reply is Reply.OK
    assert [found.name for found in look.containers] == ["radarr"]
    assert _processes_with(f"LOOK={folder}") == []


def _processes_with(variable: str) -> list[str]:
    """The processes that hold this in their environment."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if variable.encode() in environ.read_bytes():
                found.append(environ.parent.joinpath("cmdline").read_text())
        except OSError:
            continue
    return found


def test_a_path_is_not_asked_again_while_a_question_hangs(shell: str, folder: Path) -> None:
    """A dead server gathers one stuck process a path, not one a look."""
    neighbour = str(folder / "bin")
    (folder / "stat").symlink_to(os.path.realpath(sys.executable))
    asks = ["-c", "input()", "media-recorder", "--"]
    with (
        subprocess.Popen([folder / "stat", *asks, folder], stdin=subprocess.PIPE) as stuck,
        subprocess.Popen([sys.executable, *asks, neighbour], stdin=subprocess.PIPE) as other,
    ):
        machine = Machine(folder, shell, {})
        fresh = machine.ask([str(folder)]).spaces
        machine.edits[b"STUCK_AGE=310 "] = b"STUCK_AGE=-1 "
        later = machine.ask([str(folder), neighbour]).spaces
        stuck.communicate(b"\n")
        other.communicate(b"\n")
    told = "an earlier question to it still hangs"
    assert fresh[str(folder)].reply is Reply.OK
    assert later[str(folder)] == Space(Reply.HUNG, error=told)
    assert later[neighbour].reply is Reply.OK


def test_disks_and_network_mounts_are_found(shell: str, folder: Path) -> None:
    """Each disk once and each network mount, whatever their paths are called; no pseudo files."""
    for name in ("a disk", "back\\slash", "st*r", "star"):
        (folder / name).mkdir()
    told = folder / "mountinfo"
    told.write_text(MOUNTS.replace("{folder}", str(folder)))
    machine = Machine(folder, shell, {})
    machine.edits[b"/proc/self/mountinfo"] = str(told).encode()
    look = machine.ask(search=True)
    names = ("a disk", "back\\slash", "st*r")
    assert look.found == ("/", *(f"{folder}/{name}" for name in names))
    assert {path: look.spaces[path].reply for path in look.found} == dict.fromkeys(
        look.found, Reply.OK
    )
    assert [entry.fs_type for entry in (look.entries or {}).values()] == [
        "ext4",
        "ext4",
        "ext4",
        "ext4",
        "nfs4",
        "fuse.mergerfs",
        "tmpfs",
    ]


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_a_machine_without_proc_tells_what_it_can(shell: str, folder: Path) -> None:
    """A Mac has neither /proc nor GNU's stat: df and sysctl speak, and nothing stands for zero."""
    sysctl = "echo '{ sec = 1000000000, usec = 0 } Sun Sep  9 01:46:40 2001'\n"
    machine = Machine(folder, shell, {"sysctl": sysctl, "stat": "echo BSD >&2; exit 1\n"})
    machine.edits[b"/proc/"] = b"/nowhere/"
    look = machine.ask(["/", "/nowhere"], search=True)
    disk = shutil.disk_usage("/")
    assert look.entries is None
    assert look.found == ("/",)
    assert look.spaces["/nowhere"].reply is Reply.ERROR
    assert look.spaces["/nowhere"].error == "No such file or directory"
    assert look.spaces["/nowhere"].total_bytes is None
    assert look.spaces["/"].reply is Reply.OK
    assert look.spaces["/"].total_bytes == pytest.approx(disk.total, rel=0.1)
    assert look.host.boot_id is None
    assert (look.host.uptime_sec or 0) + 1_000_000_000 == look.host.clock_offset_sec


def test_many_paths_are_asked_side_by_side(shell: str, folder: Path) -> None:
    """Lines of answers that arrive at once do not run into each other."""
    places = [folder / str(number) for number in range(40)]
    for place in places:
        place.mkdir()
    machine = Machine(folder, shell, {})
    machine.edits[b"PATH_LIMIT=3 "] = b"PATH_LIMIT=15 "
    spaces = machine.ask([str(place) for place in places]).spaces
    assert [space.reply for space in spaces.values()] == [Reply.OK] * 40
    assert all(space.total_bytes for space in spaces.values())
