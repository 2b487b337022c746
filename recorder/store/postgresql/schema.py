"""A site's schema, from nothing to now: by the revisions a file is made by, all of it or nothing.

Whether it is current is a plain SELECT; Alembic is loaded only where it is not.
"""

from recorder.errors import ForeignError, NewerError, NoHistoryError, OlderError, StoreError
from recorder.frozen import frozen
from recorder.store.library import sa
from recorder.store.revision import HEAD, REVISIONS, made_by_newer
from recorder.store.site import Site

STANDING = """
SELECT to_regnamespace(:quoted) IS NOT NULL AS there,
    to_regclass(:quoted || '.alembic_version') IS NOT NULL AS ours,
    EXISTS (SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname = :name) AS used
"""


@frozen
class Standing:
    """How a site's schema stands."""

    there: bool  # whether there is a schema of that name, though it may be empty
    revision: str | None  # None: no history was made in it


def standing(db: sa.Connection, site: Site) -> Standing:
    """What there is. Raises ForeignError, NewerError."""
    asked = {"quoted": f'"{site.name}"', "name": site.name}
    found = db.execute(sa.text(STANDING), asked).one()
    if not found.ours:
        if found.used:
            raise ForeignError(
                f"{site}: the schema {site.name} is another application's; give another ?site="
            )
        return Standing(bool(found.there), None)
    revision = db.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    if revision not in REVISIONS:
        query = sa.text("SELECT value FROM meta WHERE key = 'schema_made_by'")
        raise NewerError(made_by_newer(site, db.execute(query).scalar()))
    return Standing(there=True, revision=str(revision))


def see_to(engine: sa.Engine, site: Site, *, writing: bool) -> None:
    """See that the schema is current. Raises StoreError."""
    with engine.connect() as opened:
        db = opened.execution_options(reading=True)
        with db.begin():
            found = standing(db, site)
    if found.revision == HEAD:
        return
    if writing:
        migrate(engine, site)
    elif found.revision is None:
        raise NoHistoryError(f"nothing is recorded in {site} yet; `ops media.status` records")
    else:
        raise OlderError(
            f"{site} has an older schema, and reading does not change it; "
            "`ops media.history.upgrade` upgrades it, and so does the next look that records"
        )


def migrate(engine: sa.Engine, site: Site) -> None:
    """Make the schema, or bring it up to this program's: one transaction, one process at a time."""
    try:
        with engine.begin() as db:
            found = standing(db, site)  # another may have been quicker
            if found.revision == HEAD:
                return
            if not found.there:
                db.exec_driver_sql(f'CREATE SCHEMA "{site.name}"')
            to_head(db)
    except (StoreError, sa.exc.OperationalError, sa.exc.ProgrammingError):
        raise
    except Exception as error:
        said = str(error).partition("\n")[0]
        raise StoreError(f"{site} could not be upgraded ({said}) and is as it was") from error


def to_head(db: sa.Connection) -> None:
    """Run the revisions that are wanting, in the transaction that is under way."""
    from recorder.store.migrate import run_revisions  # noqa: PLC0415 - loads Alembic

    run_revisions(db)
