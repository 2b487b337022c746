"""The way into a site: every check that must come before its first row."""

import contextlib
from collections.abc import Iterator

from recorder.errors import NoHistoryError
from recorder.store.postgresql import schema
from recorder.store.postgresql.history import ServerHistory
from recorder.store.postgresql.trouble import explained
from recorder.store.revision import HEAD
from recorder.store.site import Site


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
    with contextlib.closing(ServerHistory(site)) as history, history.reading() as db:
        return schema.standing(db, site).revision


@contextlib.contextmanager
def opened(site: Site, *, writing: bool) -> Iterator[ServerHistory]:
    """A site that is open, its schema current: made, or upgraded, only to write. StoreError."""
    with contextlib.closing(ServerHistory(site)) as history:
        with history.reading() as db:
            found = schema.standing(db, site)
        with explained(site):
            schema.see_to(site, found, writing=writing)
        yield history
