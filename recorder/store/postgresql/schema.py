"""A site's schema, from nothing to now: by the revisions a file is made by, all of it or nothing.

Whether it is current is a plain SELECT; Alembic is loaded only where it is not.
"""

import contextlib
from collections.abc import Callable, Iterator
from functools import partial

from recorder.errors import ForeignError, NewerError, NoHistoryError, OlderError, StoreError
from recorder.frozen import frozen
from recorder.store.postgresql.driver import Connection, connect
from recorder.store.postgresql.history import OnServer, alone
from recorder.store.postgresql.library import psycopg
from recorder.store.postgresql.trouble import explanation
from recorder.store.revision import HEAD, REVISIONS, made_by_newer
from recorder.store.site import Site

STANDING = """
SELECT to_regnamespace(:quoted) IS NOT NULL AS there,
    to_regclass(:quoted || '.alembic_version') IS NOT NULL AS ours,
    EXISTS (SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname = :name) AS used
"""
DROP_IT = "; drop what is yours, upgrade, and make it again"
MADE_BY = "SELECT value FROM meta WHERE key = 'schema_made_by'"


@frozen
class Standing:
    """How a site's schema stands."""

    there: bool  # whether there is a schema of that name, though it may be empty
    revision: str | None  # None: no history was made in it


def standing(db: OnServer, site: Site) -> Standing:
    """What there is. Raises ForeignError, NewerError."""
    asked = {"quoted": f'"{site.name}"', "name": site.name}
    found = next(db.rows(STANDING, asked))
    if not found.ours:
        if found.used:
            raise ForeignError(
                f"{site}: the schema {site.name} is another application's; give another ?site="
            )
        return Standing(bool(found.there), None)
    revision = db.scalar("SELECT version_num FROM alembic_version")
    if revision not in REVISIONS:
        raise NewerError(made_by_newer(site, db.scalar(MADE_BY)))
    return Standing(there=True, revision=str(revision))


def see_to(site: Site, found: Standing, *, writing: bool) -> None:
    """See that the schema is current, as it was found. Raises StoreError."""
    if found.revision == HEAD:
        return
    if writing:
        migrate(site)
    elif found.revision is None:
        raise NoHistoryError(f"nothing is recorded in {site} yet; `ops media.status` records")
    else:
        raise OlderError(
            f"{site} has an older schema, and reading does not change it; "
            "`ops media.history.upgrade` upgrades it, and so does the next look that records"
        )


def migrate(site: Site) -> None:
    """Make the schema, or bring it up to this program's: one transaction, one process at a time."""
    try:
        with revised(site) as (db, to_head):
            found = standing(db, site)  # another may have been quicker
            if found.revision == HEAD:
                return
            if not found.there:
                db.change(f'CREATE SCHEMA "{site.name}"')
            to_head()
    except Exception as error:
        cause = getattr(error, "orig", error)  # as SQLAlchemy hands it on
        said, todo = str(cause), ""
        if isinstance(cause, psycopg.errors.DependentObjectsStillExist):
            said, todo = cause.diag.message_detail or said, DROP_IT
        elif isinstance(cause, StoreError) or _is_told_elsewhere(site, cause):
            raise
        why = said.partition("\n")[0]
        raise StoreError(f"{site} could not be upgraded ({why}) and is as it was{todo}") from error


def _is_told_elsewhere(site: Site, error: Exception) -> bool:
    return isinstance(error, psycopg.Error) and explanation(site, error) is not None


@contextlib.contextmanager
def revised(site: Site) -> Iterator[tuple[OnServer, Callable[[], None]]]:
    """A transaction in which nobody else writes to a site, and what runs the revisions in it."""
    from recorder.store.migrate import migrations  # noqa: PLC0415 - loads Alembic
    from recorder.store.revising import revising, run_revisions  # noqa: PLC0415

    driver = "postgresql+psycopg://"
    with revising(driver, partial(_held, site), alone(site), use_native_hstore=False) as work:
        held = work.connection.driver_connection
        if not isinstance(held, Connection):
            raise TypeError(held)
        yield OnServer(held), partial(run_revisions, work, migrations())


def _held(site: Site) -> Connection:
    connection = connect(site)
    connection.autocommit = False
    return connection
