"""What the gaps register held when it was last read, kept as JSON in the user's cache folder.

The key is the register's path, size and time of change. A cache that can't be read, is not ours in
form, or can't be written, is no cache; nobody hears of it.
"""

import json
import os
import zlib
from dataclasses import astuple
from pathlib import Path

from recorder.frozen import frozen
from recorder.model import Gap

FORM = 1  # another number when other entries are chosen, or told otherwise
PROGRAM = "media-recorder"


@frozen
class Stamp:
    """One state of one register file."""

    path: str
    size_bytes: int
    mtime_ns: int


def stamp(register: Path) -> Stamp:
    """Raises OSError."""
    status = register.stat()
    return Stamp(str(register.resolve()), status.st_size, status.st_mtime_ns)


def recall(of: Stamp) -> tuple[Gap, ...] | None:
    """The gaps as last read; None where they have to be read again."""
    try:
        cached = json.loads(_file(of).read_text("utf-8"))
        fresh = cached["key"] == [FORM, *astuple(of)]
        return gaps_of(cached["gaps"]) if fresh else None
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def keep(of: Stamp, gaps: tuple[Gap, ...]) -> None:
    """Put the gaps in the cache, whole or not at all, readable by the user alone."""
    content = json.dumps({"key": [FORM, *astuple(of)], "gaps": [astuple(gap) for gap in gaps]})
    file = _file(of)
    part = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(content)
        part.replace(file)
    except OSError:
        return


def gaps_of(rows: object) -> tuple[Gap, ...]:
    """Rows of four texts as gaps. Raises TypeError or ValueError where they are something else."""
    if not isinstance(rows, list):
        raise TypeError("gaps must be a list")
    return tuple(_gap(*row) for row in rows)


def _gap(identifier: object, severity: object, title: object, status: object) -> Gap:
    texts = (identifier, severity, title, status)
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a gap is told in text")
    return Gap(*map(str, texts))


def _file(of: Stamp) -> Path:
    from platformdirs import user_cache_path  # noqa: PLC0415 - only where a register stands

    return (
        user_cache_path(PROGRAM) / f"gaps-{zlib.crc32(of.path.encode(errors='replace')):08x}.json"
    )
