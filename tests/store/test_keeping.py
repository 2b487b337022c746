"""What is kept how long, how little a look costs, and copies that are known to be good."""

import contextlib
import shutil
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from counting import statements

from recorder.errors import NoHistoryError, StoreError
from recorder.model import Kind, ServiceState, Snapshot, Trigger
from recorder.store import retention
from recorder.store.as_of import as_of, latest
from recorder.store.backup import back_up, check, list_backups, restore
from recorder.store.connection import History, connect, plain
from recorder.store.engine import opened
from recorder.store.read import last_look_by_person, snapshots_since, spaces
from recorder.store.record import record
from recorder.store.retention import tidy
from recorder.store.site import Location
from recorder.store.values import Space, Step
from store.stacks import GIGA, NOON, after, kept, look, mount, service, up, volume

HOUR = 60
DAY = 24 * HOUR


def rows(engine: History, query: str) -> list[tuple[object, ...]]:
    with engine.reading() as db:
        return [tuple(row) for row in db.rows(query)]


def filling(minute: int) -> Snapshot:
    """A volume that loses a gigabyte an hour."""
    space = {"free_bytes": 1000 * GIGA - minute * GIGA // 60, "total_bytes": 1000 * GIGA}
    return look(minute, volumes=(volume(**space),), mounts=(mount(**space),))


@pytest.fixture
def sure_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Age is counted from the newest look but nine."""
    monkeypatch.setattr(retention, "LOOKS_TO_BE_SURE", 10)


@pytest.mark.usefixtures("sure_at_once")
def test_a_persons_old_look_stands_for_itself_alone(engine: History) -> None:
    """A person's newest looks outlive the others of their time, and pass for none of them."""
    record(engine, replace(filling(0), trigger=Trigger.PERSON))
    for hour in range(1, 36 * 24):
        record(engine, filling(hour * HOUR))
        if hour % 24 == 0:
            tidy(engine)
    kept_alone = "SELECT count(*) FROM snapshot WHERE ts < (SELECT min(ts) FROM sample)"
    assert rows(engine, kept_alone) == [(1,)]
    assert as_of(engine, after(2 * DAY)).snapshot.taken_at == after(2 * DAY)
    assert snapshots_since(engine, after(-1)) == 36 * 24


def test_what_tells_less_is_stored_every_five_minutes(engine: History) -> None:
    """A machine's load holds for the five minutes it is of, until the machine changes."""
    for minute in range(7):
        slow = mount(latency_ms=minute)
        record(engine, look(minute, hosts=(up(load_1min=float(minute)),), mounts=(slow,)))
    loads = [as_of(engine, after(minute)).snapshot.hosts[0].load_1min for minute in range(7)]
    assert loads == [0, 0, 0, 0, 0, 5, 5]
    latencies = [as_of(engine, after(minute)).snapshot.mounts[0].latency_ms for minute in (4, 6)]
    assert latencies == [0, 5]
    record(engine, look(8, hosts=(up(boot_id="boot-2", load_1min=1.0),)))
    assert latest(engine).snapshot.hosts[0].load_1min is None


@pytest.fixture(scope="module")
def forty_days(quick: Path) -> Path:
    """Forty days, a look each twenty minutes, tidied after each."""
    path = quick / "months" / "history.db"
    with pytest.MonkeyPatch.context() as patch, opened(path) as engine:
        patch.setattr(retention, "LOOKS_TO_BE_SURE", 10)
        for minute in range(0, 40 * DAY, 20):
            record(engine, filling(minute))
            tidy(engine)
    return path


@pytest.fixture
def months(forty_days: Path, place: Location, sure_at_once: None) -> Iterator[History]:  # noqa: ARG001
    """Those forty days, in a history of the test's own."""
    if isinstance(place, Path):
        place.parent.mkdir()
        shutil.copy(forty_days, place)
    else:
        restore(place, forty_days, datetime.now(UTC))
    with opened(place) as engine:
        yield engine


def test_samples_go_and_their_hours_and_days_stay(months: History) -> None:
    """Thirty days raw; hours and days from then on; states for ever."""
    ((oldest,),) = rows(months, "SELECT min(ts) FROM sample")
    newest = after(40 * DAY - 20)
    age = (newest.timestamp() - int(str(oldest))) / 86400
    assert 30 <= age < 31.5
    ((looks,),) = rows(months, "SELECT min(ts) FROM snapshot")
    assert looks == oldest
    days = spaces(months, NOON - timedelta(days=1), step=Step.DAY)
    assert len(days) == 40  # from the first, which began at noon, to the last complete one
    assert len(spaces(months, NOON, step=Step.HOUR)) == 40 * 24 - 1
    assert rows(months, "SELECT count(*), min(first_ts) FROM volume_span") == [
        (1, int(NOON.timestamp()))
    ]


def test_a_day_is_made_of_its_samples(months: History) -> None:
    """Least, average, greatest and last, each as the samples have it."""
    (day,) = spaces(months, after(12 * HOUR), after(12 * HOUR), step=Step.DAY)
    first, last = 12 * HOUR, 36 * HOUR - 20
    free = [1000 * GIGA - minute * GIGA // 60 for minute in range(first, last + 1, 20)]
    assert day == Space(
        after(first),
        Kind.VOLUME,
        "vm",
        "pve:/media",
        round(sum(free) / len(free)),
        1000 * GIGA,
    )
    found = rows(
        months,
        "SELECT free_min_bytes, free_max_bytes, free_last_bytes, total_bytes "
        "FROM free_space_daily WHERE day = '2026-02-17' AND kind = 'volume'",
    )
    assert found == [(min(free), max(free), free[-1], 1000 * GIGA)]


def test_a_moment_past_the_samples_has_the_average_of_its_hour(months: History) -> None:
    """States are exact for ever; numbers of long ago are averages."""
    moment = as_of(months, after(5 * DAY + 30))
    hour = [1000 * GIGA - minute * GIGA // 60 for minute in range(5 * DAY, 5 * DAY + 60, 20)]
    (pool,) = moment.snapshot.volumes
    assert (pool.free_bytes, pool.total_bytes) == (round(sum(hour) / 3), 1000 * GIGA)
    assert moment.snapshot.services[0].state is ServiceState.RUNNING


@pytest.mark.usefixtures("sure_at_once")
@pytest.mark.parametrize("place", ["file"], indirect=True)
def test_freed_pages_go_back_to_the_disk(engine: History) -> None:
    """A file that was pruned gets smaller by itself."""
    for minute in range(0, 3 * DAY, 5):
        record(engine, filling(minute))
    before = rows(engine, "PRAGMA page_count")
    for day in range(60, 64):
        for look_of_day in range(12):
            record(engine, filling(day * DAY + look_of_day))
            tidy(engine)
    assert rows(engine, "PRAGMA freelist_count") == [(0,)]
    assert rows(engine, "PRAGMA page_count") < before


def test_a_wrong_clock_makes_nothing_old(engine: History) -> None:
    """A look or a hundred from a year ahead cost no sample of today."""
    for minute in range(100):
        record(engine, filling(minute))
        tidy(engine)
    for minute in range(100):
        record(engine, filling(365 * DAY + minute))
        tidy(engine)
    assert rows(engine, "SELECT count(*) FROM snapshot") == [(200,)]


def test_when_a_person_last_looked_outlives_its_look(months: History) -> None:
    """Whoever looks once in two months is still shown what changed since."""
    assert last_look_by_person(months) is None
    record(months, replace(filling(40 * DAY), trigger=Trigger.PERSON))
    for minute in range(41 * DAY, 80 * DAY, 4 * HOUR):
        record(months, filling(minute))
        tidy(months)
    assert last_look_by_person(months) == after(40 * DAY)


def big(minute: int) -> Snapshot:
    """Forty-one services, seventeen of them with an endpoint, on two hosts."""
    services = tuple(
        service(f"service-{n}", ("vm", "nas")[n % 2], **({} if n < 17 else {"endpoint": None}))
        for n in range(41)
    )
    return look(minute, hosts=(up(), up("nas")), services=services, mounts=(mount(), mount("nas")))


def test_an_unchanged_look_writes_little(path: Path) -> None:
    """At most 50 KB reach the log, whatever the history holds."""
    with opened(path) as engine:
        for minute in range(30):
            record(engine, big(minute))
        with plain(engine) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        log = path.with_name("history.db-wal")
        assert log.stat().st_size == 0
        record(engine, big(30))
        assert 0 < log.stat().st_size <= 50_000


def test_an_unchanged_look_takes_as_many_statements_as_a_small_one(engine: History) -> None:
    """Cost grows neither with the stack nor with the history: reads by kind, three writes."""
    record(engine, big(0))
    with statements() as seen:
        record(engine, big(1))
    writes = [one.split()[:3] for one, _ in seen if not one.startswith("SELECT")]
    assert writes == [
        ["INSERT", "INTO", "sample"],
        ["UPDATE", "coverage", "SET"],
        ["INSERT", "INTO", "snapshot"],
    ]
    assert len(seen) <= 20


def test_a_backup_is_checked_named_and_rotated(path: Path) -> None:
    """The newest few are kept, each whole, each readable by its owner only."""
    with opened(path) as engine:
        record(engine, look(0))
        for day in range(5):
            back_up(path, NOON + timedelta(days=day), keep=3)
        record(engine, look(1))  # it may be in use meanwhile
    copies = list_backups(path)
    assert [copy.path.name for copy in copies] == [
        "20260220T120000Z.db",
        "20260219T120000Z.db",
        "20260218T120000Z.db",
    ]
    assert copies[0].made_at == NOON + timedelta(days=4)
    assert all(check(copy.path) == () for copy in copies)
    assert all(stat.S_IMODE(copy.path.stat().st_mode) == 0o600 for copy in copies)


def test_a_backup_holds_what_is_still_in_the_log(path: Path) -> None:
    """To copy the file alone would lose the newest looks."""
    with opened(path) as engine:
        record(engine, look(0))
        copy = back_up(path, NOON)
        with contextlib.closing(connect(copy.path)) as connection:
            assert connection.execute("SELECT count(*) FROM snapshot").fetchone() == (1,)


def test_a_restored_backup_goes_on_and_what_was_there_is_kept(path: Path) -> None:
    """Nothing is thrown away: the replaced file lies beside, with its newer looks."""
    with opened(path) as engine:
        record(engine, look(0))
        copy = back_up(path, NOON)
        record(engine, look(1))
    aside = restore(path, copy.path.name, after(2))
    assert aside == path.with_name("history.db.replaced-20260216T120200Z")
    with opened(path) as engine:
        assert latest(engine).snapshot.taken_at == NOON
        record(engine, look(3))
    with opened(aside) as engine:
        assert kept(latest(engine).snapshot) == kept(look(1))


def test_a_backup_that_is_damaged_replaces_nothing(path: Path) -> None:
    """It is checked before it takes the place of anything."""
    with opened(path) as engine:
        record(engine, look(0))
    copy = back_up(path, NOON).path
    with copy.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * 20000)
    before = path.read_bytes()
    with pytest.raises(StoreError):
        restore(path, copy, after(1))
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.glob(".*")] == []


def test_a_backup_nobody_made_is_named_with_those_there_are(path: Path) -> None:
    """A mistyped name is answered with the right ones."""
    with opened(path) as engine:
        record(engine, look(0))
    back_up(path, NOON)
    with pytest.raises(StoreError, match=r"no backup monday; there are: 20260216T120000Z\.db"):
        restore(path, "monday", NOON)


def test_nothing_is_backed_up_where_nothing_is(path: Path) -> None:
    """No empty copy is made of no history."""
    with pytest.raises(NoHistoryError):
        back_up(path, NOON)
