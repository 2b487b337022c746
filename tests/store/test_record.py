"""What one recorded look becomes, and what the next ones change."""

import sqlite3
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from recorder.errors import ClockError
from recorder.model import (
    Declared,
    Endpoint,
    EndpointState,
    Health,
    ImportCount,
    ImportedTitle,
    ImportState,
    Kind,
    MountState,
    Reason,
    ServiceState,
    Snapshot,
    Trigger,
)
from recorder.store import tables
from recorder.store.as_of import as_of, latest
from recorder.store.changes import past_spans, transitions
from recorder.store.connection import History
from recorder.store.read import covered, gaps, last_look_by_person, snapshots_since
from recorder.store.record import record
from recorder.store.values import Recorded
from store.stacks import (
    MINUTE,
    NO_ENGINE,
    NOON,
    after,
    container,
    dark,
    down,
    kept,
    look,
    mount,
    service,
    unseen,
    up,
    volume,
)


def told(engine: History) -> list[tuple[float, str, str, str | None, str | None]]:
    """Transitions in short: minute, kind, name, was, now."""
    return [
        (
            (one.at - NOON) / MINUTE,
            str(one.kind),
            one.name,
            None if one.was is None else str(one.was.state),
            None if one.now is None else str(one.now.state),
        )
        for one in transitions(engine)
    ]


def rows(engine: History, query: str) -> list[tuple[object, ...]]:
    with engine.reading() as db:
        return [tuple(row) for row in db.rows(query)]


def test_a_look_is_given_back_as_it_was_recorded(engine: History) -> None:
    """What was recorded is what is shown again."""
    record(engine, look(0))
    assert kept(latest(engine).snapshot) == kept(look(0))


def test_an_unchanged_look_begins_no_span(engine: History) -> None:
    """State that does not change is stored once, however often it is looked at."""
    for minute in range(5):
        record(engine, look(minute, hosts=(up(uptime_sec=3600 + 60 * minute),)))
    counts = [
        rows(engine, f"SELECT count(*) FROM {kind}_span")[0][0]  # noqa: S608
        for kind in Kind
    ]
    assert counts == [1] * 6
    assert told(engine) == []


def test_a_change_ends_its_span_at_the_look_before(engine: History) -> None:
    """A span says when it was last seen so, not when something else was seen."""
    for minute in (0, 1, 2):
        record(engine, look(minute))
    record(engine, look(3, services=(service(state=ServiceState.EXITED, exit_code=137),)))
    spans = [
        ((span.begin - NOON) / MINUTE, span.end and (span.end - NOON) / MINUTE, span.thing.state)
        for span in past_spans(engine, NOON)
        if span.kind is Kind.SERVICE and span.thing
    ]
    assert spans == [(0, 2, "running"), (3, None, "exited")]
    assert told(engine) == [(3, "service", "radarr", "running", "exited")]


def test_a_host_away_makes_no_transitions_of_what_lives_on_it(engine: History) -> None:
    """Unknown is never exited: only the host goes down and comes back."""
    record(engine, look(0))
    record(engine, dark(1))
    record(engine, look(2))
    assert told(engine) == [(1, "host", "vm", "up", "down"), (2, "host", "vm", "down", "up")]


def test_what_changed_while_it_was_unknown_is_told_when_it_is_seen(engine: History) -> None:
    """A change behind a host's absence is told against the last known state."""
    record(engine, look(0))
    record(engine, dark(1))
    record(engine, look(2, services=(service(state=ServiceState.EXITED, exit_code=0),)))
    assert (2, "service", "radarr", "running", "exited") in told(engine)


def test_a_reboot_can_be_told_though_the_host_was_down_between(engine: History) -> None:
    """A host that is down keeps the boot id it was last known by in what changed."""
    record(engine, look(0))
    record(engine, dark(1))
    record(engine, look(2, hosts=(up(boot_id="boot-2"),)))
    boots = [
        (one.was and one.was.boot_id, one.now and one.now.boot_id)
        for one in transitions(engine)
        if one.kind is Kind.HOST
    ]
    assert boots == [("boot-1", "boot-1"), ("boot-1", "boot-2")]


def test_what_is_unknown_keeps_its_last_known_state_with_its_time(engine: History) -> None:
    """A thing nobody can see is shown as it was last seen, and when."""
    record(engine, look(0))
    record(engine, dark(1))
    record(engine, dark(2))
    moment = latest(engine)
    assert kept(moment.snapshot) == kept(dark(2))
    assert [(one.kind, one.name, one.seen_at) for one in moment.last_known] == [
        (Kind.SERVICE, "radarr", NOON),
        (Kind.ENDPOINT, "radarr", NOON),
        (Kind.MOUNT, "/mnt/media", NOON),
        (Kind.VOLUME, "pve:/media", NOON),
    ]
    assert moment.last_known[3].thing == volume()
    assert moment.last_known[0].thing == service(endpoint=None)
    assert moment.snapshot.hosts[0].last_seen == NOON


def test_a_container_on_a_host_away_is_unknown_not_gone(engine: History) -> None:
    """What no binding names is not listed while its host is away; it is unknown all the same."""
    both = (service(), container())
    record(engine, look(0, services=both))
    record(engine, dark(1))
    unknown = latest(engine).snapshot.services[1]
    assert (unknown.name, unknown.state, unknown.reason) == (
        "helper",
        ServiceState.UNKNOWN,
        Reason.HOST_DOWN,
    )
    record(engine, look(2, services=both))
    assert [one for one in told(engine) if one[1] == "service"] == []


def test_an_unreadable_engine_makes_its_containers_unknown(engine: History) -> None:
    """An engine that says nothing has not lost its containers."""
    record(engine, look(0, services=(service(), container())))
    gone_dark = look(
        1, hosts=(up(engine=NO_ENGINE),), services=(unseen(service(), Reason.ENGINE_DOWN),)
    )
    record(engine, gone_dark)
    states = [(it.name, it.state, it.reason) for it in latest(engine).snapshot.services]
    assert states == [
        ("radarr", "unknown", Reason.ENGINE_DOWN),
        ("helper", "unknown", Reason.ENGINE_DOWN),
    ]


def test_a_container_that_is_gone_ends_and_may_come_back(engine: History) -> None:
    """Gone is a transition, and coming back is another, however often."""
    both, one = (service(), container()), (service(),)
    for minute, services in enumerate((both, one, one, both, one)):
        record(engine, look(minute, services=services))
    assert told(engine) == [
        (1, "service", "helper", "running", None),
        (3, "service", "helper", None, "running"),
        (4, "service", "helper", "running", None),
    ]
    assert [it.name for it in as_of(engine, after(0)).snapshot.services] == ["radarr", "helper"]
    assert [it.name for it in as_of(engine, after(2)).snapshot.services] == ["radarr"]
    assert [it.name for it in as_of(engine, after(3)).snapshot.services] == ["radarr", "helper"]


def test_a_host_dropped_from_the_binding_goes_with_all_it_had(engine: History) -> None:
    """A thing whose host is no longer named is no more."""
    other = {
        "hosts": (up(), up("nas")),
        "services": (service(), service("plex", "nas")),
        "mounts": (mount(), mount("nas")),
    }
    record(engine, look(0, **other))
    record(engine, look(1))
    assert told(engine) == [
        (1, "host", "nas", "up", None),
        (1, "service", "plex", "running", None),
        (1, "endpoint", "plex", "ok", None),
        (1, "mount", "/mnt/media", "ok", None),
    ]
    assert kept(latest(engine).snapshot) == kept(look(1))


def test_a_re_created_container_stays_itself(engine: History) -> None:
    """A recreate is an event of the same thing: compose labels name it, not the container."""
    old = container("stack_helper_1", compose_service="helper")
    new = container(
        "stack-helper-1", compose_service="helper", created_at=after(1), started_at=after(1)
    )
    record(engine, look(0, services=(service(), old)))
    record(engine, look(1, services=(service(), new)))
    assert told(engine) == [(1, "service", "stack-helper-1", "running", "running")]


def test_a_container_that_gets_a_line_in_the_binding_keeps_its_history(engine: History) -> None:
    """To declare a container, or to stop declaring it, makes no new thing."""
    record(engine, look(0, services=(container(),)))
    record(engine, look(1, services=(replace(container(), declared=Declared.ACTIVE),)))
    record(engine, look(2, services=(container(),)))
    assert rows(engine, "SELECT count(*) FROM entity WHERE kind = 'service'") == [(1,)]


def test_scaled_services_share_labels_and_stay_apart(engine: History) -> None:
    """Two containers of one compose service are two things."""
    pair = (
        container("web-1", compose_service="web"),
        container("web-2", compose_service="web", state=ServiceState.EXITED, exit_code=1),
    )
    record(engine, look(0, services=pair))
    record(engine, look(1, services=pair))
    assert latest(engine).snapshot.services == pair
    assert told(engine) == []


def test_another_image_is_a_transition(engine: History) -> None:
    """An update is told with the image before and the image now."""
    record(engine, look(0))
    newer = service(
        image_id="sha256:" + "b" * 64, image_version="5.3", created_at=after(1), started_at=after(1)
    )
    record(engine, look(1, services=(newer,)))
    (one,) = transitions(engine)
    assert one.was is not None
    assert one.now is not None
    assert (one.was.image_version, one.now.image_version) == ("5.2", "5.3")


def test_a_restart_between_two_looks_is_caught(engine: History) -> None:
    """Running before and running after, but started anew: a transition."""
    record(engine, look(0))
    record(engine, look(1, services=(service(started_at=after(0.5), restart_count=1),)))
    (one,) = transitions(engine)
    assert one.was is not None
    assert one.now is not None
    assert (one.was.restart_count, one.now.restart_count) == (0, 1)
    assert one.now.started_at == after(0.5)


def test_a_restart_loop_keeps_few_spans_and_counts_its_restarts(engine: History) -> None:
    """A service that crashes all day is bounded: its restarts are numbers, not spans."""
    for minute in range(200):
        seen = {
            "state": ServiceState.RESTARTING if minute % 3 else ServiceState.RUNNING,
            "exit_code": 1 if minute % 3 else None,
            "started_at": after(minute - 0.5),
            "restart_count": minute,
        }
        record(engine, look(minute, services=(service(**seen),)))
    ((spans,),) = rows(engine, "SELECT count(*) FROM service_span")
    assert spans <= 26
    last = latest(engine).snapshot.services[0]
    assert (last.state, last.restart_count) == (ServiceState.RESTARTING, 199)
    assert as_of(engine, after(150)).snapshot.services[0].restart_count == 150


def test_a_restart_loop_that_is_mended_is_seen_running(engine: History) -> None:
    """Some minutes after the last restart it is what it is seen to be."""
    for minute in range(60):
        seen = {"started_at": after(minute), "restart_count": minute}
        record(engine, look(minute, services=(service(**seen),)))
    assert latest(engine).snapshot.services[0].state is ServiceState.RESTARTING
    for minute in range(60, 70):
        seen = {"started_at": after(59), "restart_count": 59}
        record(engine, look(minute, services=(service(**seen),)))
    assert latest(engine).snapshot.services[0].state is ServiceState.RUNNING


def test_each_import_is_stored_once(engine: History) -> None:
    """However often an app tells of an import, it is one event."""
    titles = tuple(ImportedTitle(after(-n), f"Film {n}", 100 - n) for n in range(3))
    radarr = ImportCount("radarr", "movie", ImportState.OK, 3, titles=titles)
    record(engine, look(0, imports=(replace(radarr, count=2, titles=titles[1:]),)))
    record(engine, look(1, imports=(radarr,)))
    record(engine, look(2, imports=(radarr,)))
    assert rows(engine, "SELECT title FROM import_event ORDER BY ts") == [
        ("Film 2",),
        ("Film 1",),
        ("Film 0",),
    ]
    assert as_of(engine, after(0)).snapshot.imports[0].count == 2
    assert latest(engine).snapshot.imports[0].count == 3


def test_no_secret_of_a_url_is_stored(engine: History) -> None:
    """A health URL is kept without its user, password and query."""
    url = "http://me:secret@192.0.2.1:80/ping?apikey=secret"
    secret = service(endpoint=Endpoint(EndpointState.OK, url, 200, 5))
    record(engine, look(0, services=(secret,)))
    (shown,) = latest(engine).snapshot.services
    assert shown.endpoint is not None
    assert shown.endpoint.url == "http://192.0.2.1:80/ping"
    stored = [rows(engine, f"SELECT * FROM {table}") for table in tables.TABLES]  # noqa: S608
    assert "secret" not in str(stored)


def test_what_hosts_send_never_keeps_a_look_from_being_recorded(engine: History) -> None:
    """Lone surrogates, NULs, endless text and numbers past 64 bits are made fit to store."""
    odd = service(error="\ud800 \0 " + "x" * 9000, exit_code=1 << 70)
    full = volume(free_bytes=1 << 90)
    record(engine, look(0, services=(odd,), volumes=(full,), hosts=(up(load_1min=1e400),)))
    shown = latest(engine).snapshot
    assert shown.services[0].error is not None
    assert len(shown.services[0].error) == 500
    assert shown.services[0].exit_code is None
    assert shown.volumes[0].free_bytes is None


def test_two_looks_in_one_second_are_two(engine: History) -> None:
    """Time strictly grows: the second is recorded a second later."""
    record(engine, look(0))
    assert record(engine, look(0)) == Recorded(after(1 / 60), 1, None)


def test_a_clock_set_back_a_little_is_noted(engine: History) -> None:
    """Two minutes back: recorded just after the last, and said so."""
    record(engine, look(10))
    recorded = record(engine, look(8))
    assert recorded == Recorded(
        after(10) + timedelta(seconds=1),
        121,
        "the clock went back 0:02:00; recorded 121 s later",
    )
    assert rows(engine, "SELECT clock_step_sec FROM snapshot ORDER BY ts") == [(0,), (121,)]


def test_a_clock_set_back_far_is_refused_and_nothing_is_recorded(engine: History) -> None:
    """Two days back: not recorded, and the line says what to type."""
    record(engine, look(0))
    with pytest.raises(ClockError) as refused:
        record(engine, replace(look(0), taken_at=NOON - timedelta(days=2)))
    assert str(refused.value) == (
        "the clock says 2026-02-14T12:00:00Z, but the newest snapshot is of "
        "2026-02-16T12:00:00Z; set the clock, or if it was wrong then, "
        "`ops media.history.repair --drop-after 2026-02-14T12:00:00Z`"
    )
    assert rows(engine, "SELECT count(*) FROM snapshot") == [(1,)]


def test_looks_at_their_usual_interval_make_one_stretch(engine: History) -> None:
    """A look missed is no gap; more than two and a half intervals without one is."""
    for minute in (*range(10), 11, 12, 20, 21):
        record(engine, look(minute))
    stretches = covered(engine)
    assert [((s.begin - NOON) / MINUTE, (s.end - NOON) / MINUTE) for s in stretches] == [
        (0, 12),
        (20, 21),
    ]
    assert [s.snapshots for s in stretches] == [12, 2]
    (gap,) = gaps(stretches)
    assert (gap.begin, gap.end) == (after(12), after(20))


def test_inside_a_gap_the_last_state_seen_is_shown_and_said_so(engine: History) -> None:
    """Nothing is known of a gap; the moment names it."""
    for minute in (*range(10), 60, 61):
        record(engine, look(minute))
    moment = as_of(engine, after(30))
    assert moment.snapshot.taken_at == after(9)
    assert moment.gap is not None
    assert (moment.gap.begin, moment.gap.end) == (after(9), after(60))
    assert as_of(engine, after(5.5)).gap is None


def test_only_a_person_looking_moves_since_you_last_looked(engine: History) -> None:
    """A schedule's looks don't count as yours."""
    assert last_look_by_person(engine) is None
    record(engine, look(0, trigger=Trigger.PERSON))
    record(engine, look(1))
    record(engine, look(2))
    assert last_look_by_person(engine) == after(0)
    assert snapshots_since(engine, after(0)) == 2


def test_the_first_look_of_all_changed_nothing(engine: History) -> None:
    """There was nothing before it to change from."""
    record(engine, look(0))
    assert transitions(engine) == ()


def test_only_changes_of_the_stretch_asked_for_are_told(engine: History) -> None:
    """After `since`, up to and with `until`."""
    for minute in range(6):
        state = ServiceState.RUNNING if minute % 2 else ServiceState.PAUSED
        record(engine, look(minute, services=(service(state=state),)))
    times = [(one.at - NOON) / MINUTE for one in transitions(engine, after(1), after(4))]
    assert times == [2, 3, 4]


def test_a_failing_write_leaves_nothing_of_its_look(engine: History) -> None:
    """A snapshot is one transaction: all of it or nothing."""
    record(engine, look(0))
    before = rows(engine, "SELECT * FROM service_span")
    with engine.transaction() as db:  # in the way of the last of its rows
        there = (int(after(1).timestamp()), "schedule", 1, 0, 0)
        db.change(f"INSERT INTO snapshot VALUES {there}")  # noqa: S608
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        record(engine, dark(1))
    assert rows(engine, "SELECT * FROM service_span") == before
    assert rows(engine, "SELECT last_ts FROM coverage") == [(int(NOON.timestamp()),)]


def test_a_health_check_turning_bad_is_a_transition(engine: History) -> None:
    """Running and unhealthy is another state than running."""
    record(engine, look(0))
    record(engine, look(1, services=(service(health=Health.UNHEALTHY),)))
    assert told(engine) == [(1, "service", "radarr", "running", "running")]


def test_a_mount_hanging_and_back_are_two_transitions(engine: History) -> None:
    """What happened and healed is kept."""
    hung = mount(state=MountState.HUNG, detail="no answer in 3 s", free_bytes=None)
    for minute, it in enumerate((mount(), hung, mount())):
        record(engine, look(minute, mounts=(it,)))
    assert told(engine) == [
        (1, "mount", "/mnt/media", "ok", "hung"),
        (2, "mount", "/mnt/media", "hung", "ok"),
    ]


def test_everything_stands_in_the_order_of_the_newest_look(engine: History) -> None:
    """A line moved in the binding moves on the screen, and begins no span."""
    first, second = service("a"), service("b")
    record(engine, look(0, services=(first, second)))
    record(engine, look(1, services=(second, first)))
    shown: Snapshot = latest(engine).snapshot
    assert [it.name for it in shown.services] == ["b", "a"]
    assert told(engine) == []


def test_a_host_that_is_down_from_the_start_was_never_seen(engine: History) -> None:
    """Nothing is invented for what was never known."""
    record(engine, dark(0))
    moment = latest(engine)
    assert moment.snapshot.hosts == (replace(down(), last_seen=None),)
    assert moment.last_known == ()
