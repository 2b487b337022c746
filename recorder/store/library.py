"""SQLAlchemy, without what it loads at once and hardly ever needs.

It imports asyncio and a driver on top of it for its asynchronous half, and importlib.metadata to
look for plug-ins; with all three put off until something asks for them it loads in about three
quarters of the time (`bench/startup` prints both). Everything in this package gets it from here.
"""

import contextlib
import importlib
import sys
from collections.abc import Iterator
from types import ModuleType


class _Later(ModuleType):
    """Stands for a module until one of its names is asked for."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


class _LaterAsyncio(_Later):
    """The one name that is taken from asyncio at import, and called in its asynchronous half."""

    @staticmethod
    def iscoroutine(candidate: object) -> bool:
        """Whether asyncio says so."""
        return bool(importlib.import_module("asyncio").iscoroutine(candidate))


@contextlib.contextmanager
def _put_off(*standing: ModuleType) -> Iterator[None]:
    """For an import within, have these stand for the modules of their names."""
    absent = [module for module in standing if module.__name__ not in sys.modules]
    for module in absent:
        parent, _, name = module.__name__.rpartition(".")
        sys.modules[module.__name__] = module
        if parent in sys.modules:
            setattr(sys.modules[parent], name, module)
    try:
        yield
    finally:
        for module in absent:
            parent, _, name = module.__name__.rpartition(".")
            del sys.modules[module.__name__]
            if parent in sys.modules and vars(sys.modules[parent]).get(name) is module:
                delattr(sys.modules[parent], name)


with _put_off(
    _LaterAsyncio("asyncio"),
    _Later("importlib.metadata"),
    _Later("sqlalchemy.dialects.sqlite.aiosqlite"),
):
    import sqlalchemy as sa
    from sqlalchemy.dialects import sqlite as _sqlite  # noqa: F401 - it loads that driver

__all__ = ["sa"]
