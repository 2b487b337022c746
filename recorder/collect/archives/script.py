"""The programs of this folder as scripts for a host, and the words they answer with."""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from recorder.collect.probe import only_looks
from recorder.collect.shell import End, Ended, Shell, Unreachable

FOLDER = Path(__file__).parent
HOME = "~/"
MOST_SAID_BYTES = 1024 * 1024  # of a line that never ends
MEGA = 1_000_000
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
BEHIND = {
    "sources": ("sources",),
    "pack": ("pack",),
    "shelf": ("shelf",),
    "send": ("send",),
    "check": ("safe", "check"),
    "restore": ("safe", "restore"),
}
# As who logged in, and again as root where that is needed and sudo lets us. It stays until its
# program is done with tidying up: once it ends, all it started is ended with it.
ASKING = """\
trap : TERM HUP INT
ASKER=$(id -u):$(id -g) ALONE=
export ASKER ALONE
worker={worker}
set -- {arguments}
sh -c "$worker" media-recorder-archives "$@" <&3
status=$?
[ "$status" -eq 77 ] || exit "$status"
if sudo -n true 2>/dev/null; then
    sudo -n env "ASKER=$ASKER" ALONE= sh -c "$worker" media-recorder-archives "$@" <&3
else
    ALONE=1 sh -c "$worker" media-recorder-archives "$@" <&3
fi
"""


class Failed(Exception):  # noqa: N818 - a state of the world, caught where it becomes a value
    """A program on a host did not do what it was asked for, and why, in a line.

    `certain`: it said so itself, and left everything as it was.
    """

    def __init__(self, why: str, *, certain: bool = True) -> None:
        super().__init__(why)
        self.certain = certain


def script(program: str, arguments: Sequence[str]) -> bytes:
    """The script that runs a program with those arguments; `~/` begins the home of who logs in."""
    parts = [FOLDER / f"{name}.sh" for name in ("work", *BEHIND[program])]
    worker = "\n".join(part.read_text(encoding="utf-8") for part in parts)
    words = " ".join(quoted(word) for word in arguments)
    return ASKING.format(worker=shlex.quote(worker), arguments=words).encode(
        "utf-8", "surrogateescape"
    )


def quoted(word: str) -> str:
    """A word of the shell; `~/` begins the home of who logs in."""
    if word.startswith(HOME):
        return f'"$HOME"/{shlex.quote(word.removeprefix(HOME))}'
    return shlex.quote(word)


class Heard:
    """A program of ours that is listened to: its words, and the bytes it may send behind them."""

    def __init__(
        self, shell: Shell, program: str, arguments: Sequence[str], timeout_sec: float
    ) -> None:
        self._timeout_sec = timeout_sec
        self._trouble: str | None = None
        try:
            self._running = shell.start(script(program, arguments), timeout_sec=timeout_sec)
        except Unreachable as failure:
            raise Failed(failure.detail) from failure
        self._chunks = self._running.chunks()
        self._rest = b""

    def __enter__(self) -> Self:
        self._running.__enter__()
        return self

    def __exit__(self, *reason: object) -> None:
        self._running.__exit__(*reason)

    def words(self) -> Iterator[tuple[str, str]]:
        """The first word of each line, and the rest of it, as they come.

        Raises Failed with what the program failed at, or with how the way to it broke.
        """
        while True:
            line, found, rest = self._rest.partition(b"\n")
            if found:
                self._rest = rest
                word, _, words = line.decode("utf-8", "replace").partition(" ")
                if word == "failed":
                    self._trouble = words
                elif word == "space":
                    self._trouble = _no_space(words)
                elif word:
                    yield word, words
                continue
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._rest = (self._rest + chunk)[-MOST_SAID_BYTES:]
        self._finished()

    def bytes_behind(self, count: int) -> Iterator[bytes]:
        """The next so many bytes. Raises Failed where fewer come."""
        while count:
            chunk = self._rest or next(self._chunks, None)
            if chunk is None:
                self._finished()
                raise Failed("less of the archive came than there is")
            own, self._rest = chunk[:count], chunk[count:]
            count -= len(own)
            yield own

    def _finished(self) -> None:
        end = self._running.end
        if self._trouble is not None or end.ended is not Ended.WHOLE or end.status:
            trouble = self._trouble or _how(end, self._timeout_sec)
            raise Failed(trouble, certain=self._trouble is not None)


def answers(
    shell: Shell, program: str, arguments: Sequence[str], timeout_sec: float
) -> list[tuple[str, str]]:
    """All that a program says. Raises Failed."""
    with Heard(shell, program, arguments, timeout_sec) as heard:
        return list(heard.words())


def number_of(word: str) -> int | None:
    """A whole number as a program of ours tells it; None where it is none, or none of sane size."""
    return int(word) if _NUMBER.fullmatch(word) else None


def _no_space(words: str) -> str:
    needed, free = (number_of(word) for word in words.partition(" ")[::2])
    if needed is None or free is None:
        return "too little space"
    return f"too little space: it takes {_mega(needed)}, and {_mega(free)} are free"


def _mega(count_bytes: int) -> str:
    return f"{-(-count_bytes // MEGA)} MB"


def _how(end: End, timeout_sec: float) -> str:
    if end.ended is Ended.TIMEOUT:
        return f"not done after {timeout_sec:.0f} s"
    if end.ended is not Ended.WHOLE:
        return "the way to the host broke"
    if why := only_looks(end.complaint):
        return why
    return f"ended with status {end.status}" + (f": {end.complaint}" if end.complaint else "")
