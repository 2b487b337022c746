"""Which functions of the program read text from outside, found by what they call.

Who takes bytes or text apart does it by one of a few methods: decodes it, loads it as JSON or YAML,
splits it, matches a pattern. So they are found in the source itself, and none has to be listed.
"""

import ast
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import CodeType, FrameType

import recorder

PACKAGE = Path(recorder.__file__).parent
METHODS = frozenset(
    """
    b64decode communicate decode findall finditer fromisoformat fullmatch load loads match
    partition raw_decode read_bytes read_text recv rpartition search split splitlines strptime
    unpack
    """.split()  # noqa: SIM905 - a line of words reads better than a column of literals
)
FUNCTIONS = frozenset({"urlsplit", "parse_qsl"})


@cache
def readers() -> frozenset[str]:
    """The functions that take text apart, each as `collect.boots:_times`."""
    return frozenset(_readers())


def _readers() -> Iterator[str]:
    for file in sorted(PACKAGE.rglob("*.py")):
        module = ".".join(file.relative_to(PACKAGE).with_suffix("").parts)
        for name, function in _functions(ast.parse(file.read_text("utf-8")), ""):
            if _takes_apart(function):
                yield f"{module}:{name}"


def _functions(node: ast.AST, within: str) -> Iterator[tuple[str, ast.AST]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            name = f"{within}{child.name}"
            if isinstance(child, ast.FunctionDef):
                yield name, child
            else:
                yield from _functions(child, f"{name}.")
        else:
            yield from _functions(child, within)


def _takes_apart(function: ast.AST) -> bool:
    """Whether it calls one of the methods that do, or one of the functions."""
    called = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return any(
        it.attr in METHODS if isinstance(it, ast.Attribute) else getattr(it, "id", "") in FUNCTIONS
        for it in called
    )


def reached(what: Callable[[], object]) -> set[str]:
    """The functions of the program that are entered meanwhile, named as above."""
    entered: set[CodeType] = set()

    def note(frame: FrameType, _event: str, _: object) -> None:
        entered.add(frame.f_code)  # and nothing of what it does

    before = sys.gettrace()
    sys.settrace(note)
    try:
        what()
    finally:
        sys.settrace(before)
    own = str(PACKAGE)
    return {_named(it) for it in entered if it.co_filename.startswith(own)}


def _named(code: CodeType) -> str:
    module = ".".join(Path(code.co_filename).relative_to(PACKAGE).with_suffix("").parts)
    return f"{module}:{code.co_qualname.partition('.<locals>')[0]}"
