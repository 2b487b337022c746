"""Which hosts the config files of `ssh` say the same of, as far as can be told without `ssh`.

Asking `ssh -G` costs a process. Two addresses that match the same patterns of all `Host` lines are
told the same, but for their own name. Where that can't be relied on, because a `Match` line may
look at anything and a canonical name is another name, nothing is claimed and each host is asked
for by itself.
"""

import fnmatch
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from recorder.frozen import frozen

PLAIN = re.compile(r"[a-z0-9_.:][a-z0-9_.:-]*", re.ASCII)
LINE = re.compile(r"\s*(\w+)\s*[\s=]\s*(.*)", re.ASCII)
MOST_DEPTH = 16  # of files that include files; ssh_config(5) has the same
BEYOND_US = ("match", "canonicalizehostname")


class UnclearError(Exception):
    """A config that only OpenSSH itself understands."""


@frozen
class Blocks:
    """The patterns of all `Host` lines."""

    names: frozenset[str]
    wild: tuple[str, ...]

    def alike(self, address: str) -> tuple[object, ...] | None:
        """The same for all addresses of which the same is said; None where that is not clear."""
        if not PLAIN.fullmatch(address):
            return None
        own = address if address in self.names else None
        return (own, *(fnmatch.fnmatchcase(address, pattern) for pattern in self.wild))


def read_blocks(files: Sequence[Path], *, own_home: bool = True) -> Blocks | None:
    """The blocks of config files and of all they include; None where they are not clear.

    Files are included from beside the one that names them, where that is in its `own_home`.
    """
    try:
        patterns = {
            pattern.lower()
            for path in files
            for pattern in _patterns(path, path.parent if own_home else None)
        }
    except (UnclearError, OSError, RuntimeError, ValueError):
        return None
    wild = {pattern for pattern in patterns if set("*?") & set(pattern)}
    # Only * and ? are wild here.
    unbracketed = sorted(pattern.replace("[", "[[]") for pattern in wild)
    return Blocks(frozenset(patterns - wild), tuple(unbracketed))


def _patterns(path: Path, folder: Path | None, depth: int = 0) -> Iterator[str]:
    """Every pattern of a file's `Host` lines; `folder` is where its includes are found."""
    if depth > MOST_DEPTH:
        raise UnclearError
    for line in path.read_text("utf-8", "replace").splitlines():
        said = LINE.fullmatch(line)
        if said is None:
            continue
        keyword, words = said[1].lower(), said[2]
        if keyword in BEYOND_US:
            raise UnclearError
        if keyword == "host":
            yield from (word.removeprefix("!") for word in shlex.split(words, comments=True))
        elif keyword == "include":
            for word in shlex.split(words, comments=True):
                for included in _included(word, folder):
                    yield from _patterns(included, folder, depth + 1)


def _included(word: str, folder: Path | None) -> Sequence[Path]:
    """The files an `Include` names, relative to the folder of the config it began with."""
    if "%" in word or "$" in word or (folder is None and not word.startswith("/")):
        raise UnclearError
    place = (folder or Path("/")) / Path(word).expanduser()
    return sorted(Path(place.anchor).glob(str(place.relative_to(place.anchor))))
