"""Lines written out as they come: to standard output, or to a file that is whole or not there."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from recorder.errors import UsageError


def to_output(lines: Iterator[str]) -> None:
    """UTF-8, whatever the terminal's encoding: it is for programs. Whoever reads it may leave."""
    try:
        for line in lines:
            sys.stdout.buffer.write(line.encode())
        sys.stdout.flush()
    except BrokenPipeError:
        # What Python still flushes at exit must go somewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def to_file(target: Path, lines: Iterator[str], *, force: bool) -> None:
    """Written under another name beside it, and named once whole. Raises UsageError.

    What was private in the history stays so: the file is its owner's alone.
    """
    if target.exists() and not force:
        raise UsageError(f"{target} is there already; to overwrite it, add --force")
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.unfinished")
    try:
        with os.fdopen(
            os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb"
        ) as file:
            for line in lines:
                file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())
        _name(unfinished, target, force=force)
    except OSError as error:
        raise UsageError(f"{target} can't be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _name(unfinished: Path, target: Path, *, force: bool) -> None:
    if force:
        unfinished.replace(target)
        return
    try:
        os.link(unfinished, target)
    except FileExistsError:
        raise UsageError(f"{target} is there already; to overwrite it, add --force") from None
