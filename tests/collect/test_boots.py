"""When a host booted: what its own records say, and how they are asked."""

import os
import shutil
import struct
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.collect.boots import SCRIPT, ask_boots, read_boots
from recorder.collect.probe import request
from recorder.collect.shell import Ended
from recorder.model.past import Boot, Source

from .examples import FakeShell
from .programs import NOBODY, SHELLS

FOLDER = Path(__file__).with_name("boots")
MARK = "0123456789abcdef0123456789abcdef"
LAST = """reboot   system boot  6.1.0-18-amd64   Mon Feb  9 10:00:07 2026   still running
reboot   system boot  6.1.0-17-amd64   Sun Jan 18 03:12:44 2026 - crash   (22+06:46)
"""
JOURNAL = (
    " -1 4b5e8f00aa11bb22cc33dd44ee55ff66 Thu 2026-01-08 18:40:11 UTC—Sun 2026-01-18 03:12:01 UTC\n"
)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _boots(source: Source, *times: str) -> tuple[Boot, ...]:
    return tuple(Boot(_at(text), source) for text in times)


SAID = {
    "debian-12": _boots(
        Source.WTMP, "2025-12-31T23:59:58", "2026-01-18T03:12:44", "2026-02-09T10:00:07"
    ),
    "raspberry-pi": _boots(Source.WTMP, "1970-01-01T00:00:03", "2026-02-03T20:15:10"),
    "debian-13-journal": _boots(
        Source.JOURNAL, "2026-01-08T18:40:11", "2026-01-18T03:12:40", "2026-02-09T10:00:02"
    ),
    "ubuntu-22-both": (
        *_boots(Source.JOURNAL, "2026-01-18T03:12:40"),
        *_boots(Source.WTMP, "2026-02-09T10:00:07"),
    ),
    "not-allowed": (),
}


@pytest.mark.parametrize("name", [path.stem for path in sorted(FOLDER.glob("*.txt"))])
def test_each_answer_says_what_it_says(name: str) -> None:
    """Boots of both records, oldest first, one boot once; what is no boot is passed over."""
    assert read_boots((FOLDER / f"{name}.txt").read_bytes(), MARK) == SAID[name]


TIMES = st.integers(0, 4_000_000_000).map(lambda ts: datetime.fromtimestamp(ts, UTC))


def _record(at: str) -> bytes:
    """A boot as utmp(5) lays it out: type 2, the line "~", the user "reboot"."""
    words = (b"~", b"~~", b"reboot", b"6.1.0-18-amd64")
    seconds = int(_at(at).timestamp())
    return struct.pack("<hxxi32s4s32s256shhiii16x20x", 2, 0, *words, 0, 0, 0, seconds, 0)


@pytest.mark.skipif(shutil.which("last") is None, reason="there is no last(1) here")
def test_what_the_real_last_prints_is_read(tmp_path: Path) -> None:
    """Of the kernel's own record of boots, by the program that hosts have."""
    file, times = tmp_path / "wtmp", ("2026-01-18T03:12:44", "2026-02-09T10:00:07")
    file.write_bytes(b"".join(map(_record, times)))
    told = subprocess.run(
        ["last", "-x", "-F", "-f", file, "reboot"],
        capture_output=True,
        check=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC0"},
    ).stdout
    answer = b"\n%(m)s wtmp\n%(told)s\n%(m)s journal\n\n%(m)s end\n" % {
        b"m": MARK.encode(),
        b"told": told,
    }
    assert read_boots(answer, MARK) == _boots(Source.WTMP, *times)


@given(st.lists(TIMES, max_size=6), st.sampled_from([Source.WTMP, Source.JOURNAL]))
def test_any_boots_come_back(times: list[datetime], source: Source) -> None:
    """Each time that was printed is read as it was, but for those of one boot."""
    lines = [
        f"reboot   system boot  6.1.0   {at:%a %b} {at.day:2} {at:%H:%M:%S %Y} - crash (1+00:00)"
        if source is Source.WTMP
        else f"{-number:3} {number:032x} {at:%a %Y-%m-%d %H:%M:%S} UTC Mon 2026-02-16 12:00:00 UTC"
        for number, at in enumerate(times)
    ]
    output = "\n".join(["", f"{MARK} {source}", *lines, f"{MARK} end", ""])
    boots = read_boots(output.encode(), MARK)
    assert {boot.at for boot in boots} <= set(times)
    assert all(any(abs((boot.at - at).total_seconds()) <= 300 for boot in boots) for at in times)
    assert [boot.at for boot in boots] == sorted(boot.at for boot in boots)


@given(st.binary(max_size=400))
def test_any_bytes_are_read(noise: bytes) -> None:
    """No answer makes the reading fail, or a boot of what is none."""
    framed = f"{MARK} wtmp\n".encode() + noise + f"\n{MARK} journal\n".encode() + noise
    assert read_boots(noise, MARK) == ()
    assert len(read_boots(framed, MARK)) <= noise.count(b"\n") + 1


def _told(folder: Path, shell: str, programs: Mapping[str, str], **limits: int) -> tuple[Boot, ...]:
    """What the script tells, run by a shell as nobody among these programs alone."""
    folder.chmod(0o755)
    for tool in ("head", "tail", "timeout", "sleep"):
        (folder / tool).symlink_to(shutil.which(tool) or "")
    for name, text in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}")
        (folder / name).chmod(0o755)
    script = SCRIPT.read_bytes().replace(b"PATH=$PATH:/usr/local/bin:", b"PATH=$PATH #")
    script = script.replace(b"/var/log/wtmp", str(folder / "wtmp").encode())
    for name, limit in limits.items():
        text = next(line for line in script.split(b"\n") if line.startswith(f"{name}=".encode()))
        script = script.replace(text, f"{name}={limit}".encode())
    (folder / "wtmp").touch()
    command = [shutil.which(SHELLS[shell][0]) or "", *SHELLS[shell][1:]]
    root = os.geteuid() == 0
    done = subprocess.run(
        command,
        input=request(MARK, "boots") + script,
        capture_output=True,
        env={"PATH": str(folder)},
        timeout=20,
        check=True,
        user=NOBODY if root else None,
        group=NOBODY if root else None,
        extra_groups=[] if root else None,
    )
    assert done.stdout.endswith(f"\n{MARK} end\n".encode())
    return read_boots(done.stdout, MARK)


def _says(text: str) -> str:
    return f"while read -r line; do printf '%s\\n' \"$line\"; done <<'EOF'\n{text}EOF\n"


def _wtmp_by(shell: str) -> tuple[Boot, ...]:
    """What a shell finds in it: Debian's busybox takes its own `last`, which can't, before ours."""
    times = () if shell == "busybox" else ("2026-01-18T03:12:44", "2026-02-09T10:00:07")
    return _boots(Source.WTMP, *times)


def test_every_shell_asks_both_records(shell: str, folder: Path) -> None:
    """As nobody, with only what a small host has; times are asked for in UTC."""
    last = f'[ "$TZ $*" = "UTC0 -x -F -f {folder}/wtmp reboot" ] || exit 1\n{_says(LAST)}'
    journal = f'[ "$TZ $*" = "UTC0 --list-boots --no-pager --utc" ] || exit 1\n{_says(JOURNAL)}'
    assert _told(folder, shell, {"last": last, "journalctl": journal}) == (
        *_boots(Source.JOURNAL, "2026-01-08T18:40:11"),
        *_wtmp_by(shell),
    )


def test_a_host_with_neither_tells_nothing(shell: str, folder: Path) -> None:
    """Busybox's own last knows no such options; that is no boot, and no failure."""
    usage = "echo 'last: invalid option -- x' >&2\nexit 1\n"
    assert _told(folder, shell, {"last": usage}) == ()


def test_a_record_that_hangs_costs_its_limit_and_no_more(shell: str, folder: Path) -> None:
    """What the other record says is told all the same."""
    programs = {"last": _says(LAST), "journalctl": "exec sleep 600\n"}
    assert _told(folder, shell, programs, JOURNAL_LIMIT=1) == _wtmp_by(shell)


@pytest.mark.parametrize(
    ("ended", "boots"),
    [
        (Ended.WHOLE, _boots(Source.WTMP, "2026-01-18T03:12:44", "2026-02-09T10:00:07")),
        (Ended.TIMEOUT, _boots(Source.WTMP, "2026-01-18T03:12:44", "2026-02-09T10:00:07")),
        (Ended.TOO_LONG, ()),
    ],
)
def test_what_had_arrived_in_time_is_told(ended: Ended, boots: tuple[Boot, ...]) -> None:
    """An answer cut short by time tells what it held; a flood tells nothing."""
    shell = FakeShell(lambda mark: f"\n{mark} wtmp\n{LAST}", ended=ended)
    assert ask_boots(shell) == boots
