"""How a host is asked, and how its answer is laid out.

The answer of `probe.sh` is lines; those that begin with the run's random mark give it structure,
all others belong to the section begun last:

    MARK machine                    name and value a line
    MARK paths                      MARK space N SIZE BLOCKS FREE, MARK asked N STATUS CENTISEC WHY,
                                    MARK found N PATH for a path the host found by itself
    MARK mounts                     lines of /proc/self/mountinfo
    MARK engine KIND STATUS listed N
                                    N containers, a line of JSON each; without `listed` there is
                                    none, and the lines are what the engine said instead
    MARK compose STATUS SIZE NAME   the beginning of a compose file of SIZE bytes, when asked for;
                                    STATUS 3: there is none, 4: it may not be read
    MARK end
"""

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROBE = Path(__file__).with_name("probe.sh")
LIMIT_SEC = 15.0  # above the probe's own limits for the engine and the paths


@dataclass(frozen=True, slots=True)
class Question:
    """A script for one host, and the mark its answer will carry."""

    mark: str
    paths: tuple[str, ...]
    script: bytes
    compose: str | None = None  # the compose file, or its folder, that it asks for

    @property
    def end(self) -> bytes:
        """The closing line."""
        return f"{self.mark} end".encode()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the answer: its name, the words behind it, the lines in it."""

    words: tuple[str, ...]
    lines: tuple[str, ...]


def question(paths: Sequence[str], *, search: bool, compose: str | None = None) -> Question:
    """Make the script that asks a host for everything, its `paths` included.

    `compose`: a compose file to tell too, or the folder that it lies in.
    """
    mark = os.urandom(16).hex()
    arguments = shlex.join([mark, "search" if search else "-", compose or "-", *paths])
    script = f"set -- {arguments}\n".encode() + PROBE.read_bytes()
    return Question(mark, tuple(paths), script, compose)


def sections(output: bytes, mark: str) -> dict[str, Section]:
    """Take an answer apart by its mark; what stands before the first mark is noise.

    Lines inside `paths` keep their mark's words and lose the mark.
    """
    found: dict[str, Section] = {}
    words: list[str] = []
    lines: list[str] = []
    for line in output.decode("utf-8", "replace").split("\n"):
        first, _, rest = line.partition(" ")
        if first == mark and (rest.split(" ", 1)[0] not in ("space", "asked", "found")):
            if words:
                found[words[0]] = Section(tuple(words[1:]), tuple(lines))
            words, lines = rest.split(" "), []
        elif first == mark:
            lines.append(rest)
        elif line and words and words[0] != "paths":
            lines.append(line)
    if words:
        found[words[0]] = Section(tuple(words[1:]), tuple(lines))
    return found
