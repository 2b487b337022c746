"""psycopg, which only a history on a server needs. Everything in this package gets it from here."""

from recorder.errors import StoreError

try:
    import psycopg
except ImportError as error:
    raise StoreError(
        "a history on a PostgreSQL server needs psycopg: `pip install "
        "'media-recorder[postgresql]'`, or in a checkout `bin/environment .venv requirements.txt "
        "requirements-postgresql.txt`"
    ) from error

__all__ = ["psycopg"]
