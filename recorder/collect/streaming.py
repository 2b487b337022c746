"""A program on a host that is listened to while it works: what `Shell.start` feeds to `sh -s`.

The script runs under a guard that holds the other end of our connection. Once that ends, because
we have heard enough, were killed or lost the way, the guard ends the script and all it started:
SIGTERM, and three seconds later SIGKILL, to the process group that every login has to itself. A
script may read descriptor 3 to learn the same: it holds nothing and ends with the connection.
"""

import os
from collections.abc import Iterator

from recorder.collect.shell import Running

GRACE_SEC = 4.0  # the guard's three seconds, and a moment
COMPLAINT_BYTES = 500
LINE_LIMIT_BYTES = 64 * 1024
GUARDED = b"""{
exec 3<&0 </dev/null
trap : TERM
(
    trap '' TERM
    cat <&3
    kill -TERM 0
    sleep 3
    kill -KILL 0
) >/dev/null 2>&1 &
printf '\\n%s\\n' MARK
(
SCRIPT
)
exit
}
"""


class Opening:
    """Drops what a login says before the script's first word."""

    def __init__(self) -> None:
        self.mark = os.urandom(16).hex().encode()
        self._line = b"\n" + self.mark + b"\n"
        self._before: bytes | None = b"\n"

    def guarded(self, script: bytes) -> bytes:
        """The script under its guard."""
        return GUARDED.replace(b"MARK", self.mark).replace(b"SCRIPT", script)

    def after(self, chunk: bytes) -> bytes:
        """What of a chunk is the script's own."""
        if self._before is None:
            return chunk
        before, found, rest = (self._before + chunk).partition(self._line)
        if found:
            self._before = None
            return rest
        self._before = before[-len(self._line) :]
        return b""


def complaint_of(said: bytes) -> str:
    """The end of a standard error, as text."""
    return said[-COMPLAINT_BYTES:].decode("utf-8", "replace").strip()


def lines(running: Running) -> Iterator[str]:
    """A started program's output as lines of text, each as soon as it is whole; raw, not escaped.

    One that never ends is cut at 64 KiB.
    """
    rest = b""
    for chunk in running.chunks():
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield _text(line)
        while len(rest) > LINE_LIMIT_BYTES:
            yield _text(rest[:LINE_LIMIT_BYTES])
            rest = rest[LINE_LIMIT_BYTES:]
    if rest:
        yield _text(rest)


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").removesuffix("\r")
