"""An archive that is sent here: on the disk and as it was sent before it gets its name."""

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from recorder.collect.archives.script import Failed
from recorder.model.archive import Archive

PARTIAL = ".partial"
SUM = ".sha256"
MARGIN_BYTES = 10 * 1024 * 1024  # of a disk that are left free


def receive(shelf: Path, archive: Archive, checksum: str, chunks: Iterable[bytes]) -> None:
    """Write an archive below a shelf. Raises Failed, OSError; nothing of it is there then."""
    folder = shelf / archive.label
    for each in (*reversed(folder.parents), folder):
        each.mkdir(mode=0o700, exist_ok=True)
    clear(folder)
    free = shutil.disk_usage(folder).free
    if free < archive.size_bytes + MARGIN_BYTES:
        raise Failed(
            f"too little space in {folder}: {archive.size_bytes} bytes come, {free} are free"
        )
    partial = folder / f"{archive.name}{PARTIAL}"
    try:
        if _written(partial, chunks) != checksum:
            raise Failed("what came is not what was sent")
        _write_whole(folder / f"{archive.name}{SUM}", f"{checksum}  {archive.name}\n".encode())
        partial.rename(folder / archive.name)
        _settle(folder)
    finally:
        partial.unlink(missing_ok=True)


def clear(folder: Path) -> None:
    """Take away what a run that was killed left half received; one that still works holds it."""
    for partial in folder.glob(f"*{PARTIAL}"):
        with contextlib.suppress(OSError), partial.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            partial.unlink()


def _written(path: Path, chunks: Iterable[bytes]) -> str:
    """Write a new file, to the disk; its SHA-256."""
    digest = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for chunk in chunks:
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _write_whole(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Have the folder's entries on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
