"""A small disk in memory of the history's own, to be filled and write-protected. Takes root."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SIZE = "256M"


@dataclass(frozen=True)
class Disk:
    """A disk that is mounted at a folder."""

    folder: Path

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """Without room for a byte."""
        ballast = self.folder / "ballast"
        room = os.statvfs(self.folder)
        try:
            with ballast.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize)
            yield
        finally:
            ballast.unlink()

    @contextlib.contextmanager
    def read_only(self) -> Iterator[None]:
        """Nobody, root included, may write to it."""
        _run("mount", "-o", "remount,ro", self.folder)
        try:
            yield
        finally:
            _run("mount", "-o", "remount,rw", self.folder)


@contextlib.contextmanager
def mounted(folder: Path) -> Iterator[Disk]:
    """A disk at a folder, for a while."""
    folder.mkdir(parents=True)
    _run("mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder)
    try:
        yield Disk(folder)
    finally:
        _run("umount", "--lazy", folder)


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True)
