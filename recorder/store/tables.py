"""The tables as queries name them: names only. What they are is said once, in the migrations.

A test holds these names against a migrated file.
"""

from collections.abc import Mapping
from typing import Any

from recorder.frozen import frozen
from recorder.model import Kind
from recorder.store.library import sa

metadata = sa.MetaData()


@frozen
class Shape:
    """What a span of one kind of thing holds, besides its state and reason."""

    bound: tuple[str, ...]  # what the binding says: there even where nothing could be seen
    seen: tuple[str, ...]  # what was seen; another value begins another span
    carried: tuple[str, ...]  # as it was when the span began; another value begins none

    @property
    def compared(self) -> tuple[str, ...]:
        """Where two spans that follow each other differ."""
        return ("state", "reason", *self.bound, *self.seen)

    @property
    def columns(self) -> tuple[str, ...]:
        return ("state", "reason", *self.bound, *self.seen, *self.carried)

    @property
    def hidden(self) -> tuple[str, ...]:
        """What is NULL where nothing could be seen."""
        return tuple(name for name in (*self.seen, *self.carried) if name != "detail")


SHAPES: Mapping[Kind, Shape] = {
    Kind.HOST: Shape(
        ("number", "role"),
        ("boot_id", "address", "engine_kind", "engine_readable", "engine_reason"),
        ("detail", "booted_ts", "memory_total_bytes"),
    ),
    Kind.SERVICE: Shape(
        ("definition_id",),
        (
            "health",
            "exit_code",
            "oom_killed",
            "image_id",
            "created_ts",
            "started_ts",
            "finished_ts",
        ),
        ("restart_count", "error"),
    ),
    Kind.ENDPOINT: Shape((), ("http_status",), ("detail",)),
    Kind.MOUNT: Shape(
        ("declared_source", "declared_mode"), ("source", "mode", "fs_type"), ("detail", "note")
    ),
    Kind.VOLUME: Shape(("path",), (), ("detail",)),
    Kind.IMPORT: Shape(("noun",), (), ("detail",)),
}


def _table(name: str, key: tuple[str, ...], *columns: str) -> sa.Table:
    keys: list[sa.Column[Any]] = [
        sa.Column(column, sa.BigInteger, primary_key=True, autoincrement=column == "id")
        for column in key
    ]
    return sa.Table(name, metadata, *keys, *(sa.Column(column) for column in columns))


def _span(kind: Kind) -> sa.Table:
    return _table(f"{kind}_span", ("entity_id", "first_ts"), "last_ts", *SHAPES[kind].columns)


meta = sa.Table("meta", metadata, sa.Column("key", sa.Text, primary_key=True), sa.Column("value"))
site = _table("site", ("id",), "name")
entity = _table(
    "entity",
    ("id",),
    "site_id",
    "kind",
    "parent_id",
    "identity",
    "name",
    "position",
    "retired_ts",
)
image = _table("image", ("id",), "digest", "ref", "version")
definition = _table(
    "definition", ("id",), "container", "declared", "category", "project", "compose_service"
)
snapshot = _table("snapshot", ("ts",), "trigger", "duration_ms", "unreachable", "clock_step_sec")
coverage = _table("coverage", ("first_ts",), "last_ts", "snapshots")
spans: Mapping[Kind, sa.Table] = {kind: _span(kind) for kind in Kind}
series = _table("series", ("id",), "entity_id", "metric", "last_ts", "last_value")
sample = _table("sample", ("ts", "series_id"), "value")
rollup_hour = _table("rollup_hour", ("series_id", "ts"), "n", "min", "avg", "max", "last")
rollup_day = _table("rollup_day", ("series_id", "ts"), "n", "min", "avg", "max", "last")
import_event = _table("import_event", ("entity_id", "ts", "event_id"), "title")
told_until = _table("told_until", ("entity_id",), "ts")
prior_boot = _table("prior_boot", ("entity_id", "ts"), "source")
action = _table(
    "action",
    ("id",),
    "capability",
    "arguments",
    "user",
    "started_ts",
    "ended_ts",
    "exit_code",
    "note",
)
gate_span = _table("gate_span", ("id",), "gate", "title", "first_ts", "last_ts", "state", "checked")
gate_finding = _table(
    "gate_finding", ("gate_span_id", "number"), "severity", "host", "name", "what", "todo"
)
