"""What became of things, as people ask for it in SQL: the words of the view `event`."""

from dataclasses import replace

import pytest

from recorder.bindings import queries
from recorder.model import Reason, Service, ServiceState, Snapshot
from recorder.store.ask import Question, ask
from recorder.store.engine import opened
from recorder.store.record import record
from recorder.store.site import Location
from store.stacks import after, blind, dark, look, service

DENIED, NONE = Reason.PERMISSION_DENIED, Reason.NO_ENGINE
Row = tuple[object, ...]


def told(place: Location, *looks: Snapshot, kind: str = "host") -> list[Row]:
    """What is told of a kind of things when these looks are recorded: was, now and detail."""
    with opened(place) as history:
        for one in looks:
            record(history, one)
    query = "SELECT was, now, detail FROM event WHERE kind = :kind ORDER BY at_ts"
    with ask(place, Question(query, {"kind": kind})) as answer:
        return list(answer.rows)


def rebooted(one: Snapshot) -> Snapshot:
    """The same look at a host that was booted anew before it."""
    (host,) = one.hosts
    return replace(one, hosts=(replace(host, boot_id="boot-2"),))


def begun(minutes: float) -> Service:
    """It runs, since so many minutes after noon."""
    return service(started_at=after(minutes - 0.5))


def test_an_engine_that_stops_and_comes_back_is_told(place: Location) -> None:
    """The host is up all along; of its containers, which nobody saw, nothing is said."""
    assert told(place, look(0), blind(1), blind(2), look(3)) == [
        ("up", "up", "engine unreadable: engine down"),
        ("up", "up", "engine readable"),
    ]
    assert told(place, look(4), kind="service") == []


def test_an_engine_that_is_hidden_by_something_else_is_told_anew(place: Location) -> None:
    """Why it can't be read is what a person mends; one that is no more is another matter."""
    looks = (look(0), blind(1), blind(2, DENIED), blind(3, NONE), blind(4, NONE), look(5))
    assert [detail for *_, detail in told(place, *looks)] == [
        "engine unreadable: engine down",
        "engine unreadable: permission denied",
        "without its container engine",
        "engine readable",
    ]


def test_an_engine_that_a_reboot_leaves_stopped_is_told_with_it(place: Location) -> None:
    """In one event, as one look saw both; likewise where the host was away in between."""
    assert told(place, look(0), rebooted(blind(1)), rebooted(look(2))) == [
        ("up", "up", "rebooted, engine unreadable: engine down"),
        ("up", "up", "engine readable"),
    ]
    assert told(place, dark(3), rebooted(blind(4)))[2:] == [
        ("up", "down", "timed out after 5 s"),
        ("down", "up", "engine unreadable: engine down"),
    ]


def test_a_host_without_an_engine_is_nothing_to_tell(place: Location) -> None:
    """It never had one: it is up, whenever it came."""
    assert told(place, look(0), dark(1), blind(2, NONE))[1:] == [("down", "up", None)]


def test_reboots_are_asked_for_without_what_engines_did(place: Location) -> None:
    """The saved query is about hosts: those that went, came, or were booted anew."""
    told(place, look(0), blind(1), rebooted(blind(2)), rebooted(look(3)), dark(4))
    query = queries.read_query(queries.query_files([queries.shipped_folder()]), "reboots")
    with ask(place, Question(query.sql, {"since": "-20 years"})) as answer:
        assert [row[2:] for row in answer.rows] == [
            ("up", "down", "timed out after 5 s"),
            ("up", "up", "rebooted"),
        ]


@pytest.mark.parametrize("was", [ServiceState.CREATED, ServiceState.EXITED, ServiceState.DEAD])
def test_a_container_that_did_not_run_is_started(place: Location, was: ServiceState) -> None:
    """Restarted is what ran before and runs again."""
    still = service(state=was, started_at=None if was is ServiceState.CREATED else after(-9))
    rows = told(place, look(0, services=(still,)), look(1, services=(begun(1),)), kind="service")
    assert rows == [(str(was), "running", "started")]


def test_a_container_that_ran_is_restarted(place: Location) -> None:
    """It was started anew between two looks that saw it run."""
    rows = told(place, look(0), look(1, services=(begun(1),)), kind="service")
    assert rows == [("running", "running", "restarted")]
