"""Stacks as they were last read, kept in the user's cache folder.

To read the bindings of two hosts takes longer than to log in to both; of a thousand, a second. They
are read again where any of their files has another size, place or time of change, is new or gone,
where the program or the user's home is another, and where a file was changed so shortly before it
was read that another change might not have shown. What can't be read, or holds anything but values
of a stack, or can't be written, is no cache; nobody hears of it.
"""

import io
import os
import pickle
import sys
import time
import zlib
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO

from recorder import __version__
from recorder.bindings.folder import PROGRAM, SERVICES, SPINE
from recorder.bindings.stack import Stack

SETTLED_NS = 3 * 10**9  # above the grain of any filesystem's times
SUM_BYTES = 4
OURS = ("recorder.bindings.stack", "recorder.model.", "pathlib")

# A file's name, size, inode and ctime: nobody can set that one back. None: there is no such file.
Stamp = tuple[str, int, int, int] | None


def stack_of(folder: Path | None) -> Stack:
    """What `load` reads, from the cache where nothing has changed. Raises BindingError."""
    if folder is None:
        return _load(None)
    before = key_of(folder)
    file = _file(folder)
    kept = _recall(file, before)
    if kept is not None:
        return kept
    stack = _load(folder)
    settled = all(one is None or time.time_ns() - one[3] >= SETTLED_NS for one in before[1])
    if settled and key_of(folder) == before:  # nobody changed it while it was read
        _keep(file, before, stack)
    return stack


def _load(folder: Path | None) -> Stack:
    from recorder.bindings.reading import load  # noqa: PLC0415 - most often nothing has changed

    return load(folder)


def key_of(folder: Path) -> tuple[tuple[str, ...], tuple[Stamp, ...]]:
    """What a stack's reading depends on: the program and the place, and the files."""
    program = max(_program_times())
    place = (__version__, sys.version, str(program), str(folder), os.environ.get("HOME", ""))
    return place, tuple(_stamp(folder / name) for name in (SERVICES, *SPINE))


def _program_times() -> Iterator[int]:
    """When the code that reads was changed: a checkout keeps its version for long."""
    for part in (Path(__file__).parent, Path(__file__).parents[1] / "model"):
        with os.scandir(part) as entries:
            yield from (it.stat().st_mtime_ns for it in entries if it.name.endswith(".py"))


def _stamp(file: Path) -> Stamp:
    try:
        status = file.stat()
    except OSError:
        return None
    return file.name, status.st_size, status.st_ino, status.st_ctime_ns


class _Writer(pickle.Pickler):
    """Writes the members of enums by their values, as every Python but the first 3.11s does."""

    def reducer_override(self, value: object) -> Any:  # noqa: ANN401 - pickle's own
        return (type(value), (value.value,)) if isinstance(value, Enum) else NotImplemented


class _Reader(pickle.Unpickler):
    """Reads values of a stack, and nothing else."""

    def find_class(self, module: str, name: str) -> object:
        if not module.startswith(OURS) or "." in name:  # a dot leads on to what a module imports
            raise pickle.UnpicklingError(module)
        return super().find_class(module, name)


def _recall(file: Path, key: object) -> Stack | None:
    try:
        with file.open("rb") as kept:
            return _read(kept, key)
    except Exception:  # noqa: BLE001 - whatever a file of another make may lead to
        return None


def _read(kept: BinaryIO, key: object) -> Stack | None:
    if os.fstat(kept.fileno()).st_uid != os.geteuid():
        return None
    content = kept.read()
    sum_of, values = content[:SUM_BYTES], content[SUM_BYTES:]
    if _sum(values) != sum_of:  # damaged, it might have the reader ask for all memory there is
        return None
    then, stack = _Reader(io.BytesIO(values)).load()
    return stack if then == key and isinstance(stack, Stack) else None


def _keep(file: Path, key: object, stack: Stack) -> None:
    """Put it in the cache, whole or not at all, readable by the user alone."""
    part = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            values = io.BytesIO()
            _Writer(values).dump((key, stack))
            out.write(_sum(values.getvalue()) + values.getvalue())
        part.replace(file)
    except OSError:
        return


def _sum(values: bytes) -> bytes:
    return zlib.crc32(values).to_bytes(SUM_BYTES, "big")


def _file(folder: Path) -> Path:
    from platformdirs import user_cache_path  # noqa: PLC0415 - only where there is a binding

    name = zlib.crc32(os.fsencode(folder))
    return user_cache_path(PROGRAM) / f"stack-{name:08x}.pickle"
