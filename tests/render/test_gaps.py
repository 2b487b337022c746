"""The screen and the document of the open gaps."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from recorder.model import Gap
from recorder.render import gaps
from recorder.render.gaps_document import gaps as told

from .examples import GAPS, HOSTILE_GAPS, NOW
from .screens import REGISTER, drawn

SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "media.gaps.json"
LOW = Gap("G-1", "low", "a low one", "open")


@pytest.mark.parametrize("some", [GAPS, HOSTILE_GAPS, ()], ids=["some", "hostile", "none"])
@pytest.mark.parametrize("note", [None, "not YAML"])
def test_the_document_obeys_its_schema(some: tuple[Gap, ...], note: str | None) -> None:
    """What --json prints is what docs/schema promises; a register that can't be read fails."""
    made = told(some, None if note else REGISTER, note, generated_at=NOW)
    schema = json.loads(SCHEMA.read_text())
    assert [*Draft202012Validator(schema).iter_errors(json.loads(json.dumps(made)))] == []
    assert made["status"] == ("fail" if note else "ok")


def test_the_worst_come_first_and_keep_their_order() -> None:
    """By severity, whatever its case; one that nobody knows comes last."""
    some = [replace(LOW, id="odd", severity="odd"), LOW, replace(LOW, id="G-2", severity="HIGH")]
    some.append(replace(LOW, id="G-3"))
    assert [gap.id for gap in gaps.worst_first(some)] == ["G-2", "G-1", "G-3", "odd"]


def test_no_gaps_and_no_register_are_told_apart_from_one_that_cannot_be_read() -> None:
    """Nothing open is well only where the register was read."""
    assert drawn(gaps.screen((), REGISTER, None)) == f"✓ NO OPEN GAPS in {REGISTER.name}\n"
    assert drawn(gaps.screen((), None, None)) == "✓ NO OPEN GAPS: no register\n"
    assert drawn(gaps.screen((), REGISTER, "line 3: not YAML")) == "✗ line 3: not YAML\n"
