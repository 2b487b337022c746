"""This machine as a host: every answer comes to an end, and nothing stays behind."""

import os
import socket
import threading
import time
from pathlib import Path

import pytest

from recorder.collect import local
from recorder.collect.local import LocalShell
from recorder.collect.shell import ANSWER_LIMIT_BYTES, Answer, Ended, Reading

END = b"mark end"


def _run(script: str, timeout_sec: float = 10) -> Answer:
    return LocalShell().run(script.encode(), until=END, timeout_sec=timeout_sec)


def test_an_answer_is_whole_at_its_closing_line() -> None:
    """The answer ends with its closing line, though the program goes on."""
    answer = _run("echo first; echo mark end; exec sleep 600")
    assert answer == Answer(b"first\nmark end\n", Ended.WHOLE)


def test_words_within_a_line_close_nothing() -> None:
    """Only a line that equals the closing line is one."""
    answer = _run("echo not mark end; echo mark end or not; echo mark endless")
    assert answer == Answer(b"not mark end\nmark end or not\nmark endless\n", Ended.CLOSED)


def test_an_answer_cut_by_time_holds_what_came() -> None:
    """What arrived in time is kept."""
    began = time.monotonic()
    answer = _run("echo first; exec sleep 600", timeout_sec=0.3)
    assert answer == Answer(b"first\n", Ended.TIMEOUT)
    assert time.monotonic() - began < 5


def test_a_flood_is_cut_off() -> None:
    """A program that never stops talking is not listened to for ever."""
    answer = _run("exec yes")
    assert answer.ended is Ended.TOO_LONG
    assert ANSWER_LIMIT_BYTES < len(answer.output) <= ANSWER_LIMIT_BYTES + local.CHUNK_BYTES


def test_seventeen_mebibytes_are_too_long() -> None:
    """The limit holds for one long line too."""
    assert _run("head -c 17825792 /dev/zero; echo; echo mark end").ended is Ended.TOO_LONG


def test_a_program_that_ends_early_says_so() -> None:
    """An answer without its closing line is closed, also where most of the script went unread."""
    assert _run("echo first; exit 3\n" + "# more\n" * 50_000) == Answer(b"first\n", Ended.CLOSED)


def test_bytes_that_are_no_text_pass_through() -> None:
    """Whatever a host sends is kept as it came."""
    assert _run(r"printf '\377\000\n'; echo mark end").output == b"\xff\x00\nmark end\n"


@pytest.mark.parametrize("ending", ["echo mark end", "sleep 600", "exit 1", "yes"])
def test_nothing_is_left_behind(ending: str, tmp_path: Path) -> None:
    """What the program started in the background is gone when its answer is here."""
    fifo = tmp_path / "held"
    os.mkfifo(fifo)
    # Opened for writing by the background process alone: reading ends once that is gone.
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    _run(f"exec 9>'{fifo}'; sleep 600 9>&9 & exec 9>&-; echo up >'{fifo}'; {ending}", 0.5)
    os.set_blocking(reader, True)
    read = []
    waiting = threading.Thread(target=lambda: read.append(_to_the_end(reader)), daemon=True)
    waiting.start()
    waiting.join(5)
    assert read == [b"up\n"]
    os.close(reader)


def _to_the_end(descriptor: int) -> bytes:
    read = b""
    while chunk := os.read(descriptor, 100):
        read += chunk
    return read


def test_dial_reaches_this_machines_own_ports() -> None:
    """A port of localhost is dialled straight."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        connection = LocalShell().dial(server.getsockname()[1], 1)
        peer, _ = server.accept()
        with connection, peer:
            connection.sendall(b"hello")
            assert peer.recv(5) == b"hello"


def test_reading_does_not_care_where_chunks_end() -> None:
    """The closing line is found wherever it was cut on its way."""
    whole = b"a\nmark end\n"
    for size in range(1, len(whole) + 1):
        reading = Reading(END)
        said = [reading.add(whole[at : at + size]) for at in range(0, len(whole), size)]
        assert said == [None] * (len(said) - 1) + [Ended.WHOLE]
        assert reading.answer(Ended.WHOLE) == Answer(whole, Ended.WHOLE)


def test_the_closing_line_may_come_first() -> None:
    """An answer of nothing else is whole."""
    assert Reading(END).add(b"mark end\n") is Ended.WHOLE


def test_a_complaint_is_its_end() -> None:
    """Of a long complaint the last words are told."""
    answer = Reading(END).answer(Ended.CLOSED, b"x" * 5000 + b" not found \n")
    assert answer.complaint == "x" * 490 + " not found"
