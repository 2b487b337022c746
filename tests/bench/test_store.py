"""The simulated past that bench/store measures with is what recording it would have left."""

import random
import sqlite3
from pathlib import Path

import pytest
from checking import check_moments, check_transitions
from comparing import compared
from filling import fill, record_looks
from measuring import recording
from simulated.years import Years

from recorder.model import EndpointState, HostState, Kind, MountState, ServiceState
from recorder.store.engine import opened

DAY = 1440
EVENTFUL = 200


@pytest.fixture(scope="module")
def month() -> Years:
    """A usual stretch, longer than samples are kept."""
    return Years(33 * DAY + 100)


@pytest.fixture(scope="module")
def filled(month: Years, quick: Path) -> Path:
    path = quick / "month.db"
    fill(path, month)
    return path


def test_everything_happens_in_an_eventful_day() -> None:
    """What is recorded for comparison holds every state a thing can have in the simulation."""
    states: dict[Kind, set[str | None]] = {kind: set() for kind in Kind}
    for past in Years(DAY, pace=EVENTFUL).pasts:
        states[past.kind] |= {getattr(thing, "state", None) for thing in past.line.values}
    never = {ServiceState.CREATED, ServiceState.DEAD}
    assert states[Kind.SERVICE] == {*ServiceState, None} - never
    assert states[Kind.MOUNT] == {*MountState} - {MountState.WRONG_SOURCE}
    assert states[Kind.HOST] == {HostState.UP, HostState.DOWN}
    assert states[Kind.ENDPOINT] == {*EndpointState}


def test_an_eventful_stretch_is_filled_as_it_is_recorded(tmp_path: Path) -> None:
    """Every row that recording each look of a new history leaves is in the filled file."""
    years = Years(400, seed=2, pace=EVENTFUL)
    fill(tmp_path / "filled.db", years)
    looks = record_looks(tmp_path / "recorded.db", years, 0)
    result = compared(tmp_path / "filled.db", tmp_path / "recorded.db")
    assert (result.only_first, result.only_second) == ((), ())
    assert looks == result.rows["snapshot"] == years.looks.in_all


def test_a_filled_file_goes_on_as_if_recorded(month: Years, filled: Path, tmp_path: Path) -> None:
    """Recorded past midnight, roll-ups and pruning included, it equals one filled to the end."""
    begin = month.minutes - 200
    fill(tmp_path / "continued.db", month, begin)
    record_looks(tmp_path / "continued.db", month, begin)
    result = compared(filled, tmp_path / "continued.db")
    assert (result.only_first, result.only_second) == ((), ())
    assert result.rows["snapshot"] < month.looks.in_all


def test_one_differing_row_is_found(tmp_path: Path) -> None:
    """The comparison tells a file apart from one with a single other value."""
    for name in ("one.db", "other.db"):
        fill(tmp_path / name, Years(100))
    with sqlite3.connect(tmp_path / "other.db") as db:
        db.execute("UPDATE sample SET value = value + 1 WHERE ts = (SELECT max(ts) FROM sample)")
    db.close()
    result = compared(tmp_path / "one.db", tmp_path / "other.db", examples=1)
    assert [table for table, _ in result.only_first] == ["sample"]
    assert [table for table, _ in result.only_second] == ["sample"]


def test_states_are_rebuilt_as_they_were(month: Years, filled: Path) -> None:
    """At every change, and as of any time, the store tells what was: gaps and old days too."""
    times = [random.Random(1).randrange(month.minutes) for _ in range(3)]  # noqa: S311
    times += [gap for gap, _ in month.looks.gaps[:20]]
    times += [start for past in month.pasts for start in past.line.starts[-2:]]
    with opened(filled) as engine:
        changes = check_transitions(engine, month)
        moments = check_moments(engine, month, times)
    assert (changes.wrong, moments.wrong) == ([], [])
    assert sum(len(past.line.starts) for past in month.pasts) == changes.states
    assert len(times) == moments.times


def test_an_unchanged_look_begins_nothing(filled: Path, tmp_path: Path) -> None:
    """It adds no span, and writes less than 50 KB to the log."""
    written = recording(filled, tmp_path / "copy.db", rounds=3)
    assert written.spans_begun == 0
    assert 0 < written.log_bytes <= 50_000
