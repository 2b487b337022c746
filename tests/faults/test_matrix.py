"""The fault matrix says what the tests prove, and nothing else."""

import dataclasses
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.matrix import BY_KEY, ROWS, SECTIONS
from faults.proving import in_time, proves

TESTS = Path(__file__).resolve().parents[1]
PAGE = TESTS.parent / "docs" / "reliability.md"
HERE = Path(__file__).relative_to(TESTS)


def proofs() -> Iterator[tuple[str, tuple[str, ...]]]:
    """FILE::NAME of each test that may prove rows, and the keys of those that it does."""
    for path in sorted(TESTS.rglob("test_*.py")):
        file = path.relative_to(TESTS)
        if file == HERE or (file.parent != HERE.parent and "proves" not in path.read_text("utf-8")):
            continue
        module = importlib.import_module(".".join(file.with_suffix("").parts))
        for name, test in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("test_"):
                marks = getattr(test, "pytestmark", [])
                keys = [key for mark in marks if mark.name == "fault" for key in mark.args]
                yield f"{file}::{name}", tuple(keys)


def test_every_row_is_proved_by_the_test_it_names() -> None:
    """A row without a test fails, and so does a row that another test proves."""
    proved = [(key, test) for test, keys in proofs() for key in keys]
    assert sorted((row.key, row.test) for row in ROWS) == sorted(proved)


def test_every_test_of_a_fault_proves_a_row() -> None:
    """What is tested here is told in docs/reliability.md."""
    assert [test for test, keys in proofs() if test.startswith("faults/") and not keys] == []


def test_every_row_has_a_key_of_its_own() -> None:
    """By which tests ask for it."""
    assert len(BY_KEY) == len(ROWS)


def test_every_section_is_on_the_page() -> None:
    """`bin/docs` fills in the tables that the page has a place for."""
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in SECTIONS if f"<!-- faults: {name} -->\n| " not in page] == []


def test_a_row_that_nothing_holds_to_its_time_is_not_proved() -> None:
    """Its test fails, though all that it looks at is well."""

    @proves("off")
    def forgetting() -> None:
        pass

    @proves("off")
    def holding() -> None:
        with in_time(BY_KEY["off"]):
            pass

    holding()
    with pytest.raises(AssertionError, match="off: nothing holds it to 5 s"):
        forgetting()


def test_a_look_that_takes_longer_than_its_row_allows_fails() -> None:
    """However well it ends."""
    slow = dataclasses.replace(BY_KEY["off"], most_sec=0)
    with pytest.raises(AssertionError, match=r"off: .* of at most 0"), in_time(slow):
        pass
