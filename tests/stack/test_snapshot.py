"""media.snapshot against real hosts: its document, its exit codes, one look at a time."""

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from realhosts import Lab
from realhosts.blueprint import DEAD_ADDRESS
from realhosts.waiting import wait_until

from stack.ops import Break, Document, Ops, bound

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schema" / "media.snapshot.json"
NAS: Document = {
    "version": 1,
    "hosts": {"nas": {"addresses": ["192.0.2.211"], "ssh_user": "sudoer"}},
    "services": {"scrutiny": {"vm": "nas", "port": None}},
}


@pytest.fixture
def history(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The variables that have a history of its own be written."""
    return {"MEDIA_RECORDER_DB": str(tmp_path / "history.db")}


@pytest.fixture
def nas(lab: Lab, ops: Ops) -> Ops:
    """The program with a host bound of which nothing is wrong."""
    return ops.at(bound(lab, "nas", NAS))


def changes(document: Document) -> list[tuple[str, str, str, str, str]]:
    return [
        (it["kind"], it["host"], it["name"], it["was"], it["now"])
        for it in document["data"]["changes"]["events"]
    ]


def test_a_script_is_told_what_happened_since_the_look_before(
    nas: Ops, broken: Break, history: dict[str, str]
) -> None:
    """--json tells what a mail would, and keeps its schema; a quiet look tells of nothing."""
    nas("media.snapshot", env=history)
    broken("killed", "nas", "scrutiny")
    told, quiet = (nas.document("media.snapshot", code=0, env=history) for _ in range(2))
    for document in (told, quiet):
        schema = json.loads(SCHEMA.read_text())
        jsonschema.validate(document, schema, jsonschema.Draft202012Validator)
        assert document["data"]["snapshot"]["recorded"] is True
    assert changes(told) == [("service", "nas", "scrutiny", "running", "exited (137)")]
    assert changes(quiet) == []


def test_strict_exits_with_1_while_something_is_wrong(
    nas: Ops, broken: Break, history: dict[str, str]
) -> None:
    """A well stack is 0 with --strict, a broken one 1; without it, a look that records is 0."""
    well = nas("media.snapshot", "--strict", env=history)
    broken("killed", "nas", "scrutiny")
    strict, usual = (nas("media.snapshot", *how, env=history) for how in (["--strict"], []))
    assert [run.returncode for run in (well, strict, usual)] == [0, 1, 0]


def test_a_look_is_skipped_while_a_person_looks(
    lab: Lab, nas: Ops, history: dict[str, str]
) -> None:
    """It exits with 0 and not a word, says why in JSON only, and records nothing."""
    away = {"hosts": {"away": {"addresses": [DEAD_ADDRESS], "connect_timeout_sec": 60}}}
    slow = nas.at(bound(lab, "away", {"version": 1, **away, "services": {}}))
    with slow.start("media.status", "--db", history["MEDIA_RECORDER_DB"]) as person:
        wait_until(lambda: person.waits_for(DEAD_ADDRESS), "a person's look to ask its host")
        skipped = nas("media.snapshot", env=history)
        document = nas.document("media.snapshot", code=0, env=history)
    assert (skipped.returncode, skipped.stdout, skipped.stderr) == (0, "", "")
    assert document["data"]["snapshot"] is None
    assert document["data"]["reason"] == "another look is under way"
    assert nas.document("media.snapshot", code=0, env=history)["data"]["changes"]["since"] is None
