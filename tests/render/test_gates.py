"""The screen and the document of the gates."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from gates.made import HOST, seen
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from rich.cells import cell_len

from recorder.bindings.stack import Stack
from recorder.gates import GATES, Facts, hold
from recorder.model import GateResult, GateState
from recorder.render import document
from recorder.render.gates import screen
from recorder.render.gates_document import gates

from .examples import HOSTILE_TEXTS, NOW, TZ
from .gates_held import HELD_ILL, HELD_WELL, HOSTILE, ILL, hostile
from .screens import drawn

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "schema" / "verify.json").read_text())
HELD = {"well": HELD_WELL, "ill": HELD_ILL, "hostile": HOSTILE}


@pytest.mark.parametrize("results", HELD.values(), ids=HELD)
def test_the_document_obeys_its_schema(results: tuple[GateResult, ...]) -> None:
    """What --json prints is what docs/schema promises, and no key may go or come."""
    made: Any = gates(results, ILL.snapshot, generated_at=NOW)
    made = json.loads(document.as_json(made))
    Draft202012Validator.check_schema(SCHEMA)
    promise = Draft202012Validator(SCHEMA)
    assert [*promise.iter_errors(made)] == []
    for key in made["data"]:
        data = {k: v for k, v in made["data"].items() if k != key}
        assert not promise.is_valid(made | {"data": data}), key
    assert not promise.is_valid(made | {"more": 1})


def test_the_schema_knows_the_gates_and_their_states() -> None:
    """A gate added to the program is a gate added to the promise."""
    gate = SCHEMA["$defs"]["gate"]["properties"]
    assert gate["gate"]["enum"] == [it.number for it in GATES]
    assert gate["state"]["enum"] == [str(state) for state in GateState]


def test_the_verdict_names_what_does_not_pass() -> None:
    """A gate that fails is told apart from one that is unknown; warnings pass."""

    def last(results: tuple[GateResult, ...]) -> list[str]:
        lines = drawn(screen(results, ILL.snapshot, tz=TZ)).splitlines()
        return [line for line in lines[-2:] if not line.startswith("└")]

    assert last(HELD_WELL) == ["✓ 4 GATES PASS; nothing to check: D110"]
    assert last(HELD_WELL[:1]) == ["✓ 1 GATE PASSES"]
    unknown = replace(HELD_ILL[0], findings=(replace(HELD_ILL[0].findings[0],
                                                     severity=GateState.UNKNOWN),))  # fmt: skip
    assert last((unknown, *HELD_WELL[1:])) == ["? 1 UNKNOWN: D106"]
    assert last((unknown, HELD_ILL[1], *HELD_WELL[2:])) == ["✗ 1 FAIL: D107", "? 1 UNKNOWN: D106"]


def test_gates_that_found_nothing_to_check_do_not_pass_as_if_they_had() -> None:
    """Where nothing is declared that is said, with what to do; it is no failure."""
    nothing = hold(GATES, Facts(Stack(hosts=(replace(HOST, mounts=()),)), seen(mounts=())))
    lines = drawn(screen(nothing, ILL.snapshot, tz=TZ)).splitlines()
    assert [line for line in lines if "PASS" in line and "nothing to check" not in line] == []
    assert lines[-2:] == [
        "? NOTHING TO CHECK",
        "→ say what should run: services, mounts and ports in media.services.yaml",
    ]


@given(st.one_of(st.sampled_from(HOSTILE_TEXTS), st.text(max_size=60)), st.integers(40, 120))
def test_no_text_from_a_host_breaks_the_screen(text: str, width: int) -> None:
    """No line is too wide and no control character gets through."""
    shown = drawn(screen(hostile(text), ILL.snapshot, tz=TZ), width)
    assert max(cell_len(line) for line in shown.splitlines()) <= width
    assert all(char.isprintable() or char == "\n" for char in shown)


def test_every_gate_is_explained() -> None:
    """The page on gates has a section for each."""
    page = (ROOT / "docs" / "gates.md").read_text(encoding="utf-8")
    for gate in GATES:
        assert f"## {gate.number}: {gate.title}" in page
        assert gate.rule in " ".join(page.split())
