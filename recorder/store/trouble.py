"""What SQLite and the system complain of, told apart: locked, full and read-only are no damage.

The result codes are SQLite's (https://www.sqlite.org/rescode.html).
"""

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

from recorder.errors import (
    BusyError,
    DamagedError,
    FullError,
    ReadOnlyError,
    StoreError,
)
from recorder.store.location import backups
from recorder.store.site import Location, Site

FULL_BELOW_BYTES = 1 << 20
OWN_MISTAKES = frozenset(
    {
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_MISUSE,
        sqlite3.SQLITE_RANGE,
        sqlite3.SQLITE_INTERNAL,
    }
)
# What a reader may stumble with over rows that it can make nothing of.
STUMBLES = (ValueError, LookupError, TypeError, ArithmeticError, sqlite3.Error)
ERRNOS: Mapping[int, type[StoreError]] = {
    errno.ENOSPC: FullError,
    errno.EDQUOT: FullError,
    errno.EROFS: ReadOnlyError,
    errno.EACCES: ReadOnlyError,
    errno.EPERM: ReadOnlyError,
}


@contextlib.contextmanager
def explained(place: Location, *, doubted: bool = True) -> Iterator[None]:
    """Turn SQLite's and the system's errors into StoreErrors; our own mistakes stay as they are.

    Where it is not clear whose mistake it is, the file is looked at, unless it is not `doubted`. A
    server's are told by its own module.
    """
    if isinstance(place, Site):
        from recorder.store.postgresql import trouble  # noqa: PLC0415 - only for a server

        with trouble.explained(place):
            yield
        return
    path = place
    try:
        yield
    except OSError as error:
        raise _of_system(path, error) from error
    except Exception as error:
        told = getattr(error, "orig", error)  # as SQLAlchemy hands it on
        meant = explanation(path, told) if isinstance(told, sqlite3.Error) else None
        if meant is None and doubted:
            meant = _of_content(path, told)
        if meant is None:
            raise
        raise meant from error


NOT_TEXT = "Could not decode to UTF-8"


def explanation(path: Path, error: sqlite3.Error) -> StoreError | None:
    """What a SQLite error means to a person; None where it is our own mistake."""
    code = getattr(error, "sqlite_errorcode", None)
    if str(error).startswith(NOT_TEXT):  # sqlite3's own complaint, which has no code
        code = sqlite3.SQLITE_CORRUPT
    primary = None if code is None else code & 0xFF
    if primary is None or primary in OWN_MISTAKES:
        return None
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL):
        return busy(path)
    if primary == sqlite3.SQLITE_FULL or (primary == sqlite3.SQLITE_IOERR and _is_full(path)):
        return full(path)
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN):
        return read_only(path)
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(path, str(error))
    return StoreError(f"{path}: {error}; see `ops media.history.check`")


def _of_content(path: Path, error: BaseException) -> StoreError | None:
    """What an error means that a good file never leads to; None where it is our own mistake."""
    if not isinstance(error, STUMBLES) or not path.is_file():
        return None
    from recorder.store.doubt import fault_of  # noqa: PLC0415 - rarely needed

    fault = fault_of(path)
    return None if fault is None else damaged(path, fault)


def _of_system(path: Path, error: OSError) -> StoreError:
    kind = ERRNOS.get(error.errno or 0)
    if kind is FullError:
        return full(path)
    if kind is ReadOnlyError:
        return read_only(path)
    reason = (error.strerror or str(error)).lower()
    return StoreError(f"{path}: {reason}; see `ls -la {path.parent}`")


def _is_full(path: Path) -> bool:
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < FULL_BELOW_BYTES


def busy(path: Path) -> BusyError:
    return BusyError(f"{path} is locked by another process; try again, or see `fuser {path}`")


def full(path: Path) -> FullError:
    return FullError(
        f"no space left for {path}; what was recorded before is whole. "
        f"Make room: `df -h {path.parent}`"
    )


def read_only(path: Path) -> ReadOnlyError:
    return ReadOnlyError(f"{path} or its folder may not be written; see `ls -la {path.parent}`")


def damaged(path: Path, what: str) -> DamagedError:
    """Damage, with the way out: the last verified backup, or saving what can be read."""
    kept = backups(path)
    restore = (
        f"last verified backup: {kept[-1].name}, `ops media.history.restore {kept[-1].name}`"
        if kept
        else "there is no verified backup beside it"
    )
    return DamagedError(
        f"{path} is damaged ({what}) and left as it is; {restore}; "
        "to save what can be read: `ops media.history.repair --salvage`"
    )
