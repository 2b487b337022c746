"""Where a history lies: in a file of its own, or as one home's site on a PostgreSQL server.

A site is a schema of its own in one database: the same tables, views and questions as in a file,
and nothing of another home's. What only a file can do is in the modules beside this one, what only
a server can in `postgresql`; whoever records and reads knows neither.
"""

import re
from collections.abc import Callable
from dataclasses import field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from recorder.errors import UsageError
from recorder.frozen import frozen

SCHEMES = ("postgresql", "postgres")
EXAMPLE = "postgresql://recorder@db.example/media?site=home"
_NAME = re.compile(r"[a-z0-9_][a-z0-9_ -]{0,39}")
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
    """Whether a place is given as a server's URL."""
    return text.partition("://")[0] in SCHEMES


def site_at(url: str, called: Callable[[], str]) -> Site:
    """The site a URL leads to: its `?site=`, else as the bindings call this home.

    Raises UsageError, which never shows what may hold a password.
    """
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises for one that is none
        options = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise UsageError(f"the history's URL can't be read; write it like {EXAMPLE}") from error
    if not parts.path.strip("/"):
        raise UsageError(f"the history's URL names no database; write it like {EXAMPLE}")
    name = dict(options).get("site") or schema_of(called())
    if not _NAME.fullmatch(name) or _TAKEN.fullmatch(name):
        raise UsageError(
            f"?site={name[:60]} can't be the name of a site: a-z, 0-9, _ and - can, up to 40 of "
            "them, but not public or pg_…"
        )
    others = [(key, value) for key, value in options if key != "site"]
    user, at, host = parts.netloc.rpartition("@")
    netloc = user.partition(":")[0] + at + host
    told = urlencode(
        [pair for pair in others if "pass" not in pair[0]] + [("site", name)], safe="/"
    )
    shown = urlunsplit(("postgresql", netloc, parts.path, told, ""))
    bare = urlunsplit(("postgresql", parts.netloc, parts.path, urlencode(others), ""))
    return Site(name, shown, bare)


def renamed(site: Site, name: str) -> Site:
    """The same server's site of another name."""
    before, mark, _ = site.shown.rpartition("site=")
    return Site(name, f"{before}{mark}{name}", site.url)


def schema_of(site: str) -> str:
    """A home's name as a schema's: in small letters, anything odd a line."""
    return re.sub(r"[^a-z0-9_-]+", "-", site.lower()).strip("-")[:40]
