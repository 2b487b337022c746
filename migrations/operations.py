"""What a revision does, on whichever engine the history lies: `op.run_script`, `op.drop_views`."""

import importlib.util
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import sqlalchemy as sa
from alembic.operations import MigrateOperation, Operations

VIEWS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'view'",
    "postgresql": "SELECT viewname FROM pg_views WHERE schemaname = current_schema()",
}


@Operations.register_operation("run_script")
class RunScript(MigrateOperation):
    """Execute the statements of a script that is written in SQLite's words."""

    def __init__(self, script: Path) -> None:
        self.script = script

    @classmethod
    def run_script(cls, operations: Operations, script: Path) -> None:
        operations.invoke(cls(script))


@Operations.register_operation("drop_views")
class DropViews(MigrateOperation):
    """Drop every view there is."""

    @classmethod
    def drop_views(cls, operations: Operations) -> None:
        operations.invoke(cls())


@Operations.implementation_for(RunScript)
def run_script(operations: Operations, operation: RunScript) -> None:
    db = operations.get_bind()
    for statement in statements(operation.script.read_text(encoding="utf-8")):
        if db.dialect.name == "sqlite":
            db.exec_driver_sql(statement)
        else:
            on_server(db, postgresql().carried_over(statement))


@Operations.implementation_for(DropViews)
def drop_views(operations: Operations, _operation: DropViews) -> None:
    db = operations.get_bind()
    for (name,) in db.exec_driver_sql(VIEWS[db.dialect.name]).all():
        db.exec_driver_sql(f'DROP VIEW "{name}"')


def statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one; executing it whole would commit."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""


def on_server(db: sa.Connection, carried: Iterator[str]) -> None:
    """Execute statements as they are: a percent sign in them is one."""
    for statement in carried:
        db.exec_driver_sql(statement, execution_options={"no_parameters": True})


def postgresql() -> ModuleType:
    """How statements are carried over: loaded only where a history lies on a server."""
    path = Path(__file__).with_name("postgresql.py")
    spec = importlib.util.spec_from_file_location("migrations_postgresql", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
