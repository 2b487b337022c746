"""This machine as a host: the same program, run here without SSH."""

import contextlib
import os
import selectors
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import Self

from recorder.collect.shell import Answer, End, Ended, Reading, Running
from recorder.collect.streaming import COMPLAINT_BYTES, GRACE_SEC, Opening, complaint_of

CHUNK_BYTES = 64 * 1024


class LocalShell:
    """A shell of this machine."""

    address = None
    name = "127.0.0.1"

    def run(self, script: bytes, *, until: bytes, timeout_sec: float) -> Answer:
        """Run `sh -s` here; whatever it started and left is ended with it."""
        process = subprocess.Popen(
            ["/bin/sh", "-s"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            return _converse(process, script, Reading(until), time.monotonic() + timeout_sec)
        finally:
            _end(process)

    def start(self, script: bytes, *, timeout_sec: float) -> Running:
        """Run `sh -s` here and listen to it."""
        return LocalRunning(script, timeout_sec)

    def dial(self, port: int, timeout_sec: float) -> socket.socket:
        return socket.create_connection(("127.0.0.1", port), timeout_sec)

    def close(self) -> None:
        """Nothing stays open."""


class LocalRunning:
    """A started program of this machine."""

    def __init__(self, script: bytes, timeout_sec: float) -> None:
        self._deadline = time.monotonic() + timeout_sec
        self._opening = Opening()
        self._complaint = b""
        self._end: End | None = None
        self._process = subprocess.Popen(
            ["/bin/sh", "-s"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        if self._process.stdin is not None:
            self._process.stdin.write(self._opening.guarded(script))
            self._process.stdin.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End it: its guard does, once we hang up."""
        try:
            if self._process.stdin:
                self._process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE_SEC)
        finally:
            _end(self._process)

    def chunks(self) -> Iterator[bytes]:
        out, err = self._process.stdout, self._process.stderr
        with selectors.DefaultSelector() as selector:
            for pipe in filter(None, (out, err)):
                selector.register(pipe, selectors.EVENT_READ)
            while selector.get_map():
                ready = selector.select(max(0, self._deadline - time.monotonic()))
                if not ready:
                    self._end = End(Ended.TIMEOUT, None, complaint_of(self._complaint))
                    return
                for key, _ in ready:
                    chunk = os.read(key.fd, CHUNK_BYTES)
                    if not chunk:
                        selector.unregister(key.fileobj)
                    elif key.fileobj is err:
                        self._complaint = (self._complaint + chunk)[-COMPLAINT_BYTES:]
                    elif own := self._opening.after(chunk):
                        yield own
        self._end = self._ended()

    def _ended(self) -> End:
        """Its end, once it has nothing more to say."""
        complaint = complaint_of(self._complaint)
        try:
            status = self._process.wait(max(0, self._deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            return End(Ended.TIMEOUT, None, complaint)
        whole = status >= 0
        return End(Ended.WHOLE if whole else Ended.CLOSED, status if whole else None, complaint)

    @property
    def end(self) -> End:
        if self._end is None:
            raise AssertionError
        return self._end


def _converse(
    process: subprocess.Popen[bytes], script: bytes, reading: Reading, deadline: float
) -> Answer:
    if process.stdin is None or process.stdout is None:  # as Popen was called they are there
        raise AssertionError
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(script)
        process.stdin.close()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while selector.select(max(0, deadline - time.monotonic())):
            chunk = os.read(process.stdout.fileno(), CHUNK_BYTES)
            ended = reading.add(chunk) if chunk else Ended.CLOSED
            if ended:
                return reading.answer(ended)
    return reading.answer(Ended.TIMEOUT)


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, 9)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            with contextlib.suppress(BrokenPipeError):  # what the shell left unread
                pipe.close()
    process.wait()
