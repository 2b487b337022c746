"""One look at a time a site, and one writer: locks of the server's, by the site's name.

A look's lock is held by a connection of its own and ends with it, as a file's ends with the
process; a writer's ends with its transaction.
"""

import contextlib
import time
import zlib
from collections.abc import Iterator

from recorder.store.postgresql.driver import Connection, connect
from recorder.store.postgresql.trouble import explained
from recorder.store.site import Site

POLL_SEC = 0.1
LOOKING, WRITING = 0x6D726C6B, 0x6D727772  # "mrlk", "mrwr": ours among a database's locks


def key(site: Site) -> int:
    """A site's own number; were it another's too, the two would only wait for each other."""
    return zlib.crc32(site.name.encode()) - (1 << 31)


@contextlib.contextmanager
def one_look(site: Site, wait_sec: float) -> Iterator[bool]:
    """Hold a site for one look; yields whether it is held. Raises StoreError."""
    with explained(site):
        connection = connect(site)
    try:
        with explained(site):
            held = _taken(connection, key(site), wait_sec)
        yield held
    finally:
        connection.close()


def _taken(connection: Connection, number: int, wait_sec: float) -> bool:
    deadline = time.monotonic() + wait_sec
    ask = "SELECT pg_try_advisory_lock(%s::integer, %s::integer)"
    while True:
        found = connection.execute(ask, (LOOKING, number)).fetchone()
        if found and found[0]:
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SEC)
