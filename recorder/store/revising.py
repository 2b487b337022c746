"""A transaction in which Alembic runs revisions.

Here alone Alembic is loaded, and SQLAlchemy for it: the two take longer to load than a look takes.
"""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.pool import NullPool

import recorder

MADE_BY = """
INSERT INTO meta (key, value) VALUES ('schema_made_by', :version)
ON CONFLICT (key) DO UPDATE SET value = excluded.value"""


@contextlib.contextmanager
def revising(
    url: str, connect: Callable[[], object], begin: str, **options: bool
) -> Iterator[sa.Connection]:
    """A transaction on a driver's connection of our own; `url` names the driver."""
    engine = sa.create_engine(url, creator=connect, poolclass=NullPool, **options)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    with engine.begin() as connection:
        yield connection


def run_revisions(connection: sa.Connection, folder: Path) -> None:
    """Run the revisions of a folder that are wanting, in the transaction that is under way."""
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.execute(sa.text(MADE_BY), {"version": recorder.__version__})
