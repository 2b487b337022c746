"""The JSON documents, held against their schemas and against the model."""

import json
from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from recorder import model
from recorder.model import NoForecast, Snapshot, Unforeseen
from recorder.render import document, refresh
from recorder.render.past import Past

from .examples import (
    EMPTY,
    GAPS,
    HEALTHY,
    HOSTILE,
    HOSTILE_GAPS,
    HOSTILE_TEXTS,
    NIGHT,
    NO_ENGINE,
    NOW,
    TERA,
    THIS_MACHINE,
)
from .pasts import CALM, FIRST, MEDIA, PAST, full_of, outlook

FOLDER = Path(__file__).parents[2] / "docs" / "schema"
FEW = NoForecast(Unforeseen.FEW_DAYS, date(2026, 2, 8), 9)
SNAPSHOTS = {
    "healthy": HEALTHY,
    "night": NIGHT,
    "hostile": HOSTILE,
    "this machine": THIS_MACHINE,
    "no engine": NO_ENGINE,
    "empty": EMPTY,
}


def _documents(snapshot: Snapshot) -> list[document.Object]:
    return [
        document.status(snapshot, HOSTILE_GAPS, generated_at=NOW, notes=HOSTILE_TEXTS, past=PAST),
        document.recorded(snapshot, generated_at=NOW, recorded=True, past=PAST),
        document.health(snapshot, generated_at=NOW),
        document.services(snapshot, generated_at=NOW),
        document.mounts(snapshot, generated_at=NOW),
        refresh.document(
            snapshot,
            refresh.checks(snapshot, 561, 206),
            refresh.Section(refresh.counts_of(snapshot), refresh.Fate.FAILED, "f", "full"),
            generated_at=NOW,
        ),
        document.imports(
            snapshot, generated_at=NOW, day=date(2026, 2, 16), zone="Europe/Berlin", sample=9
        ),
    ]


def _schema(capability: object) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((FOLDER / f"{capability}.json").read_text())
    return schema


@pytest.mark.parametrize("snapshot", SNAPSHOTS.values(), ids=SNAPSHOTS)
def test_every_document_obeys_its_schema(snapshot: Snapshot) -> None:
    """What --json prints is what docs/schema promises, whatever was seen."""
    for made in _documents(snapshot):
        schema = _schema(made["capability"])
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema)
        assert [*validator.iter_errors(json.loads(document.as_json(made)))] == []


@pytest.mark.parametrize("made", _documents(NIGHT), ids=lambda made: made["capability"])
def test_no_key_may_be_left_out_or_added(made: document.Object) -> None:
    """A schema that would let a key vanish promises nothing."""
    validator = Draft202012Validator(_schema(made["capability"]))
    for key in made:
        assert not validator.is_valid({k: v for k, v in made.items() if k != key}), key
    for key in made["data"]:
        data = {k: v for k, v in made["data"].items() if k != key}
        assert not validator.is_valid(made | {"data": data}), key
    assert not validator.is_valid(made | {"more": 1})


def _words(enum: type[StrEnum]) -> list[str]:
    return [str(member) for member in enum]


@pytest.mark.parametrize(
    ("path", "enum"),
    [
        ("reason", model.Reason),
        ("snapshot.trigger", model.Trigger),
        ("host.state", model.HostState),
        ("service.state", model.ServiceState),
        ("service.condition", model.Condition),
        ("service.declared", model.Declared),
        ("endpoint.state", model.EndpointState),
        ("mount.state", model.MountState),
        ("volume.state", model.VolumeState),
        ("import.state", model.ImportState),
        ("event.kind", model.Kind),
    ],
)
def test_the_schema_knows_the_states_of_the_model(path: str, enum: type[StrEnum]) -> None:
    """A state added to the model is a state added to the promise."""
    name, _, key = path.partition(".")
    thing = _schema("media.status")["$defs"][name]
    assert (thing["properties"][key] if key else thing)["enum"] == _words(enum)


def test_the_schema_knows_health_and_verdict() -> None:
    """Health may be unknown, and so null; the verdict never is."""
    schema = _schema("media.status")
    health = schema["$defs"]["service"]["properties"]["health"]["enum"]
    assert health == [*_words(model.Health), None]
    assert schema["properties"]["status"]["enum"] == _words(model.Verdict)


def test_the_schemas_agree() -> None:
    """A thing has one shape, in whichever document it stands."""
    whole = _schema("media.status")["$defs"]
    for file in FOLDER.glob("*.json"):
        shared = {k: v for k, v in _schema(file.stem)["$defs"].items() if k in whole}
        assert shared == {k: whole[k] for k in shared}, file.name


def test_every_field_of_the_model_is_told() -> None:
    """Nothing a look saw is missing from the document; names differ where its contract says so."""
    renamed = {"number": "id"}
    made: Any = document.status(NIGHT, GAPS, generated_at=NOW)["data"]
    for things, key in (
        (NIGHT.hosts, "hosts"),
        (NIGHT.services, "services"),
        (NIGHT.mounts, "mounts"),
        (NIGHT.volumes, "volumes"),
        (GAPS, "gaps"),
    ):
        fields = {renamed.get(name, name) for name in type(things[0]).__slots__}
        assert fields - set(made[key][0]) == set(), key


@pytest.mark.parametrize(
    ("snapshot", "verdicts"),
    [
        (HEALTHY, ["ok", "ok", "ok", "ok", "ok", "ok", "ok"]),
        (NIGHT, ["fail", "fail", "fail", "fail", "fail", "fail", "fail"]),
        (THIS_MACHINE, ["fail", "fail", "ok", "fail", "ok", "fail", "ok"]),
    ],
    ids=["healthy", "night", "this machine"],
)
def test_a_check_answers_for_its_own_part(snapshot: Snapshot, verdicts: list[str]) -> None:
    """A sick container is no matter of the mounts; a host that is down is one of all checks."""
    assert [made["status"] for made in _documents(snapshot)] == verdicts


def test_what_is_not_recorded_says_so() -> None:
    """Without a history there is no change, no trend, and a reason why."""
    data: Any = document.status(HEALTHY, generated_at=NOW)["data"]
    assert data["snapshot"] == {
        "ts": 1771246920,
        "at": "2026-02-16T13:02:00Z",
        "duration_ms": 612,
        "trigger": "person",
        "site": "home",
        "recorded": False,
    }
    reason = "no history is recorded"
    nothing = {"events": [], "gates": [], "reason": reason}
    assert data["changes"] == {"since": None, "snapshots": 0, **nothing}
    volume = data["volumes"][0]
    assert (volume["slope_bytes_per_day"], volume["full_in_days"]) == (None, None)
    assert volume["trend_reason"] == reason


def test_a_trend_is_told_with_its_range_and_its_back_test() -> None:
    """When it will be full, from how many days, and whether that was right before."""
    volume: Any = document.status(HEALTHY, generated_at=NOW, past=CALM)["data"]["volumes"][0]
    told = {key: volume[key] for key in [*volume][-7:]}
    giga = 1 << 30
    assert told == {
        "slope_bytes_per_day": -205 * giga,
        "slope_range_bytes_per_day": volume["slope_range_bytes_per_day"],
        "full_in_days": [40, 44],
        "trend_since": "2025-11-19",
        "trend_days": 90,
        "trend_reason": None,
        "backtest": {
            "day": "2026-01-17",
            "slope_range_bytes_per_day": volume["backtest"]["slope_range_bytes_per_day"],
            "slope_since_bytes_per_day": -205 * giga,
            "held": True,
        },
    }
    for low, high in (
        told["slope_range_bytes_per_day"],
        *[told["backtest"]["slope_range_bytes_per_day"]],
    ):
        assert low < -205 * giga < high


def test_no_trend_has_a_reason() -> None:
    """Of what can't be seen now, of few days and of no clear direction."""
    few = Past(CALM.changes, outlooks={MEDIA: replace(outlook(8, 1), forecast=FEW)})
    emptying = Past(CALM.changes, outlooks={MEDIA: outlook(8, -TERA // 1024)})
    reasons = [
        document.status(snapshot, generated_at=NOW, past=past)["data"]["volumes"][0]["trend_reason"]
        for snapshot, past in (
            (NIGHT, PAST),
            (NIGHT, Past(as_it_was=True)),
            (HEALTHY, few),
            (HEALTHY, emptying),
        )
    ]
    assert reasons == [
        "its space is not known now",
        "its space is not known now",
        "no trend yet: 9 days of it",
        "not filling up",
    ]


def test_a_consequence_names_its_cause() -> None:
    """Events are one flat list; `cause` is the place of another one in it, always before."""
    changes: Any = document.status(NIGHT, generated_at=NOW, past=PAST)["data"]["changes"]
    events = changes["events"]
    down = {
        "at": "2026-02-16T12:55:00Z",
        "kind": "host",
        "host": "streaming-stack",
        "name": "streaming-stack",
        "was": "up",
        "now": "down",
        "detail": "timed out after 5 s",
        "severity": "bad",
        "cause": None,
    }
    hidden = down | {"kind": "service", "name": "bazarr", "was": None, "now": "unknown"}
    assert events[0] == down
    assert events[1] == hidden | {"detail": None, "severity": "info", "cause": 0}
    assert all(it["cause"] is None or it["cause"] < at for at, it in enumerate(events))
    assert {it["cause"] for it in events[1:7]} == {0}


def test_the_first_look_says_so() -> None:
    """Where nothing was recorded before there is no change, and a reason why."""
    data: Any = document.status(HEALTHY, generated_at=NOW, past=FIRST)["data"]
    reason = "recording begins with this look"
    nothing = {"events": [], "gates": [], "reason": reason}
    assert data["changes"] == {"since": None, "snapshots": 1, **nothing}


def test_what_was_last_known_is_told_with_its_time() -> None:
    """Unknown stays unknown; what was known before stands beside it, and since when."""
    data: Any = document.status(NIGHT, generated_at=NOW, past=PAST)["data"]
    assert data["last_known"] == {
        "streaming-stack": {
            "at": "2026-02-16T12:55:00Z",
            "total": 5,
            "running": 5,
            "exited": 0,
            "error": 0,
            "unknown": 0,
        }
    }
    media, backup = data["volumes"]
    assert media["last_free"] == {"at": "2026-02-16T12:02:00Z", "free_bytes": int(8.4 * TERA)}
    assert (media["free_bytes"], media["free_change_bytes"]) == (None, None)
    assert backup["last_free"] is None
    assert backup["free_change_bytes"] == int(0.04 * TERA) - int(0.08 * TERA)


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_a_past_from_outside_obeys_the_schema(text: str) -> None:
    """Whatever an event holds, the document keeps its promise."""
    made = document.status(HOSTILE, generated_at=NOW, past=full_of(text))
    validator = Draft202012Validator(_schema("media.status"))
    assert [*validator.iter_errors(json.loads(document.as_json(made)))] == []


def test_counts_add_up_for_every_host() -> None:
    """Every host has its counts, also one without services, and they add up to its total."""
    data: Any = document.status(NIGHT, generated_at=NOW)["data"]
    assert data["counts"]["books"] == dict.fromkeys(
        ("total", "running", "exited", "error", "unknown"), 0
    )
    for counts in data["counts"].values():
        assert counts["total"] == sum(v for k, v in counts.items() if k != "total")


@given(st.text(st.characters(categories=("C", "L", "M", "N", "P", "S", "Z"))))
@example("\x1b[2J\x7f\x9b\u202e\ud800")
def test_json_is_safe_in_a_terminal_and_keeps_the_text(text: str) -> None:
    """A document is printable ASCII, and reading it gives every text back as it was."""
    snapshot = replace(HEALTHY, site=text)
    printed = document.as_json(document.status(snapshot, generated_at=NOW))
    assert printed.isascii()
    assert all(line.isprintable() for line in printed.split("\n"))
    assert json.loads(printed)["data"]["snapshot"]["site"] == text
