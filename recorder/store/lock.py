"""One look at a time a history.

Transactions alone don't order looks: a slow one might record what it saw after a later one did.
So whoever looks in order to record holds this lock from the first question to the commit. The
lock is the kernel's and ends with the process; the file it is taken on stays.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator

from recorder.store.location import check_place, make_folder
from recorder.store.site import Location, Site
from recorder.store.trouble import explained

POLL_SEC = 0.05


@contextlib.contextmanager
def one_look(place: Location, wait_sec: float = 0.0) -> Iterator[bool]:
    """Hold a history for one look; yields whether it is held.

    Waits up to `wait_sec` for whoever holds it. Raises StoreError where it can't be taken at all.
    """
    if isinstance(place, Site):
        from recorder.store.postgresql import lock as server  # noqa: PLC0415 - only for one

        with server.one_look(place, wait_sec) as held:
            yield held
        return
    path = place
    check_place(path)
    with explained(path):
        make_folder(path)
        name = path.with_name(f"{path.name}.lock")
        descriptor = os.open(name, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        yield _taken(descriptor, wait_sec)
    finally:
        os.close(descriptor)


def _taken(descriptor: int, wait_sec: float) -> bool:
    deadline = time.monotonic() + wait_sec
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(POLL_SEC)
        else:
            return True
