"""Whether a history is whole: SQLite's own check, then the rules no constraint can hold.

Spans of a thing never overlap, stretches of coverage neither; no look lies outside them; what is no
more has no open span, and what is has one.
"""

import contextlib
from pathlib import Path

from recorder.errors import DamagedError
from recorder.model import Kind
from recorder.store.backup import OVERLAPS, check
from recorder.store.connection import connect, reading_mode
from recorder.store.doubt import impossible
from recorder.store.engine import check_header, opened
from recorder.store.location import check_place
from recorder.store.migrate import is_current
from recorder.store.site import Location, Site
from recorder.store.trouble import explained

MOST_TOLD = 20

STRAYS = f"""
SELECT 'the stretch of snapshots from ' || first_ts || ' overlaps the one before' FROM (
    SELECT first_ts, lag(last_ts) OVER (ORDER BY first_ts) AS before FROM coverage
) AS stretches WHERE before >= first_ts
UNION ALL
SELECT 'the snapshot of ' || ts || ' lies in no stretch of snapshots' FROM snapshot
WHERE NOT EXISTS (
    SELECT 1 FROM coverage WHERE first_ts = (
        SELECT max(first_ts) FROM coverage WHERE first_ts <= snapshot.ts
    ) AND last_ts >= snapshot.ts
)
LIMIT {MOST_TOLD}
"""  # noqa: S608 - the limit is our own
OPEN = """
SELECT entity.kind || ' ' || entity.id || ': it is no more, and has an open span'
FROM entity JOIN {kind}_span AS span ON span.entity_id = entity.id
WHERE entity.kind = '{kind}' AND retired_ts IS NOT NULL AND span.last_ts IS NULL
"""
RULES = (STRAYS, *(OPEN.format(kind=kind.value) for kind in Kind))


def faults_of_history(place: Location) -> tuple[str, ...]:
    """What is wrong with a history, a line each; empty where it is whole.

    Raises StoreError where it is not there, is another application's, or a newer program's.
    """
    if isinstance(place, Site):
        return _faults_on_server(place)
    path = place
    check_place(path)
    try:
        if path.exists():
            check_header(path)
            is_current(path, reading_mode(path))
        found = check(path)
        return found or _broken_rules(path)
    except DamagedError as error:
        return (str(error),)


def _faults_on_server(site: Site) -> tuple[str, ...]:
    from recorder.store.postgresql.upkeep import strays  # noqa: PLC0415 - only for a server

    queries = (*OVERLAPS, *RULES)
    with opened(site, writing=False) as history, history.reading() as db:
        found = [*strays(db), *(row[0] for query in queries for row in db.rows(query))]
    return tuple(found[:MOST_TOLD])


def _broken_rules(path: Path) -> tuple[str, ...]:
    with explained(path), contextlib.closing(connect(path, reading_mode(path))) as connection:
        found = [row[0] for query in RULES for row in connection.execute(query)]
        found += impossible(connection)
    return tuple(found[:MOST_TOLD])
