"""What makes most of a history: the things that change all the time, and crash loops by name.

A crash loop is one span however long it lasts, so it is found by its restarts, which are samples.
Only a window of time is read, never the whole file.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise

from recorder.model import Kind, ServiceState
from recorder.store.connection import Connection
from recorder.store.figures import CrashLoop, Noise
from recorder.store.loops import SPANS_A_DAY
from recorder.store.naming import places
from recorder.store.numbers import DAY_SEC
from recorder.store.things import Place

MOST_NAMED = 5
BEGUN = f"""
    SELECT entity_id, count(*) AS began, count(*) FILTER (WHERE state = 'unknown') AS unseen
    FROM {{kind}}_span WHERE first_ts > :since GROUP BY entity_id HAVING count(*) > 1
    ORDER BY began DESC, entity_id LIMIT {MOST_NAMED}"""  # noqa: S608 - the names are our own
RESTARTS = """
    SELECT series.entity_id, sample.ts, sample.value
    FROM series JOIN sample ON sample.series_id = series.id
    WHERE series.metric = 'restart_count' AND sample.ts > :since ORDER BY sample.ts"""
STATE_NOW = "SELECT state FROM service_span WHERE entity_id = :id AND last_ts IS NULL"


def noisiest(db: Connection, since: int) -> tuple[Noise, ...]:
    """The things that began most spans after a time; one span alone is no noise."""
    first = db.scalar("SELECT min(first_ts) FROM coverage") or 0
    found = [busy for kind in Kind for busy in _of_kind(db, kind, max(since, first))]
    found.sort(key=lambda busy: -busy[1])
    known = places(db)
    return tuple(
        Noise(known[thing][0], known[thing][1].host, known[thing][1].name, began, unseen)
        for thing, began, unseen in found[:MOST_NAMED]
    )


def _of_kind(db: Connection, kind: Kind, since: int) -> Iterator[tuple[int, int, int]]:
    for row in db.rows(BEGUN.format(kind=kind), {"since": since}):
        yield row.entity_id, row.began, row.unseen


def crash_loops(db: Connection, since: int) -> tuple[CrashLoop, ...]:
    """The services that were restarted so often on some day that they were held in one span."""
    counts: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for entity_id, ts, value in db.rows(RESTARTS, {"since": since}):
        counts[entity_id].append((ts, value))
    known = places(db) if counts else {}
    loops = [
        loop
        for entity_id, of_one in counts.items()
        for loop in _looping(db, entity_id, known[entity_id][1], of_one)
    ]
    return tuple(sorted(loops, key=lambda loop: -loop.restarts)[:MOST_NAMED])


def _looping(
    db: Connection, entity_id: int, place: Place, counts: Iterable[tuple[int, int]]
) -> Iterator[CrashLoop]:
    a_day = restarts_by_day(counts)
    if not a_day or max(a_day.values()) < SPANS_A_DAY:
        return
    day, most = max(a_day.items(), key=lambda item: item[1])
    lasting = db.scalar(STATE_NOW, {"id": entity_id}) == ServiceState.RESTARTING
    on = datetime.fromtimestamp(day, UTC).date()
    yield CrashLoop(place.host, place.name, sum(a_day.values()), on, most, lasting)


def restarts_by_day(counts: Iterable[tuple[int, int]]) -> Counter[int]:
    """By the UTC day's begin, how often a counter grew; one that fell began anew at 0."""
    a_day: Counter[int] = Counter()
    for (_, before), (ts, now) in pairwise(counts):
        a_day[ts - ts % DAY_SEC] += now - before if now >= before else now
    return a_day
