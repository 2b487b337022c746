"""Two moments compared, on a history that real looks recorded."""

import contextlib
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from recorder.store.connection import connect

from .test_recording import ROOT, Machine

Looks = tuple[Machine, list[str]]


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Looks:
    """Three looks of an hour ago and when they were taken: radarr exited, sonarr came."""
    machine = Machine(tmp_path_factory.mktemp("looks"))
    for states in (
        {"radarr": "running"},
        {"radarr": "exited"},
        {"radarr": "exited", "sonarr": "running"},
    ):
        machine.runs(**states)
        machine.status()
    with contextlib.closing(connect(machine.history)) as file:
        an_hour_ago(file)
        taken = [ts for (ts,) in file.execute("SELECT ts FROM snapshot ORDER BY ts")]
    return machine, [f"{datetime.fromtimestamp(ts, UTC):%Y-%m-%dT%H:%M:%SZ}" for ts in taken]


def an_hour_ago(file: sqlite3.Connection) -> None:
    """Looks within one second are recorded a second apart, the last of them still to come."""
    times = file.execute(
        "SELECT m.name, c.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c "
        "WHERE m.type = 'table' AND c.name IN ('ts', 'first_ts', 'last_ts')"
    )
    for table, column in times.fetchall():
        file.execute(f"UPDATE {table} SET {column} = {column} - 3600")  # noqa: S608 - our own names


def differs(machine: Machine, *arguments: str) -> dict[str, object]:
    """The data of a document, held against its schema."""
    done = machine.ops("media.diff", "--json", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    schema = json.loads((ROOT / "docs" / "schema" / "media.diff.json").read_text())
    assert [*Draft202012Validator(schema).iter_errors(document)] == []
    data: dict[str, object] = document["data"]
    return data


def changed(data: dict[str, object]) -> list[tuple[str, str | None, str | None]]:
    return [(e["name"], e["was"], e["now"]) for e in data["events"]]


def test_two_snapshots_are_compared_whatever_came_between(looks: Looks) -> None:
    """The net of it: first against last, with the counts of both."""
    machine, at = looks
    data = differs(machine, at[0], at[2])
    assert changed(data) == [("radarr", "running", "exited (137)"), ("sonarr", None, "running")]
    assert [side["at"] for side in (data["before"], data["after"])] == [at[0], at[2]]
    (counts,) = data["counts"].values()
    assert [(counts[side]["total"], counts[side]["running"]) for side in ("before", "after")] == [
        (1, 1),
        (2, 1),
    ]


def test_the_earlier_is_before_whichever_is_named_first(looks: Looks) -> None:
    """What happened is not told backwards."""
    machine, at = looks
    assert differs(machine, at[2], at[0]) == differs(machine, at[0], at[2])


def test_a_moment_does_not_differ_from_itself(looks: Looks) -> None:
    """Said plainly, and no failure."""
    machine, at = looks
    assert changed(differs(machine, at[1], at[1])) == []
    shown = machine.ops("media.diff", at[1], at[1])
    assert shown.returncode == 0
    assert shown.stdout.splitlines()[-1] == "✓ NOTHING DIFFERS"


def test_now_is_a_look_that_is_not_recorded(looks: Looks) -> None:
    """It is compared as it is found, and the history stays as it was."""
    machine, at = looks
    machine.runs(radarr="running", sonarr="running")
    data = differs(machine, "latest")
    assert changed(data) == [("radarr", "exited (137)", "running")]
    assert (data["before"]["at"], data["before"]["recorded"]) == (at[2], True)
    assert data["after"]["recorded"] is False
    machine.runs(radarr="exited", sonarr="running")
    assert changed(differs(machine, "latest", "now")) == []
    assert differs(machine, "latest", "latest")["before"]["at"] == at[2]


def test_what_now_can_not_see_is_unknown_and_no_difference(looks: Looks) -> None:
    """An engine that doesn't answer is one difference; its containers are unknown then."""
    machine, _ = looks
    engine = machine.folder / "bin" / "docker"
    before = engine.read_text()
    engine.write_text("#!/bin/sh\necho 'permission denied: docker.sock' >&2\nexit 1\n")
    try:
        data = differs(machine, "latest", "now")
    finally:
        engine.write_text(before)
    assert [(e["kind"], e["name"] == e["host"]) for e in data["events"]] == [("host", True)]
    unknown = [(it["name"], it["before"], it["after"]) for it in data["unknown"]]
    assert unknown == [("radarr", False, True), ("sonarr", False, True)]


def test_a_part_is_compared_when_either_moment_knew_it(looks: Looks) -> None:
    """--service narrows, also to what stood only at one of the two."""
    machine, at = looks
    assert changed(differs(machine, at[0], at[2], "--service", "sonarr")) == [
        ("sonarr", None, "running")
    ]
    wrong = machine.ops("media.diff", at[0], at[2], "--service", "sonar")
    assert wrong.returncode == 2
    assert wrong.stderr == 'ops: no service "sonar" at either time (did you mean "sonarr"?)\n'


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["2020-01-01", "now"],
            "nothing was recorded yet at 2020-01-01 00:00:00; recording begins",
        ),
        (["tomorrow"], '"tomorrow" is no time; say now, latest, 2h30m, '),
        (["2999-01-01"], '"2999-01-01" has not come yet'),
        ([], "Missing argument"),
    ],
)
def test_a_moment_that_is_none_is_one_line(looks: Looks, arguments: list[str], said: str) -> None:
    """Exit code 2, and what to say instead."""
    machine, _ = looks
    done = machine.ops("media.diff", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_without_a_history_there_is_nothing_to_compare(tmp_path: Path) -> None:
    """One line and exit code 3, as of every question to a history that is not there."""
    machine = Machine(tmp_path)
    done = machine.ops("media.diff", "2h", "latest")
    assert (done.returncode, done.stdout) == (3, "")
    assert "nothing is recorded in " in done.stderr
    assert not machine.history.exists()
