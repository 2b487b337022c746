"""Where a history lies: in a file of its own, or as one home's site on a PostgreSQL server.

A site is a schema of its own in one database: the same tables, views and questions as in a file,
and nothing of another home's. What only a file can do is in the modules beside this one, what only
a server can in `postgresql`; whoever records and reads knows neither.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from recorder.errors import UsageError
from recorder.frozen import frozen

SCHEMES = ("postgresql", "postgres")
EXAMPLE = "postgresql://recorder@db.example/media?site=home"
SHOWN = frozenset({"host", "port", "user", "dbname", "sslmode", "sslrootcert"})  # no secret is
PASSWORD = "PGPASSWORD"  # noqa: S105 - where it may be given
NAME_LETTERS = 36  # with what a replaced one bears behind it, a server's 63
_ASIDE = re.compile(r"-replaced-\d{8}-\d{6}(?:-\d)?")
_NAME = re.compile(rf"[a-z0-9_][a-z0-9_-]{{0,{NAME_LETTERS - 1}}}(?:{_ASIDE.pattern})?")
_LIKE_A_URL = re.compile(rf"[a-z][\w+.-]*:/|(?:{'|'.join(SCHEMES)}):", re.IGNORECASE)
_TAKEN = re.compile(r"pg_.*|public|information_schema")  # the server's own


@frozen
class Site:
    """A home's history on a server. As text it is its URL, without a password."""

    name: str  # the schema it is in
    shown: str
    url: str = field(repr=False)  # for the server: all but the site

    def __str__(self) -> str:
        return self.shown


Location = Path | Site


def is_url(text: str) -> bool:
    """Whether a place is given as a server's URL.

    Raises UsageError for any other URL, which never shows it: as a path it would be a folder's
    name, password and all.
    """
    if not _LIKE_A_URL.match(text):
        return False
    scheme, mark, _ = text.partition("://")
    if not mark or scheme.lower() not in SCHEMES:
        raise UsageError(
            f"the history's URL is of no kind known here; write it like {EXAMPLE}, and a path "
            "that begins so with ./ before it"
        )
    return True


def site_at(url: str, called: Callable[[], str]) -> Site:
    """The site a URL leads to: its `?site=`, else as the bindings call this home.

    Raises UsageError, which never shows what may hold a password.
    """
    try:
        parts = urlsplit(url)
        query = parts.query.replace("+", "%2B")  # to libpq a plus is a plus
        options = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
        user, at, host = parts.netloc.rpartition("@")
        if "," in host or "," in dict(options).get("host", ""):
            raise UsageError("the history's URL names several hosts; give one host")
        parts.port  # noqa: B018 - raises for one that is none
        urlsplit(f"//{user.partition(':')[0]}{at}{host}")  # what is shown has to be one, too
    except ValueError as error:
        raise UsageError(f"the history's URL can't be read; write it like {EXAMPLE}") from error
    if not re.fullmatch(r"/[^/@]+", parts.path):
        raise UsageError(f"the history's URL names no database; write it like {EXAMPLE}")
    name = dict(options).get("site") or schema_of(called())
    if not _NAME.fullmatch(name) or _TAKEN.fullmatch(name):
        raise UsageError(
            f"?site={name[:60]} can't be the name of a site: a-z, 0-9, _ and - can, up to "
            f"{NAME_LETTERS} of them, but not public or pg_…"
        )
    others = [(key, value) for key, value in options if key != "site"]
    told = [(key, value) for key, value in others if key in SHOWN]
    shown = _written(user.partition(":")[0] + at + host, parts.path, [*told, ("site", name)])
    return Site(name, shown, _written(parts.netloc, parts.path, others))


def _written(server: str, database: str, options: Sequence[tuple[str, str]]) -> str:
    """A URL as libpq reads it: two slashes though no server is named, and no plus for a space."""
    query = urlencode(options, safe="/", quote_via=quote)
    return f"postgresql://{server}{database}" + (f"?{query}" if query else "")


def renamed(site: Site, name: str) -> Site:
    """The same server's site of another name."""
    before, mark, _ = site.shown.rpartition("site=")
    return Site(name, f"{before}{mark}{name}", site.url)


def aside(site: Site, replaced_at: datetime, number: int) -> Site:
    """Where what is in a site goes when it is replaced, the first time or a later one at once."""
    once = f"-{number}" if number > 1 else ""
    stem = _ASIDE.sub("", site.name)
    return renamed(site, f"{stem}-replaced-{replaced_at.astimezone(UTC):%Y%m%d-%H%M%S}{once}")


def schema_of(site: str) -> str:
    """A home's name as a schema's: in small letters, anything odd a line."""
    return re.sub(r"[^a-z0-9_-]+", "-", site.lower()).strip("-")[:NAME_LETTERS]
