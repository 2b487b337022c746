"""The documents and lines of media.backup.*."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from recorder.model.archive import Checked, Made
from recorder.render import backups, document

from .archives import (
    AWAY,
    CHECKED,
    HOSTILE,
    KEEPING,
    MADE,
    NAME,
    NOTHING,
    RESTORED,
    WELL,
    archive,
    folder,
)
from .examples import NOW

FOLDER = Path(__file__).parents[2] / "docs" / "schema"


def _obeys(made: document.Object) -> None:
    schema = json.loads((FOLDER / f"{made['capability']}.json").read_text())
    Draft202012Validator.check_schema(schema)
    told = json.loads(document.as_json(made))
    assert [*Draft202012Validator(schema).iter_errors(told)] == []


@pytest.mark.parametrize("made", [MADE, WELL, HOSTILE])
def test_what_was_packed_obeys_its_schema(made: Made) -> None:
    """Whatever became of it."""
    _obeys(backups.made_document(made, "/b", here=True, recorded=False, generated_at=NOW))


@pytest.mark.parametrize("checked", [CHECKED, ()])
def test_what_was_checked_obeys_its_schema(checked: tuple[Checked, ...]) -> None:
    """Whatever was found."""
    _obeys(backups.checked_document(checked, AWAY, generated_at=NOW))


def test_only_what_can_be_relied_on_is_ok() -> None:
    """An unsure or missing archive, a host that is away, or none at all is a failure."""
    statuses = [
        backups.made_document(made, "/b", here=False, recorded=True, generated_at=NOW)["status"]
        for made in (WELL, MADE, Made(WELL.packed, (), AWAY), Made(MADE.packed[1:2], (), ()))
    ]
    statuses += [
        backups.checked_document(checked, away, generated_at=NOW)["status"]
        for checked, away in ((CHECKED[:1], ()), (CHECKED, ()), (CHECKED[:1], AWAY), ((), ()))
    ]
    assert statuses == ["ok", "fail", "fail", "fail", "ok", "fail", "fail", "fail"]


def test_a_plan_names_the_place_on_this_machine() -> None:
    """Where archives are brought here, they are sorted by host."""
    plan = backups.plan([folder("radarr")], NOTHING, (), "/b", KEEPING, here=True, stop=False)
    assert plan.steps[0] == (
        "download-stack: pack radarr (/opt/radarr/config) into /b/download-stack of this machine"
    )


def test_a_restore_says_where_the_old_state_is() -> None:
    """Once it is done, in lines that can be copied."""
    said = backups.restored(RESTORED, archive("radarr"), "download-stack")
    assert [*said] == [
        f"/opt/radarr/config of download-stack is now what {NAME} holds: 212 files",
        f"what was there before is {RESTORED.aside}; remove it when all is well",
    ]
