"""psycopg, which only a history on a server needs. Everything in this package gets it from here."""

import logging

from recorder.errors import StoreError

try:
    import psycopg
except ImportError as error:
    raise StoreError(
        "a history on a PostgreSQL server needs psycopg: `pip install "
        "'media-recorder[postgresql]'`, or in a checkout `bin/environment .venv requirements.txt "
        "requirements-postgresql.txt`"
    ) from error

# It logs what it could not undo on a connection that broke; why that broke is told in a line.
logging.getLogger("psycopg").setLevel(logging.CRITICAL + 1)

__all__ = ["psycopg"]
