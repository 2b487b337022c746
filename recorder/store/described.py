"""What is in a history file and what it means, from the words the schema itself holds.

A table or view begins with comments that say what it is; a column is followed by one. Tables have
fewer: what is not said there is said here, by the column's name.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator

from recorder.frozen import frozen

UNITS = {
    "_at": "ISO 8601, UTC",
    "_ts": "seconds since 1970, UTC",
    "_bytes": "bytes",
    "_ms": "milliseconds",
    "_sec": "seconds",
    "_percent": "percent",
}
WHOLE_UNITS = {
    "at": "ISO 8601, UTC",
    "ts": "seconds since 1970, UTC",
    "since": "ISO 8601, UTC",
    "day": "YYYY-MM-DD, UTC",
    "local_day": "YYYY-MM-DD, local",
}
REALS = frozenset({"used_percent", "well_percent", "load_1min"})
WHOLE = frozenset(  # of views, whose columns have no type of their own
    {"number", "engine_readable", "exit_code", "oom_killed", "restart_count", "http_status"}
    | {"answers", "value", "measured", "min", "avg", "max", "last", "starts", "engine_restarts"}
    | {"imports", "unreachable_hosts", "checked", "findings"}
)
NOT_OURS = ("sqlite_", "alembic_")
SPANS = "Every state each {} was ever in, one row a stretch; the view {}_history tells it in words."
TABLES = {
    **{
        f"{kind}_span": SPANS.format(kind, kind)
        for kind in ("host", "service", "endpoint", "mount", "volume")
    },
    "import_span": "Every state each app that imports was ever in, one row a stretch.",
    "sample": "Each number of the last 30 days; the view number_log tells whose.",
    "rollup_hour": "Numbers by complete hour; the view number_hourly tells whose.",
    "rollup_day": "Numbers by complete UTC day; the view number_daily tells whose.",
}
COLUMNS = {
    "id": "its number here",
    "entity_id": "whose: entity.id",
    "series_id": "which number of what: series.id",
    "site_id": "site.id",
    "image_id": "what it was made from: image.id",
    "definition_id": "what the binding said: definition.id",
    "event_id": "the app's own number of it",
    "key": "of what",
    "kind": "host, service, endpoint, mount, volume or import",
    "metric": "what is measured; its unit is the end of this name",
    "unit": "its unit",
    "value": "how much, or what was noted",
    "ts": "when; of a roll-up: when it begins",
    "n": "how often it was measured",
    "min": "the least",
    "avg": "on average, a whole number",
    "max": "the most",
    "last": "the last",
    "first_ts": "the first snapshot that saw it so",
    "last_ts": "the last one; NULL: it still is",
    "snapshots": "how many were taken in it",
    "trigger": "person: somebody looked; schedule: cron did",
    "duration_ms": "how long it took",
    "name": "what it is called",
    "title": "what was imported",
    "noun": "what it imports: movie, episode, track",
    "container": "what its container is called",
    "declared": "active, parked or stopped, as bound; undeclared: no binding names it",
    "category": "its category in the bindings",
    "project": "its compose project",
    "compose_service": "its name in the compose file",
    "created_ts": "when its container was made",
    "started_ts": "when it started",
    "finished_ts": "when its container last ended",
    "ended_ts": "when it ended; NULL: it did not",
    "booted_ts": "when it was started",
    "error": "what the engine said of a failed start",
    "note": "what there is to say though it is well",
    "engine_kind": "docker or podman",
    "engine_reason": "why its containers could not be listed",
    "number": 'its number in the bindings, "id": the VM\'s',
    "role": "its role there",
    "state": "what it was; unknown: nobody could tell; gone: no more",
    "reason": "why it was down, failed or unknown",
    "detail": "the same in words",
    "boot_id": "what the machine calls this start of it",
    "address": "where it answered, or was last asked",
    "engine_readable": "1: its containers could be listed, 0: not",
    "memory_total_bytes": "what it has",
    "health": "healthy, unhealthy, starting or none, as the container's own check says",
    "exit_code": "what it ended with; of an action, 0: well",
    "oom_killed": "1: it was killed because memory ran out",
    "http_status": "what it answered",
    "declared_source": "what the bindings say should be mounted",
    "declared_mode": "rw or ro, as the bindings have it",
    "source": "what was mounted",
    "mode": "rw or ro, as mounted",
    "fs_type": "nfs4, cifs, fuse.sshfs, …",
    "path": "where, on its host",
    "last_value": "of one kept only when it changes: its newest value",
    "capability": "what was run",
    "arguments": "with which arguments",
    "user": "who ran it",
}
_HEAD = re.compile(r"\A[^(]*\(\n((?:    -- .*\n)+)")
_COLUMN = re.compile(r"^    (?P<name>\w+)\b[^\n]*? -- (?P<meaning>\S.*)$", re.MULTILINE)


@frozen
class Column:
    """A column: SQLite's type, the unit of its values ("" where words say it), its meaning."""

    name: str
    type: str
    unit: str
    meaning: str


@frozen
class Relation:
    """A table or a view."""

    name: str
    kind: str  # "table" or "view"
    meaning: str
    columns: tuple[Column, ...]


def described(db: sqlite3.Connection) -> tuple[Relation, ...]:
    """Every view, then every table, by name."""
    rows = db.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('view', 'table') "
        "ORDER BY type = 'table', name"
    ).fetchall()
    made = (
        relation_of(name, kind, _head(sql), _columns(db, kind, name, sql))
        for kind, name, sql in rows
    )
    return tuple(relation for relation in made if relation is not None)


def relation_of(
    name: str, kind: str, head: str, columns: Iterable[tuple[str, str, str]]
) -> Relation | None:
    """A table or view by what its own comments say of it and its columns; None: not ours.

    Of each column its name, its type where it is a table's, and what is said of it.
    """
    if name.startswith(NOT_OURS):
        return None
    words = head and head[0].upper() + head[1:].removesuffix(".") + "."
    told = (
        Column(
            column,
            kept if kind == "table" else _type(column),
            unit_of(column),
            said or COLUMNS.get(column, ""),
        )
        for column, kept, said in columns
    )
    return Relation(name, kind, TABLES.get(name, words), tuple(told))


def _head(sql: str) -> str:
    head = _HEAD.match(sql)
    return " ".join(head[1].replace("    -- ", " ").split()) if head else ""


def _columns(
    db: sqlite3.Connection, kind: str, name: str, sql: str
) -> Iterator[tuple[str, str, str]]:
    head = sql.partition(") AS")[0] if kind == "view" else sql
    said = {found["name"]: found["meaning"] for found in _COLUMN.finditer(head)}
    for _, column, declared, *_ in db.execute(f'PRAGMA table_info("{name}")').fetchall():
        yield column, declared, said.get(column, "")


def unit_of(column: str) -> str:
    """A column's unit, by the end of its name."""
    ends = (unit for end, unit in UNITS.items() if column.endswith(end))
    return WHOLE_UNITS.get(column) or next(ends, "")


def _type(column: str) -> str:
    if column in REALS:
        return "REAL"
    counted = ("_ts", "_bytes", "_ms", "_sec")
    return "INTEGER" if column in WHOLE or column.endswith(counted) else "TEXT"
