"""A program that is listened to while it works, on this machine."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from realhosts.waiting import wait_until

from recorder.collect.local import LocalShell
from recorder.collect.shell import End, Ended
from recorder.collect.streaming import LINE_LIMIT_BYTES, Opening, lines

LONG_SEC = 30.0


class Said:
    """A program that said these chunks."""

    def __init__(self, *chunks: bytes) -> None:
        self._chunks = chunks

    def chunks(self) -> Iterator[bytes]:
        return iter(self._chunks)


def _whole(script: str, timeout_sec: float = LONG_SEC) -> tuple[list[str], End]:
    with LocalShell().start(script.encode(), timeout_sec=timeout_sec) as running:
        return list(lines(running)), running.end


def test_output_status_and_complaint_arrive() -> None:
    """What it said, what it complained of, and its own exit status."""
    said, end = _whole("echo one; echo why >&2; printf 'two\\r\\nthree'; exit 3")
    assert (said, end) == (["one", "two", "three"], End(Ended.WHOLE, 3, "why"))


def test_a_line_arrives_while_the_program_works() -> None:
    """Nobody waits for its end to hear the beginning."""
    with LocalShell().start(b"echo first; exec sleep 600", timeout_sec=LONG_SEC) as running:
        assert next(lines(running)) == "first"


def test_time_ends_a_program_that_does_not() -> None:
    """What came before is there, and no status is made up."""
    assert _whole("echo first; exec sleep 600", 0.3) == (["first"], End(Ended.TIMEOUT, None, ""))


def test_a_program_ended_by_a_signal_has_a_status_as_shells_tell_it() -> None:
    """A shell's own way of saying it: 128 and the signal's number."""
    end = _whole("sh -c 'kill -KILL $$'")[1]
    assert (end.ended, end.status) == (Ended.WHOLE, 128 + 9)


def test_bytes_pass_unchanged() -> None:
    """An archive may be sent as it is."""
    script = b"head -c 300000 /dev/zero; printf '\\377\\n\\0'"
    with LocalShell().start(script, timeout_sec=LONG_SEC) as running:
        assert b"".join(running.chunks()) == bytes(300_000) + b"\xff\n\0"


@pytest.mark.parametrize("trap", ["", "trap '' TERM; "])
def test_nothing_is_left_behind(tmp_path: Path, trap: str) -> None:
    """Whoever stops listening ends it and all that it started, even what ignores SIGTERM."""
    note = tmp_path / "pids"
    busy = "while :; do sleep 1; done"
    script = f"{trap}({busy}) & echo $! >{note}; echo up; {busy}"
    with LocalShell().start(script.encode(), timeout_sec=LONG_SEC) as running:
        assert next(lines(running)) == "up"
    wait_until(lambda: not _lives(int(note.read_text())), "its end")


def test_a_program_may_tidy_up_when_it_is_ended(tmp_path: Path) -> None:
    """It is asked to end before it is made to."""
    note = tmp_path / "note"
    script = f"trap 'echo tidied >{note}; exit' TERM; echo up; while :; do sleep 0.05; done"
    with LocalShell().start(script.encode(), timeout_sec=LONG_SEC) as running:
        assert next(lines(running)) == "up"
    assert note.read_text() == "tidied\n"


@pytest.mark.parametrize("trap", ["", "trap '' TERM; "])
def test_a_listener_that_is_killed_leaves_nothing_behind(tmp_path: Path, trap: str) -> None:
    """The guard needs nobody to tell it, and ends what does not end at SIGTERM."""
    note = tmp_path / "pid"
    script = f"{trap}echo $$ >{note}; while :; do sleep 1; done"
    listening = (
        "from recorder.collect.local import LocalShell\n"
        f"r = LocalShell().start({script.encode()!r}, timeout_sec=60)\n"
        "for _ in r.chunks(): pass"
    )
    listener = subprocess.Popen([sys.executable, "-c", listening])
    pid = int(wait_until(lambda: note.exists() and note.read_text(), "the program to start"))
    os.kill(listener.pid, signal.SIGKILL)
    listener.wait()
    wait_until(lambda: not _lives(pid), "its end")


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_a_script_learns_that_nobody_listens() -> None:
    """Descriptor 3 is silent, and ends with the connection."""
    began = time.monotonic()
    with LocalShell().start(b"echo up; cat <&3; echo over", timeout_sec=0.3) as running:
        assert list(lines(running)) == ["up"]
    assert time.monotonic() - began < 10


@given(st.lists(st.binary(max_size=40)), st.binary(max_size=60))
def test_what_a_login_says_first_is_dropped(chunks: list[bytes], noise: bytes) -> None:
    """Wherever the pieces are cut, the script's own words come through whole."""
    opening = Opening()
    own = b"".join(chunks)
    stream = noise + b"\n" + opening.mark + b"\n" + own
    cuts = [1 + len(chunk) for chunk in chunks]
    out, at = b"", 0
    for size in (*cuts, len(stream)):
        out += opening.after(stream[at : at + size])
        at += size
    assert out == own


@given(st.text(alphabet="ab\n", max_size=50), st.integers(1, 9))
def test_lines_do_not_depend_on_where_chunks_end(text: str, size: int) -> None:
    """Each line once, an unfinished last one too."""
    data = text.encode()
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    expected = text.split("\n")
    assert list(lines(Said(*chunks))) == (expected if expected[-1] else expected[:-1])


def test_a_line_without_an_end_is_cut() -> None:
    """It costs a bounded piece of memory."""
    said = list(lines(Said(*[b"x" * 10_000] * 20)))
    assert (len("".join(said)), max(map(len, said))) == (200_000, LINE_LIMIT_BYTES)
