"""The views people ask: what they said once they say for ever, and every column says what it is."""

import contextlib
import re
import sqlite3
from pathlib import Path

import pytest

from recorder.model import Action, ServiceState
from recorder.store import migrate
from recorder.store.actions import log
from recorder.store.ask import Question, ask, relations
from recorder.store.connection import connect
from recorder.store.engine import opened
from recorder.store.record import record
from recorder.store.retention import tidy
from recorder.store.site import Location
from store.stacks import GIGA, NOON, after, dark, look, service, up

DUMP = Path(__file__).with_name("frozen") / "0001.sql"
NAMED = re.compile(r"^    (?P<name>\w+),? -- (?P<meaning>\S.*)$", re.MULTILINE)
MINUTE = 60


def asked(place: Location, query: str) -> list[tuple[object, ...]]:
    with ask(place, Question(query)) as answer:
        return [*answer.rows]


def views(path: Path) -> dict[str, list[str]]:
    """The columns of each view of a file, whatever its schema."""
    with contextlib.closing(connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY 1")
        return {
            str(name): [str(row[1]) for row in connection.execute(f"PRAGMA table_info({name})")]
            for (name,) in names.fetchall()
        }


def contents(path: Path, of: dict[str, list[str]]) -> dict[str, list[tuple[object, ...]]]:
    """What these columns of these views say, a view's own word in quotes where it is SQL's."""
    columns = {view: ", ".join(f'"{name}"' for name in names) for view, names in of.items()}
    with contextlib.closing(connect(path)) as connection:
        return {
            view: connection.execute(f"SELECT {columns[view]} FROM {view}").fetchall()  # noqa: S608
            for view in of
        }


def test_a_view_goes_on_saying_what_it_said(path: Path) -> None:
    """A newer schema's views have every column of the older ones', with the same values."""
    path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text(encoding="utf-8"))
        connection.execute("PRAGMA journal_mode = WAL")
    before = views(path)
    said = contents(path, before)
    assert all(said[view] for view in ("event", "service_now", "host_history", "snapshot_log"))
    migrate.upgrade(path)
    assert contents(path, before) == said


def test_every_view_and_column_says_what_it_means(path: Path) -> None:
    """The schema itself holds a sentence for each view, and a few words for each column."""
    migrate.create(path)
    for view, columns in views(path).items():
        ((sql,),) = asked(path, f"SELECT sql FROM sqlite_schema WHERE name = '{view}'")  # noqa: S608
        head = str(sql).partition(") AS")[0]
        lines = re.match(rf"CREATE VIEW {view} \(\n((?:    -- .*\n)+)", head)
        assert lines, view
        assert re.match(r"[A-Z].*\.$", lines[1].replace("    -- ", " ").replace("\n", "").strip())
        assert [found["name"] for found in NAMED.finditer(head)] == columns


@pytest.fixture
def eventful(place: Location) -> Location:
    """Noon: well. A minute on: the host is away. Then two: back, rebooted, radarr exited."""
    exited = service(state=ServiceState.EXITED, exit_code=137, oom_killed=True)
    with opened(place) as engine:
        record(engine, look(0))
        record(engine, dark(1))
        record(engine, look(3, hosts=(up(boot_id="boot-2"),), services=(exited,)))
    return place


def test_now_is_the_newest_snapshot(eventful: Location) -> None:
    """Each kind of thing as it was last seen, with the numbers of that look."""
    assert asked(eventful, "SELECT host, number, role, state, load_1min, since FROM host_now") == [
        ("vm", 209, "media", "up", 0.25, "2026-02-16T12:03:00Z")
    ]
    assert asked(eventful, "SELECT service, state, exit_code, oom_killed FROM service_now") == [
        ("radarr", "exited", 137, 1)
    ]
    assert asked(eventful, "SELECT service, url, state, latency_ms FROM endpoint_now") == [
        ("radarr", "http://192.0.2.209:7878/ping", "ok", 12)
    ]
    assert asked(eventful, "SELECT path, state, free_bytes, latency_ms FROM mount_now") == [
        ("/mnt/media", "ok", 40 * GIGA, 2)
    ]
    assert asked(eventful, "SELECT name, state, free_bytes, used_percent FROM volume_now") == [
        ("pve:/media", "ok", 40 * GIGA, 60.0)
    ]


def test_what_is_unknown_has_no_numbers(place: Location) -> None:
    """A host that is away leaves no old number standing as if it were new."""
    with opened(place) as engine:
        record(engine, look(0))
        record(engine, dark(1))
    assert asked(place, "SELECT state, load_1min, memory_available_bytes FROM host_now") == [
        ("down", None, None)
    ]
    assert asked(place, "SELECT state, free_bytes, total_bytes, latency_ms FROM mount_now") == [
        ("unknown", None, None, None)
    ]
    assert asked(place, "SELECT state, free_bytes, total_bytes, used_percent FROM volume_now") == [
        ("unknown", None, None, None)
    ]
    assert asked(place, "SELECT state, latency_ms FROM endpoint_now") == [("unknown", None)]


def test_a_state_lasted_until_the_next_was_seen(eventful: Location) -> None:
    """Seen down once, three minutes after: two minutes, not none. The newest lasts until now."""
    assert asked(
        eventful,
        "SELECT state, first_seen_ts - last_seen_ts, lasted_sec FROM host_history "
        "ORDER BY first_seen_ts",
    ) == [("up", 0, MINUTE), ("down", 0, 2 * MINUTE), ("up", None, 0)]


def test_a_time_as_text_and_as_a_number_are_the_same(eventful: Location) -> None:
    """Whatever is asked by `at` is found by `at_ts`, in every view that has both."""
    for relation in relations(eventful):
        columns = [column.name for column in relation.columns]
        for column in columns:
            text = column.removesuffix("_ts")
            pair = next((name for name in (f"{text}_at", text) if name in columns), None)
            if column == text or pair is None:
                continue
            form = "%Y-%m-%d" if text == "day" else "%Y-%m-%dT%H:%M:%SZ"
            differing = (
                f"SELECT count(*) FROM {relation.name} "  # noqa: S608
                f"WHERE ifnull({pair}, '') <> ifnull(strftime('{form}', {column}, 'unixepoch'), '')"
            )
            assert asked(eventful, differing) == [(0,)], (relation.name, column)


@pytest.mark.parametrize("place", ["file"], indirect=True)
@pytest.mark.parametrize("since", ["at_ts >= 1771243200", "at_ts >= strftime('%s', '2026-02-16')"])
def test_events_of_a_time_are_found_by_an_index(eventful: Location, since: str) -> None:
    """A day of ten years is not looked for in all of them."""
    plan = asked(eventful, f"EXPLAIN QUERY PLAN SELECT * FROM event WHERE {since}")  # noqa: S608
    steps = [str(row[3]) for row in plan if " now " in str(row[3])]
    assert steps == [
        f"SEARCH now USING INDEX {kind}_span_first (first_ts>?)"
        for kind in ("host", "service", "endpoint", "mount")
    ]


def test_restarts_are_counted_by_looks_and_by_the_engine(place: Location) -> None:
    """A start that looks told apart, and the growth of the engine's own count, by day."""
    day = 24 * 60
    with opened(place) as engine:
        for minutes, started, count in ((0, -60, 0), (1, 0.5, 0), (day, 0.5, 2), (3 * day, 0.5, 2)):
            one = service(started_at=after(started), restart_count=count)
            record(engine, look(minutes, services=(one,)))
        tidy(engine)
    restarts = "SELECT day, service, starts, engine_restarts FROM restarts_daily ORDER BY day"
    assert asked(place, restarts) == [
        ("2026-02-16", "radarr", 1, 0),
        ("2026-02-17", "radarr", 0, 2),
    ]


def test_what_the_program_did_itself_is_told(place: Location) -> None:
    """Each action with its times and how it ended."""
    with opened(place) as engine:
        record(engine, look(0))
    log(place, Action("media.history.prune", "--yes", "ann", NOON, after(1), 0))
    assert asked(
        place, 'SELECT started_at, ended_at, capability, "user", exit_code FROM action_log'
    ) == [("2026-02-16T12:00:00Z", "2026-02-16T12:01:00Z", "media.history.prune", "ann", 0)]
