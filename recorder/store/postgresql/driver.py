"""A connection to a site's server, and what each is told when it opens.

Nothing here waits without end: not for a server that is away, nor for one that took the question
and says nothing. A server finds out in time that we are gone, and lets go of what we held.
"""

import contextlib
import os
import time
from collections.abc import Generator
from typing import Any, TypeVar

from recorder.errors import StoreError, UsageError
from recorder.store.postgresql.library import psycopg
from recorder.store.postgresql.zone import local_zone
from recorder.store.site import PASSWORD, Site

CONNECT_SEC = 5
BUSY_TIMEOUT_SEC = 30
SILENCE_SEC = 60.0  # that a server may take over one statement
OLDEST_SERVER = 130000
DEFAULTS = {
    "connect_timeout": CONNECT_SEC,
    "application_name": "media-recorder",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30000,
    "client_encoding": "utf8",
}
# A transaction is on the server's disk before it is done, whatever the role's own default.
SETTINGS = f"""
SELECT set_config('search_path', %s, false),
    set_config('lock_timeout', '{BUSY_TIMEOUT_SEC}s', false),
    set_config('tcp_keepalives_idle', '60', false),
    set_config('tcp_keepalives_interval', '10', false),
    set_config('tcp_keepalives_count', '3', false),
    set_config('jit', 'off', false),
    set_config('synchronous_commit',
        replace(current_setting('synchronous_commit'), 'off', 'on'), false)
"""

T = TypeVar("T")


class Connection(psycopg.Connection[Any]):
    """A connection that gives up a server which says nothing."""

    silence_sec = SILENCE_SEC

    def wait(self, gen: Generator[Any, Any, T], *more: Any, **others: Any) -> T:  # noqa: ANN401
        """As psycopg's, but not for ever."""
        return super().wait(self._bounded(gen), *more, **others)

    def _bounded(self, steps: Generator[Any, Any, T]) -> Generator[Any, Any, T]:
        deadline = time.monotonic() + self.silence_sec
        try:
            wanted = next(steps)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() >= deadline:
                    self.close()
                    raise psycopg.OperationalError(f"no answer within {self.silence_sec:g} s")
                wanted = steps.send(ready)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]


def connect(site: Site) -> Connection:
    """A connection in autocommit, in which the site's tables need no other name than a file's."""
    connection = Connection.connect(_told(site), autocommit=True)
    if connection.info.server_version < OLDEST_SERVER:
        version = connection.info.parameter_status("server_version")
        connection.close()
        oldest = OLDEST_SERVER // 10000
        raise StoreError(
            f"{site}: its server is PostgreSQL {version}, and {oldest} or newer is needed"
        )
    connection.execute(SETTINGS, (f'"{site.name}"',))
    with contextlib.suppress(psycopg.DataError):  # a zone that the server doesn't know
        connection.execute("SELECT set_config('TimeZone', %s, false)", (local_zone(),))
    connection.adapters.register_loader("numeric", Number)
    return connection


def _told(site: Site) -> str:
    """What libpq is told: the URL, and what that leaves open. Raises UsageError."""
    try:
        given = psycopg.conninfo.conninfo_to_dict(site.url)
        if PASSWORD in os.environ:  # of which libpq sees only what other programs may inherit
            given.setdefault("password", os.environ[PASSWORD])
        told: Any = {**DEFAULTS, **given}
        return psycopg.conninfo.make_conninfo(**told)
    except psycopg.Error as error:  # its text may hold the password
        raise UsageError(f"{site}: PostgreSQL can't read this URL; see docs/scale.md") from error


class Number(psycopg.adapt.Loader):
    """What the server counts exactly, as SQLite gives it: whole, or as a real number."""

    def load(self, data: psycopg.abc.Buffer) -> int | float:
        text = bytes(data).decode()
        return int(text) if text.lstrip("-").isdigit() else float(text)
