"""Recording a fleet: what is written does not grow with the hosts that stand as they stood."""

import pickle
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from counting import statements
from fleets.snapshots import SERVICES, look_at_fleet

from recorder.capabilities.remembered import Keeping
from recorder.capabilities.remembering import warmed
from recorder.model import Declared, Kind, Snapshot
from recorder.store import entities
from recorder.store.as_of import latest
from recorder.store.changes import transitions
from recorder.store.connection import History
from recorder.store.engine import opened
from recorder.store.identity import Sighting
from recorder.store.live import Live
from recorder.store.record import record

NOBODY: frozenset[int] = frozenset()
MOST = (33, 35, 9)  # statements of a calm look: ahead, waited for, behind


def _spans(engine: History) -> int:
    with engine.reading() as db:
        return sum(db.scalar(f"SELECT count(*) FROM {kind}_span") for kind in Kind)  # noqa: S608


def _cost(path: Path, hosts: int, down: frozenset[int]) -> tuple[int, int]:
    """Statements and spans of a look that follows one at which every host was up."""
    with opened(path) as engine:
        record(engine, look_at_fleet(hosts))
        record(engine, look_at_fleet(hosts, 1))
        before = _spans(engine)
        with statements() as said:
            record(engine, look_at_fleet(hosts, 2, down))
        return len(said), _spans(engine) - before


def test_an_unchanged_fleet_costs_as_many_statements_as_a_host(tmp_path: Path) -> None:
    """And not a row of state."""
    few = _cost(tmp_path / "few.db", 1, NOBODY)
    many = _cost(tmp_path / "many.db", 12, NOBODY)
    assert many == few
    assert many[1] == 0


def _remembered(path: Path, hosts: int) -> tuple[int, int, int]:
    """Statements of a calm look: while hosts are asked, until it is answered, behind that."""
    with opened(path) as engine:
        for minute in range(3):
            record(engine, look_at_fleet(hosts, minute))
    with statements() as ahead:
        work = warmed(path, record=True)
    keeping = Keeping(path, look_at_fleet(hosts, 3), since=None, previous=True, record=True)
    with statements() as made:
        steps = work(keeping)
        assert next(steps).recorded
        waited_for = len(made)
        assert len([*steps]) == 1
    return len(ahead), waited_for, len(made) - waited_for


def test_a_calm_look_asks_the_history_little_whatever_it_holds(tmp_path: Path) -> None:
    """As many questions for a fleet as for one host, and half of them while hosts are asked."""
    few = _remembered(tmp_path / "few.db", 1)
    assert few == _remembered(tmp_path / "many.db", 12)
    assert all(made <= most for made, most in zip(few, MOST, strict=True))


def test_hosts_that_vanish_are_a_row_for_each_thing_that_changed(tmp_path: Path) -> None:
    """And none for those that stay."""
    _, rows = _cost(tmp_path / "history.db", 12, frozenset({1, 5, 9}))
    assert rows == 3 * (1 + SERVICES)


def test_a_larger_fleet_costs_no_more_statements(tmp_path: Path) -> None:
    """Away or back; new, it is one more for each host: what many things need is had at once."""
    few = _of_each_look(tmp_path / "few.db", 3, frozenset({0, 1}))
    many = _of_each_look(tmp_path / "many.db", 12, frozenset({1, 3, 5, 9}))
    assert many == [few[0] + 12 - 3, *few[1:]]


def _of_each_look(path: Path, hosts: int, down: frozenset[int]) -> list[int]:
    """Statements of a first look, one at which hosts are away, and one at which they are back."""
    counts = []
    with opened(path) as engine:
        for minute, away in enumerate([NOBODY, down, NOBODY]):
            with statements() as said:
                record(engine, look_at_fleet(hosts, minute, away))
            counts.append(len(said))
    return counts


@pytest.mark.parametrize("hosts", [2, 6])
def test_a_renamed_thing_is_looked_for_on_its_own_host(
    hosts: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A binding that names what nobody named renames a fleet: each among its host's, at most."""
    compared: list[int] = []
    same_container = entities._same_container  # noqa: SLF001 - counted

    def counting(sighting: Sighting, strange: Iterable[Live]) -> Live | None:
        compared.append(len(here := list(strange)))
        return same_container(sighting, here)

    monkeypatch.setattr(entities, "_same_container", counting)
    with opened(tmp_path / "history.db") as engine:
        record(engine, _undeclared(look_at_fleet(hosts)))
        with engine.reading() as db:
            before = db.scalar("SELECT count(*) FROM entity")
        compared.clear()
        record(engine, look_at_fleet(hosts, 1))
        with engine.reading() as db:
            assert db.scalar("SELECT count(*) FROM entity") == before
    assert compared == [*range(SERVICES, 0, -1)] * hosts


def _undeclared(snapshot: Snapshot) -> Snapshot:
    services = (replace(it, declared=Declared.UNDECLARED) for it in snapshot.services)
    return replace(snapshot, services=tuple(services))


def test_a_fleet_is_remembered_as_it_was_seen(tmp_path: Path) -> None:
    """Written many at a time, each thing has its own span; what came back is what it was."""
    down = frozenset({3, 5})
    with opened(tmp_path / "history.db") as engine:
        for minute, away in enumerate([NOBODY, down, NOBODY]):
            record(engine, look_at_fleet(8, minute, away))
            assert latest(engine).snapshot.services == look_at_fleet(8, minute, away).services
        names = [it.name for it in transitions(engine, look_at_fleet(1).taken_at)]
    assert sorted(names) == ["host-0003", "host-0003", "host-0005", "host-0005"]


def test_a_host_put_in_front_moves_the_others_at_once(tmp_path: Path) -> None:
    """Places change by one statement, however many things stand behind."""
    full = look_at_fleet(12, 1)
    names = [host.name for host in full.hosts]
    with opened(tmp_path / "history.db") as engine:
        record(engine, look_at_fleet(12).of_hosts(names[1:]))
        with statements() as said:
            record(engine, full)
        assert [host.name for host in latest(engine).snapshot.hosts] == names
    assert len(said) < 11 * SERVICES


def test_a_picture_is_not_told_back(tmp_path: Path) -> None:
    """The process that records answers with what it adds: of a fleet that stands, as of a host."""
    assert _answer_bytes(tmp_path / "many.db", 12) == _answer_bytes(tmp_path / "few.db", 1)


def _answer_bytes(path: Path, hosts: int) -> int:
    """How much is sent back at a look at which nothing had changed."""
    with opened(path) as engine:
        record(engine, look_at_fleet(hosts))
    keeping = Keeping(path, look_at_fleet(hosts, 1), None, previous=False, record=True)
    return len(pickle.dumps(next(warmed(path, record=True)(keeping))))
