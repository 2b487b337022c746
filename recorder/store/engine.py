"""The way into a history file: every check that must come before its first row.

Nothing here ever replaces a file that exists. One that is damaged, another application's or a
newer program's is refused, with what to type next.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from recorder.errors import ForeignError, NoHistoryError, OlderError, PlaceError
from recorder.store import migrate
from recorder.store.connection import engine_of, reading_mode
from recorder.store.library import sa
from recorder.store.location import VARIABLE, check_place
from recorder.store.trouble import damaged, explained

APPLICATION_ID = 0x6D726563  # "mrec"
History = sa.Engine  # what is recorded into and read from
MAGIC = b"SQLite format 3\0"
HEADER_BYTES = 100
APPLICATION_ID_AT = slice(68, 72)  # https://www.sqlite.org/fileformat2.html, section 1.3


@contextlib.contextmanager
def opened(path: Path, *, writing: bool = True) -> Iterator[sa.Engine]:
    """An engine on the history at `path`, its schema current.

    To write, a missing file is made and an older schema upgraded: hold `one_look` meanwhile. To
    read, neither file nor folder need be writable, and nothing is changed: an older schema is
    refused. Raises StoreError.
    """
    check_place(path)
    if not _exists(path):
        if not writing:
            raise NoHistoryError(f"nothing is recorded in {path} yet; `ops media.status` records")
        migrate.create(path)
    check_header(path)
    mode = "mode=rw" if writing else reading_mode(path)
    if not migrate.is_current(path, mode):
        if not writing:
            raise OlderError(
                f"{path} has an older schema, and only to read it changes nothing; "
                "`ops media.history.upgrade` upgrades it, and so does the next look its owner takes"
            )
        migrate.upgrade(path)
    engine = engine_of(path, mode)
    try:
        yield engine
    finally:
        with explained(path):
            engine.dispose()


def _exists(path: Path) -> bool:
    with explained(path):
        if path.exists():
            return True
        log = path.with_name(f"{path.name}-wal")
        if log.exists() and log.stat().st_size:
            raise damaged(path, f"it is gone, but {log.name} is still here")
    return False


def check_header(path: Path) -> None:
    """Tell another application's file and a damaged header before SQLite touches either."""
    with explained(path):
        if path.exists() and not path.is_file():
            what = "a folder" if path.is_dir() else "no file"
            raise PlaceError(f"{path} is {what}; give the path of a file with --db or ${VARIABLE}")
        with path.open("rb") as file:
            header = file.read(HEADER_BYTES)
    if not header:
        raise damaged(path, "it is empty")
    if not header.startswith(MAGIC) or len(header) < HEADER_BYTES:
        raise damaged(path, "its header is not a database's")
    if int.from_bytes(header[APPLICATION_ID_AT], "big") != APPLICATION_ID:
        raise ForeignError(f"{path} is another application's database; give another path with --db")
