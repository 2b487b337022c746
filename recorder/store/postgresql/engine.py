"""The way into a site: every check that must come before its first row.

A writer waits for whoever writes to the same site, and for nobody else. A reader sees the site as
it was at one moment.
"""

import contextlib
from collections.abc import Iterator

from recorder.errors import NoHistoryError
from recorder.store.library import sa
from recorder.store.postgresql import lock, schema
from recorder.store.postgresql.driver import Connection, connect
from recorder.store.postgresql.trouble import explained
from recorder.store.revision import HEAD
from recorder.store.site import Site

ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


def engine_of(site: Site) -> sa.Engine:
    """An engine whose transactions begin as they should; nothing is opened yet."""
    engine = sa.create_engine(
        "postgresql+psycopg://",
        creator=lambda: _connect(site),
        poolclass=sa.pool.QueuePool,
        pool_size=1,
        use_native_hstore=False,
        execution_options={"place": site},
    )
    alone = f"SELECT pg_advisory_xact_lock({lock.WRITING}, {lock.key(site)})"

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql(ONE_MOMENT if reading else alone)

    return engine


def _connect(site: Site) -> Connection:
    connection = connect(site)
    connection.autocommit = False
    return connection


def is_there(site: Site) -> bool:
    """Whether a history was made in a site. Raises StoreError."""
    return _revision(site) is not None


def waits_for_upgrade(site: Site) -> bool:
    """Whether a site's schema is an older one. Raises StoreError."""
    revision = _revision(site)
    if revision is None:
        raise NoHistoryError(f"nothing is recorded in {site} yet; `ops media.status` records")
    return revision != HEAD


def upgrade(site: Site) -> None:
    """Bring a site's schema up to this program's. Raises StoreError."""
    with opened(site, writing=True):
        pass


def _revision(site: Site) -> str | None:
    engine = engine_of(site)
    try:
        with explained(site), engine.connect() as opened:
            db = opened.execution_options(reading=True)
            with db.begin():
                return schema.standing(db, site).revision
    finally:
        engine.dispose()


@contextlib.contextmanager
def opened(site: Site, *, writing: bool) -> Iterator[sa.Engine]:
    """An engine on a site, its schema current: made, or upgraded, only to write. StoreError."""
    engine = engine_of(site)
    try:
        with explained(site):
            schema.see_to(engine, site, writing=writing)
        yield engine
    finally:
        engine.dispose()
