"""The statements made of histories, noted as they are made."""

# ruff: noqa: ANN401 - a method of any shape
import contextlib
from collections.abc import Iterator
from typing import Any

from recorder.store.connection import Connection


@contextlib.contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """Every statement made meanwhile, with its values; one made of many rows is one."""
    made: list[tuple[str, Any]] = []
    with contextlib.ExitStack() as undone:
        for kind in Connection.__subclasses__():
            for name in ("rows", "tuples", "change", "change_all"):
                undone.callback(setattr, kind, name, getattr(kind, name))
                setattr(kind, name, _noting(getattr(kind, name), made))
        yield made


def _noting(ask: Any, made: list[tuple[str, Any]]) -> Any:
    def noted(self: Connection, statement: str, values: Any = ()) -> Any:
        made.append((statement.strip(), values))
        return ask(self, statement, values)

    return noted
