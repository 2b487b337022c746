"""The schema's way from nothing to now, by Alembic and nothing else.

Whether a file is current is a plain SELECT; Alembic is loaded only where it is not. A new file is
made complete under another name first, so none is ever seen half made. An upgrade is one
transaction with its mark, after a checked copy of the file was put beside it.
"""

import contextlib
import os
import sqlite3
import time
from pathlib import Path

import recorder
from recorder.errors import OlderError, StoreError
from recorder.store.connection import connect
from recorder.store.copying import copy_verified, sync_folder
from recorder.store.location import make_folder
from recorder.store.revision import HEAD, REVISIONS, is_newest
from recorder.store.site import Location, Site
from recorder.store.trouble import explained

ABANDONED_AFTER_SEC = 3600


def migrations() -> Path:
    """Where the migrations are: inside the installed package, else in the checkout."""
    package = Path(recorder.__file__).parent
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parent / "migrations"


def is_current(path: Path, mode: str = "mode=rw") -> bool:
    """Whether the file's schema is this program's. Raises NewerError, DamagedError."""
    return is_newest(path, mode, REVISIONS)


def create(path: Path) -> None:
    """Make an empty history. Where another process made one meanwhile, that one stays."""
    with explained(path):
        make_folder(path)
        _clear_abandoned(path)
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.new")
        try:
            _make(unfinished)
            _name(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
        sync_folder(path.parent)


def _clear_abandoned(path: Path) -> None:
    for left in path.parent.glob(f".{path.name}.*.new*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > ABANDONED_AFTER_SEC:
                left.unlink()


def _make(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with contextlib.closing(connect(path)) as connection:
        # These take effect only before the first table, and the second only before WAL.
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("VACUUM")
    to_head(path)
    with contextlib.closing(connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def _name(unfinished: Path, path: Path) -> None:
    try:
        os.link(unfinished, path)
    except FileExistsError:
        return
    except OSError:  # a filesystem without links
        if not path.exists():
            unfinished.rename(path)


def upgrade(place: Location) -> Path | None:
    """Bring a history's schema up to this program's; the checked copy that was made first.

    None: none was made, for it is current, or on a server, where it is all of it or nothing.
    """
    if isinstance(place, Site):
        from recorder.store.postgresql import engine as server  # noqa: PLC0415 - only for one

        server.upgrade(place)
        return None
    path = place
    if is_current(path):
        return None
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise OlderError(
            f"{path} has an older schema and may not be written; "
            "as its owner: `ops media.history.upgrade`"
        )
    before = path.with_name(f"{path.name}.before-{HEAD}")
    copy_verified(path, before)
    try:
        with explained(path):
            to_head(path)
    except StoreError:
        raise
    except Exception as error:
        raise StoreError(
            f"{path} could not be upgraded ({_first_line(error)}) and is as it was; "
            f"a checked copy is {before}"
        ) from error
    return before


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def to_head(path: Path) -> None:
    """Run the revisions that are wanting on a file. Raises what they raise."""
    from recorder.store.revising import revising, run_revisions  # noqa: PLC0415 - as the module says

    with revising("sqlite://", lambda: _unbound(path), "BEGIN IMMEDIATE") as connection:
        run_revisions(connection, migrations())
        strays = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if strays:
            raise ValueError(f"the new schema would leave {len(strays)} rows without their parent")


def _unbound(path: Path) -> sqlite3.Connection:
    """One with foreign keys off: re-making a parent table would empty its children."""
    connection = connect(path)
    connection.execute("PRAGMA foreign_keys = OFF")
    return connection
