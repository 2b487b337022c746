"""What the gates found, as the history keeps it."""

from dataclasses import replace
from pathlib import Path

import pytest

from recorder.errors import StoreError
from recorder.model import GateChange, GateFinding, GateResult, GateState
from recorder.store.engine import opened
from recorder.store.examination import faults_of_history
from recorder.store.gates import gate_changes, record_gates
from recorder.store.record import record
from recorder.store.repair import drop_after
from recorder.store.salvage import salvage
from recorder.store.site import Location
from store.stacks import NOON, after, look

HUNG = GateFinding(GateState.FAIL, "alpha", "/mnt/media", "hung", "see its server")
UNSEEN = GateFinding(GateState.UNKNOWN, "beta", "beta", "host down", "see why")
SLOW = replace(HUNG, severity=GateState.WARN, what="slow")
WELL = GateResult("D107", "mounts", 2, "mount")
ILL = replace(WELL, findings=(HUNG,))
WORSE = replace(WELL, findings=(UNSEEN, HUNG))


def held(place: Location, *results: GateResult) -> None:
    """Record these, a minute apart from noon on."""
    for minutes, result in enumerate(results):
        record_gates(place, after(minutes), [result])


def asked(place: Location, query: str) -> list[tuple[object, ...]]:
    with opened(place) as engine, engine.reading() as db:
        return [tuple(row) for row in db.rows(query)]


def changes(place: Location, minutes: float) -> tuple[GateChange, ...]:
    with opened(place, writing=False) as engine:
        return gate_changes(engine, after(minutes))


def test_a_gate_that_goes_on_finding_the_same_keeps_its_span(place: Location) -> None:
    """Only what changes makes a row; what was judged is that of the last time."""
    held(place, ILL, ILL, replace(ILL, checked=3), WELL, ILL)
    assert asked(
        place, "SELECT since, last_held_at, state, checked, findings FROM gate_history"
    ) == [
        ("2026-02-16T12:00:00Z", "2026-02-16T12:02:00Z", "fail", 3, 1),
        ("2026-02-16T12:03:00Z", "2026-02-16T12:03:00Z", "pass", 2, 0),
        ("2026-02-16T12:04:00Z", "2026-02-16T12:04:00Z", "fail", 2, 1),
    ]
    assert asked(place, "SELECT gate, state, severity, host, name, what, todo FROM gate_now") == [
        ("D107", "fail", "fail", "alpha", "/mnt/media", "hung", "see its server")
    ]
    assert faults_of_history(place) == ()


def test_a_gate_that_finds_nothing_stands_in_what_is_now(place: Location) -> None:
    """Held and well is told apart from never held."""
    held(place, WELL)
    assert asked(place, "SELECT gate, state, held_at, severity, what FROM gate_now") == [
        ("D107", "pass", "2026-02-16T12:00:00Z", None, None)
    ]


def test_a_new_failure_is_told_once_and_so_is_its_end(place: Location) -> None:
    """Newest first; of one that goes on failing only what is new; warnings are none."""
    held(place, WELL, ILL, ILL, WORSE, replace(WELL, findings=(SLOW,)), WELL)
    fail, unknown, warn = GateState.FAIL, GateState.UNKNOWN, GateState.WARN
    told = [
        GateChange(after(4), "D107", "mounts", fail, warn, ()),
        GateChange(after(3), "D107", "mounts", fail, fail, ("beta host down",)),
        GateChange(after(1), "D107", "mounts", GateState.PASS, fail, ("alpha: /mnt/media hung",)),
    ]
    assert changes(place, -1) == changes(place, 0) == tuple(told)
    assert changes(place, 1) == tuple(told[:2])
    assert changes(place, 9) == ()
    assert unknown not in {it.now for it in told}


def test_the_first_time_only_a_failure_is_news(place: Location) -> None:
    """That it passes says nothing before anybody looked; unknown is no pass."""
    record_gates(place, NOON, [WELL, replace(WORSE, gate="D106", findings=(UNSEEN,))])
    (told,) = changes(place, -1)
    assert (told.gate, told.was, told.now) == ("D106", None, GateState.UNKNOWN)


def test_a_clock_that_was_set_back_loses_nothing(place: Location) -> None:
    """What is found later stands later, whatever the clock says."""
    record_gates(place, after(10), [ILL])
    record_gates(place, NOON, [ILL])
    record_gates(place, NOON, [WELL])
    spans = asked(place, "SELECT state, last_held_ts - since_ts FROM gate_history")
    assert spans == [("fail", 0), ("pass", 0)]
    assert faults_of_history(place) == ()


def test_what_a_wrong_clock_recorded_is_forgotten_with_the_rest(place: Location) -> None:
    """Of a span that began before its beginning is left; a later one goes with its findings."""
    with opened(place) as engine:
        record(engine, look(0))
    held(place, ILL, ILL, WELL, WORSE)
    drop_after(place, after(0.5), after(9))
    assert asked(place, "SELECT state, last_held_ts - since_ts FROM gate_history") == [("fail", 0)]
    assert asked(place, "SELECT count(*) FROM gate_finding") == [(1,)]
    assert faults_of_history(place) == ()


def test_a_salvaged_history_has_what_the_gates_found(path: Path) -> None:
    """All of it, where it can be read."""
    held(path, ILL, WELL)
    saved = salvage(path, after(5))
    assert asked(saved.path, "SELECT state FROM gate_history") == [("fail",), ("pass",)]
    assert asked(saved.path, "SELECT count(*) FROM gate_finding") == [(1,)]


def test_text_from_hosts_is_kept_as_text(place: Location) -> None:
    """Whatever a host says is stored, and found the same again."""
    odd = replace(HUNG, what="half \ud800 \x00 of a character", name="")
    held(place, replace(WELL, findings=(odd,)), replace(WELL, findings=(odd,)))
    assert asked(place, "SELECT count(*) FROM gate_span") == [(1,)]


def test_a_file_that_can_not_be_written_is_told(path: Path) -> None:
    """As for every write: one of our own errors, with what to do."""
    path.parent.mkdir()
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError):
        held(path, WELL)
