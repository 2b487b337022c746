"""What happened on hosts before they were first looked at, as they told it."""

from datetime import datetime

from recorder.model import Kind
from recorder.model.past import Happening, Prior, Source
from recorder.store.connection import History
from recorder.store.rows import seconds
from recorder.store.things import time_of

FAR = 1 << 62
PRIOR = "SELECT * FROM known_before WHERE at_ts >= :since AND at_ts <= :until"


def prior(
    history: History, since: datetime | None = None, until: datetime | None = None
) -> tuple[Prior, ...]:
    """What is known from before, newest first: told by hosts, seen by nobody. Raises StoreError."""
    up_to = seconds(until)
    bounds = {"since": seconds(since) or 0, "until": FAR if up_to is None else up_to}
    with history.reading() as db:
        return tuple(
            Prior(
                time_of(row.at_ts),
                Kind(row.kind),
                row.host,
                row.name,
                Happening(row.what),
                row.detail,
                Source(row.source),
            )
            for row in db.rows(PRIOR, bounds)
        )
