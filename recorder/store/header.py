"""Whether there is a history file, and whether it is one, before SQLite touches it."""

from pathlib import Path

from recorder.errors import ForeignError, PlaceError
from recorder.store.location import VARIABLE
from recorder.store.trouble import damaged, explained

APPLICATION_ID = 0x6D726563  # "mrec"
MAGIC = b"SQLite format 3\0"
HEADER_BYTES = 100
APPLICATION_ID_AT = slice(68, 72)  # https://www.sqlite.org/fileformat2.html, section 1.3


def is_there(path: Path) -> bool:
    """Whether there is a file; DamagedError where only its log is left."""
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
