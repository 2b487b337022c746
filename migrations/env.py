"""Alembic's way to a history: the connection the program hands over, or `-x db=FILE`.

The program has begun a transaction on its connection and ends it itself, so that the schema and
its mark change together or not at all.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import context
from alembic.operations import Operations
from alembic.util import load_python_file
from sqlalchemy.pool import NullPool

HERE = Path(__file__).parent


def run(connection: sa.Connection) -> None:
    if not hasattr(Operations, "run_script"):  # this file is run anew for each history
        load_python_file(str(HERE), "operations.py")
    if connection.dialect.name == "postgresql":
        functions = HERE.joinpath("postgresql.sql").read_text(encoding="utf-8")
        connection.exec_driver_sql(functions, execution_options={"no_parameters": True})
    context.configure(connection=connection)
    context.run_migrations()


def by_hand() -> None:
    """A developer's `alembic upgrade`: one transaction too, foreign keys off as ever."""
    path = Path(context.get_x_argument(as_dictionary=True)["db"]).absolute()
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        connect_args={"isolation_level": None},
        poolclass=NullPool,
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        run(connection)
        connection.commit()


handed = context.config.attributes.get("connection")
if handed is None:
    by_hand()
else:
    run(handed)
