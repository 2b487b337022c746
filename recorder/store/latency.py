"""How long endpoints took to answer in a window of time.

Each answer of the last 30 days is at hand; of longer ago hours and days in one, which still tell
average and most, but no percentile.
"""

from collections import Counter, defaultdict
from collections.abc import Collection

from recorder.frozen import frozen
from recorder.store.connection import Connection
from recorder.store.numbers import DAY_SEC
from recorder.store.past_numbers import noted_hours

MEASURED = """
    SELECT series.id, endpoint.id, host.name, service.name FROM series
    JOIN entity AS endpoint ON endpoint.id = series.entity_id AND endpoint.kind = 'endpoint'
    JOIN entity AS service ON service.id = endpoint.parent_id
    JOIN entity AS host ON host.id = service.parent_id
    WHERE series.metric = 'latency_ms' ORDER BY endpoint.position, endpoint.id"""
ANSWERS = "SELECT series_id, value FROM sample WHERE ts >= :begin AND ts < :end"
ROLLED = """
    SELECT series_id, sum(n), sum(n * avg), max(max) FROM {table}
    WHERE series_id IN ({ids}) AND ts >= :begin AND ts < :end GROUP BY series_id"""


@frozen
class Latency:
    """An endpoint's answers in a window: how many, and how long they took."""

    host: str
    name: str  # its service's
    answers: int
    total_ms: int
    most_ms: int
    counts: tuple[tuple[int, int], ...] | None  # (ms, answers), rising; None: no longer known

    @property
    def average_ms(self) -> int:
        return round(self.total_ms / self.answers)


def latencies(
    db: Connection, begin: int, end: int, only: Collection[int] | None, *, single: bool
) -> tuple[Latency, ...]:
    """Of each endpoint that answered, in the stack's order. `single`: each answer is at hand."""
    measured = {
        series: (host, name)
        for series, endpoint, host, name in db.rows(MEASURED)
        if only is None or endpoint in only
    }
    if not single:
        return _rolled(db, begin, end, measured)
    counted = _counted(db, begin, end, measured)
    return tuple(
        Latency(
            *measured[series],
            sum(of.values()),
            sum(ms * number for ms, number in of.items()),
            max(of),
            tuple(sorted(of.items())),
        )
        for series in measured
        if (of := counted[series])
    )


def _counted(
    db: Connection, begin: int, end: int, measured: Collection[int]
) -> dict[int, Counter[int]]:
    counted: dict[int, Counter[int]] = defaultdict(Counter)
    if not measured:
        return counted
    query = f"{ANSWERS} AND series_id IN ({_listed(measured)})"
    # Counted here, not by SQL: SQLite sorts what it groups, which takes longer.
    answers = db.tuples(query, {"begin": begin, "end": end})
    for (series, ms), number in Counter(answers).items():
        counted[series][ms] = number
    return counted


def _rolled(
    db: Connection, begin: int, end: int, measured: dict[int, tuple[str, str]]
) -> tuple[Latency, ...]:
    """Whole UTC days, the hours at both ends, and what is not yet rolled up; to the hour."""
    if not measured:
        return ()
    days = (-(-begin // DAY_SEC) * DAY_SEC, end // DAY_SEC * DAY_SEC)
    rolled = max(days[1], min(end, noted_hours(db)))
    sums: dict[int, tuple[int, int, int]] = {}

    def add(series: int, answers: int, total: int, most: int) -> None:
        so_far = sums.get(series, (0, 0, 0))
        sums[series] = (so_far[0] + answers, so_far[1] + total, max(so_far[2], most))

    stretches = (("rollup_hour", begin, days[0]), ("rollup_day", *days))
    for table, first, last in (*stretches, ("rollup_hour", days[1], rolled)):
        query = ROLLED.format(table=table, ids=_listed(measured))
        for row in db.rows(query, {"begin": first, "end": last}):
            add(*row)
    for series, of in _counted(db, rolled, end, measured).items():
        add(series, sum(of.values()), sum(ms * n for ms, n in of.items()), max(of))
    return tuple(
        Latency(*measured[series], answers, total, most, None)
        for series, (answers, total, most) in sorted(sums.items())
    )


def _listed(ids: Collection[int]) -> str:
    return ", ".join(str(int(one)) for one in ids)
