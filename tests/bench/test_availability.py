"""The saved query of availability counts as its view does, and goes through no more than needed."""

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filling import fill
from simulated.looks import BEGIN_TS
from simulated.years import Years

from recorder.bindings.queries import shipped_folder

DAY, EVENTFUL = 1440, 200
BY_THE_VIEW = """
    SELECT kind, host, name,
        round(100.0 * sum(well_sec) / nullif(sum(observed_sec - unknown_sec), 0), 3)
            AS well_percent,
        round(sum(observed_sec - unknown_sec - well_sec) / 3600.0, 1),
        round(sum(unknown_sec) / 3600.0, 1)
    FROM availability_daily WHERE day >= date('now', :since)
    GROUP BY kind, host, name ORDER BY well_percent, host, name"""


@pytest.fixture(scope="module")
def simulated(quick: Path) -> Iterator[sqlite3.Connection]:
    """Three and a half days in which everything happens, gaps too."""
    path = quick / "simulated.db"
    fill(path, Years(3 * DAY + DAY // 2, seed=3, pace=EVENTFUL))
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM gap").fetchone()[0] > 1
        yield db


@pytest.mark.parametrize("day", [-5, 0, 1, 2, 3, 4])
def test_availability_is_what_the_view_says(simulated: sqlite3.Connection, day: int) -> None:
    """From any day on: before the first look, at it, within, and behind the last."""
    begin = datetime.fromtimestamp(BEGIN_TS, UTC).date() + timedelta(days=day)
    since = {"since": f"{(begin - datetime.now(UTC).date()).days:+d} days"}
    query = Path(shipped_folder(), "availability.sql").read_text(encoding="utf-8")
    found = simulated.execute(query, since).fetchall()
    assert found == simulated.execute(BY_THE_VIEW, since).fetchall()
    assert bool(found) is (day < 4)


def test_availability_searches_states_by_an_index(simulated: sqlite3.Connection) -> None:
    """Of ten years, a few days take milliseconds: no table of states is read from end to end."""
    query = Path(shipped_folder(), "availability.sql").read_text(encoding="utf-8")
    plan = simulated.execute(f"EXPLAIN QUERY PLAN {query}", {"since": "-1 day"}).fetchall()
    steps = [str(step[-1]) for step in plan]
    assert [step for step in steps if step.startswith("SCAN span")] == []
    searched = "SEARCH span USING PRIMARY KEY (entity_id=? AND first_ts>?)"
    assert steps.count(searched) == len(("host", "service", "endpoint", "mount"))
