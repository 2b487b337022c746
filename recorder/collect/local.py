"""This machine as a host: the same program, run here without SSH."""

import contextlib
import os
import selectors
import socket
import subprocess
import time

from recorder.collect.shell import Answer, Ended, Reading

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

    def dial(self, port: int, timeout_sec: float) -> socket.socket:
        return socket.create_connection(("127.0.0.1", port), timeout_sec)

    def close(self) -> None:
        """Nothing stays open."""


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
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with contextlib.suppress(BrokenPipeError):  # what the shell left unread
                pipe.close()
    process.wait()
