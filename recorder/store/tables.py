"""The tables as queries name them: names only. What they are is said once, in the migrations.

A test holds these names against a migrated file.
"""

from collections.abc import Mapping

from recorder.frozen import frozen
from recorder.model import Kind


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


@frozen
class Table:
    """A table by its columns: those of its key, in whose order its rows lie, and the others."""

    name: str
    key: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.key, *self.others)


ROLLED = ("n", "min", "avg", "max", "last")
_ALL = (
    Table("meta", ("key",), ("value",)),
    Table("site", ("id",), ("name",)),
    Table(
        "entity",
        ("id",),
        ("site_id", "kind", "parent_id", "identity", "name", "position", "retired_ts"),
    ),
    Table("image", ("id",), ("digest", "ref", "version")),
    Table(
        "definition",
        ("id",),
        ("container", "declared", "category", "project", "compose_service"),
    ),
    Table("snapshot", ("ts",), ("trigger", "duration_ms", "unreachable", "clock_step_sec")),
    Table("coverage", ("first_ts",), ("last_ts", "snapshots")),
    *(
        Table(f"{kind}_span", ("entity_id", "first_ts"), ("last_ts", *shape.columns))
        for kind, shape in SHAPES.items()
    ),
    Table("series", ("id",), ("entity_id", "metric", "last_ts", "last_value")),
    Table("sample", ("ts", "series_id"), ("value",)),
    Table("rollup_hour", ("series_id", "ts"), ROLLED),
    Table("rollup_day", ("series_id", "ts"), ROLLED),
    Table("import_event", ("entity_id", "ts", "event_id"), ("title",)),
    Table("told_until", ("entity_id",), ("ts",)),
    Table("prior_boot", ("entity_id", "ts"), ("source",)),
    Table(
        "action",
        ("id",),
        ("capability", "arguments", "user", "started_ts", "ended_ts", "exit_code", "note"),
    ),
    Table("gate_span", ("id",), ("gate", "title", "first_ts", "last_ts", "state", "checked")),
    Table("gate_finding", ("gate_span_id", "number"), ("severity", "host", "name", "what", "todo")),
)
TABLES: Mapping[str, Table] = {table.name: table for table in _ALL}  # parents first


def insertion(name: str, *, with_key: bool = True) -> str:
    """The statement that adds a row of a table, of values by the names of its columns."""
    table = TABLES[name]
    columns = table.columns if with_key else table.others
    named = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(f":{column}" for column in columns)
    return f"INSERT INTO {name} ({named}) VALUES ({values})"  # noqa: S608 - our own names
