"""How a host is asked, and how its answer is laid out.

A question is a script whose first line is the request, `request='VERSION MARK WHAT WORD...'`. To a
shell it sets a variable, which the rest of the script reads. Where a key is forced to the program
that `ops media.access` installs, that program reads the line as data, and nothing behind it: so
both are asked alike, and neither costs a question more.

The answer of `probe.sh` is lines; those that begin with the run's random mark give it structure,
all others belong to the section begun last:

    MARK machine                    name and value a line
    MARK paths                      MARK space N SIZE BLOCKS FREE, MARK asked N STATUS CENTISEC WHY,
                                    MARK found N PATH for a path the host found by itself
    MARK mounts                     lines of /proc/self/mountinfo
    MARK engine KIND STATUS listed N
                                    N containers, a line of JSON each; without `listed` there is
                                    none, and the lines are what the engine said instead; the
                                    last of several counts
    MARK compose STATUS SIZE NAME   the beginning of a compose file of SIZE bytes, when asked for;
                                    STATUS 3: there is none, 4: it may not be read, 5: the
                                    installed program may not tell it
    MARK end
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from recorder.frozen import frozen

ENGINE = Path(__file__).with_name("engine.sh")
PROBE = Path(__file__).with_name("probe.sh")
VERSION = 1  # of requests and of how they are answered
INSTALLED = "/usr/local/lib/media-recorder"  # root's, on a host whose key may only look
_SPELLED = re.compile(rb"[^A-Za-z0-9/._+:@,=%-]")
_REFUSED = re.compile(r"^media-recorder probe (\d{1,9}): (.*)$", re.MULTILINE | re.ASCII)
ONLY_LOOKS = "the key here may only look (docs/security.md): log in with one that may do more"
LIMIT_SEC = 15.0  # above the probe's own limits for the engine and the paths


@frozen
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


@frozen
class Section:
    """A part of the answer: its name, the words behind it, the lines in it."""

    words: tuple[str, ...]
    lines: tuple[str, ...]


def question(paths: Sequence[str], *, search: bool, compose: str | None = None) -> Question:
    """Make the script that asks a host for everything, its `paths` included.

    `compose`: a compose file to tell too, or the folder that it lies in.
    """
    mark = os.urandom(16).hex()
    asked = request(mark, "look", "search" if search else "-", compose or "-", *paths)
    script = asked + ENGINE.read_bytes() + PROBE.read_bytes()
    return Question(mark, tuple(paths), script, compose)


def request(mark: str, what: str, *words: str) -> bytes:
    """The line of a request: plain to a shell, and to a program that reads it as data."""
    told = " ".join([str(VERSION), mark, what, *(plain(word) for word in words)])
    return f"request='{told}'\n".encode()


def plain(word: str) -> str:
    r"""A word as a request spells it: each byte that might mean something in octal, behind \0."""
    return _SPELLED.sub(lambda it: f"\\0{it[0][0]:03o}".encode(), word.encode()).decode()


def refusal(complaint: str) -> tuple[int, str] | None:
    """The version of an installed program that refused, and its words; None: none did."""
    said = _REFUSED.search(complaint)
    return (int(said[1]), said[2]) if said else None


def only_looks(complaint: str) -> str | None:
    """Why a host does nothing but answer looks; None where that is not why."""
    return ONLY_LOOKS if refusal(complaint) else None


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
