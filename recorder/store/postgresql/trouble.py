"""What a server and the way to it complain of, each in one line with what to type.

The codes are PostgreSQL's (https://www.postgresql.org/docs/current/errcodes-appendix.html). Of a
connection that is not made there is only its text.
"""

import contextlib
import re
from collections.abc import Iterator, Mapping

from recorder.errors import (
    AwayError,
    BusyError,
    DamagedError,
    FullError,
    ReadOnlyError,
    StoreError,
)
from recorder.store.postgresql.library import psycopg
from recorder.store.site import Site

OWN_MISTAKES = ("22", "23", "42", "0A", "XX000")
MAY_NOT = ("42501",)
MEANT: Mapping[tuple[str, ...], tuple[type[StoreError], str]] = {
    MAY_NOT: (
        ReadOnlyError,
        "{site} may not be used so by this user: {said}; what it needs is in docs/scale.md",
    ),
    ("25006",): (
        ReadOnlyError,
        "{site}: its server only reads; give the one that is written to, with --db",
    ),
    ("53100",): (
        FullError,
        "no space left on the server of {site}; what was recorded before is whole",
    ),
    ("55P03", "53300", "40001", "40P01", "57014", "53200"): (
        BusyError,
        "{site} is held by another process, or its server is busy: {said}; try again",
    ),
    ("XX001", "XX002", "58P01"): (
        DamagedError,
        "{site} is damaged ({said}); to put a copy in its place: `ops media.history.restore`",
    ),
}
UNKNOWN = (StoreError, "{site}: {said}; see the server's log")
# What a server that lets nobody in says, and what to type then.
REFUSALS = {
    r"password|authentication": "give the password with PGPASSWORD or in ~/.pgpass",
    r"pg_hba": "let this address in: pg_hba.conf on the server",
    r'role "[^"]*" does not exist': "make the role: `createuser` on the server",
    r'database "[^"]*" does not exist': "make the database: `createdb` on the server",
    r"too many|remaining connection slots": "try again in a minute",
    r"SSL was required|SSL error|certificate": "see sslmode and sslrootcert in docs/scale.md",
}
# What is said where a connection ends amid a question, with TLS and without.
BROKEN_OFF = re.compile(r"SSL error: unexpected eof|SSL SYSCALL error|closed.* unexpectedly")
_PREFIX = re.compile(r"connection failed: |connection to server [^:]*?(failed: |error: )|FATAL: +")


@contextlib.contextmanager
def explained(site: Site) -> Iterator[None]:
    """Turn what the server says into StoreErrors; our own mistakes stay as they are."""
    try:
        yield
    except psycopg.Error as error:
        meant = explanation(site, error)
        if meant is None:
            raise
        raise meant from error
    except Exception as error:
        wrapped = getattr(error, "orig", None)  # as SQLAlchemy hands it on
        meant = explanation(site, wrapped) if isinstance(wrapped, psycopg.Error) else None
        if meant is None:
            raise
        raise meant from error


def explanation(site: Site, error: psycopg.Error) -> StoreError | None:
    """What an error means to a person; None where it is our own mistake."""
    code = error.sqlstate
    if code is None or code[:2] in ("08", "28", "3D") or code in ("57P01", "57P02", "57P03"):
        return _of_the_way(site, error) if isinstance(error, psycopg.OperationalError) else None
    if code.startswith(OWN_MISTAKES) and code not in MAY_NOT:
        return None
    kind, told = next((it for codes, it in MEANT.items() if code in codes), UNKNOWN)
    return kind(told.format(site=site, said=_first_line(error)))


def _of_the_way(site: Site, error: psycopg.Error) -> AwayError:
    said = _PREFIX.sub("", _first_line(error)).strip()
    if BROKEN_OFF.search(said):
        said = "the connection broke off"
    for pattern, advice in REFUSALS.items():
        if re.search(pattern, said):
            return AwayError(f"{site}: its server does not let us in: {said}; {advice}")
    return AwayError(f"{site}: no answer from its server: {said}; see `pg_isready`")


def _first_line(error: psycopg.Error) -> str:
    """The server's own words; of several addresses tried, what the last one said."""
    said = error.diag.message_primary or str(error)
    lines = [line.strip("- \t") for line in said.splitlines() if line.strip()]
    lines = [line for line in lines if "failed" in line or "error" in line] or lines
    return lines[-1] if lines else type(error).__name__
