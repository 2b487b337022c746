"""The screen and the document of what differs between two moments."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from rich.cells import cell_len

from recorder.history.difference import Side, difference
from recorder.render import document
from recorder.render.difference import screen
from recorder.render.difference_document import difference as told

from .differences import BEFORE, HOSTILE, MORNING, NIGHTFALL, NOTHING, THEN, hostile
from .examples import HOSTILE_TEXTS, NOW, TZ
from .screens import drawn

SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "media.diff.json"
DIFFERENCES = {"night": NIGHTFALL, "morning": MORNING, "nothing": NOTHING, "hostile": HOSTILE}


def validator() -> Draft202012Validator:
    schema: dict[str, Any] = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("name", DIFFERENCES)
def test_the_document_obeys_its_schema(name: str) -> None:
    """What --json prints is what docs/schema promises, and no key may go or come."""
    made: Any = json.loads(document.as_json(told(DIFFERENCES[name], generated_at=NOW)))
    promise = validator()
    assert [*promise.iter_errors(made)] == []
    for key in made["data"]:
        data = {k: v for k, v in made["data"].items() if k != key}
        assert not promise.is_valid(made | {"data": data}), key
    assert not promise.is_valid(made | {"more": 1})


def test_free_space_alone_is_told_apart_from_nothing() -> None:
    """Space changes all the time; that no state differs is still said."""
    fuller = replace(
        BEFORE,
        taken_at=NOW,
        volumes=tuple(replace(it, free_bytes=1 << 40) for it in BEFORE.volumes),
    )
    last = drawn(screen(difference(THEN, Side(fuller)), tz=TZ)).splitlines()[-1]
    assert last == "✓ ONLY FREE SPACE DIFFERS"
    assert drawn(screen(NOTHING, tz=TZ)).splitlines()[-1] == "✓ NOTHING DIFFERS"


def test_a_moment_nobody_looked_at_is_told_so() -> None:
    """What stood before a gap is not what stood in it."""
    side = Side(BEFORE, BEFORE.taken_at + timedelta(hours=1), in_gap=True)
    shown = " ".join(drawn(screen(difference(side, Side(BEFORE)), tz=TZ)).split())
    assert "! before: nobody looked since then; the state shown is the last one seen" in shown


@given(st.one_of(st.sampled_from(HOSTILE_TEXTS), st.text(max_size=60)), st.integers(40, 120))
def test_no_text_from_a_host_breaks_the_screen(text: str, width: int) -> None:
    """No line is too wide and no control character gets through."""
    shown = drawn(screen(hostile(text), tz=TZ), width)
    assert max(cell_len(line) for line in shown.splitlines()) <= width
    assert all(char.isprintable() or char == "\n" for char in shown)
