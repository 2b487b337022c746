"""The way into a history file: every check that must come before its first row.

Nothing here ever replaces a file that exists. One that is damaged, another application's or a
newer program's is refused, with what to type next.
"""

import contextlib
from collections.abc import Iterator

from recorder.errors import NoHistoryError, OlderError
from recorder.store import migrate
from recorder.store.connection import FileHistory, History, reading_mode
from recorder.store.header import APPLICATION_ID, check_header, is_there
from recorder.store.location import check_place
from recorder.store.site import Location, Site

__all__ = ["APPLICATION_ID", "History", "check_header", "opened", "stands"]


def stands(place: Location) -> bool:
    """Whether there is anything: a file, or a site in which a history was made. StoreError."""
    if isinstance(place, Site):
        from recorder.store.postgresql import engine as server  # noqa: PLC0415 - only for one

        return server.is_there(place)
    return place.exists()


@contextlib.contextmanager
def opened(place: Location, *, writing: bool = True) -> Iterator[History]:
    """A history that is open, its schema current.

    To write, a missing file is made and an older schema upgraded: hold `one_look` meanwhile. To
    read, neither file nor folder need be writable, and nothing is changed: an older schema is
    refused. Raises StoreError.
    """
    if isinstance(place, Site):
        from recorder.store.postgresql import engine as server  # noqa: PLC0415 - only for one

        with server.opened(place, writing=writing) as history:
            yield history
        return
    path = place
    check_place(path)
    if not is_there(path):
        if not writing:
            raise NoHistoryError(f"nothing is recorded in {path} yet; `ops media.status` records")
        migrate.create(path)
    check_header(path)
    mode = "mode=rw" if writing else reading_mode(path)
    if not migrate.is_current(path, mode):
        if not writing:
            raise OlderError(
                f"{path} has an older schema, and reading does not change it; "
                "`ops media.history.upgrade` upgrades it, and so does the next look its owner takes"
            )
        migrate.upgrade(path)
    with contextlib.closing(FileHistory(path, mode)) as history:
        yield history
