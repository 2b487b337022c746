"""Filled sites of older programs on a real server: upgraded with every row, or as they were."""

import contextlib
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from cli.test_recording import Machine
from cli.test_server_faults import is_told
from faults.matrix import BY_KEY
from faults.proving import in_time, proves
from psycopg.rows import dict_row

from recorder.errors import AwayError, BusyError, OlderError, StoreError, UsageError
from recorder.store import migrate
from recorder.store.as_of import latest
from recorder.store.ask import Question, ask, relations
from recorder.store.described import Relation
from recorder.store.engine import opened
from recorder.store.examination import faults_of_history
from recorder.store.postgresql import driver, schema
from recorder.store.record import record
from recorder.store.retention import tidy
from recorder.store.site import Location, Site, site_at
from recorder.store.tables import TABLES
from store.freeze import DAY_MIN, FROZEN, NEWEST, rows_of, thaw
from store.recording_processes import FORKED
from store.servers import Server, typed
from store.stacks import kept, look

ROOT = Path(__file__).resolve().parents[2]
RESTED_ON = "a view of your own keeps an older site from being upgraded"
OLDER = migrate.REVISIONS[:-1]
NEXT_MIN = DAY_MIN + 3
MAKER = "schema_made_by"
TABLES_OF = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
SCHEMA = """
SELECT 'view', viewname::text, definition FROM pg_views WHERE schemaname = current_schema()
UNION ALL
SELECT 'index', indexname, replace(indexdef, current_schema() || '.', '')
FROM pg_indexes WHERE schemaname = current_schema()
UNION ALL
SELECT 'column', attrelid::regclass::text || '.' || attname, format_type(atttypid, atttypmod)
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid AND attnum > 0
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
UNION ALL
SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = current_schema()::regnamespace
UNION ALL
SELECT 'function', oid::regprocedure::text, prosrc FROM pg_proc
WHERE pronamespace = current_schema()::regnamespace
"""
Rows = dict[str, Counter[frozenset[tuple[str, object]]]]


@dataclass(frozen=True)
class Old:
    """The same history as an older program left it: in a file, and in a site on a server."""

    revision: str
    file: Path
    site: Site


def counted(rows: dict[str, list[dict[str, object]]]) -> Rows:
    return {name: Counter(frozenset(row.items()) for row in found) for name, found in rows.items()}


def rows_in(site: Site) -> Rows:
    """All that stands in a site's tables, but for the mark of its schema."""
    with contextlib.closing(driver.connect(site)) as db, db.cursor(row_factory=dict_row) as cursor:
        names = [name for (name,) in db.execute(TABLES_OF).fetchall() if name != "alembic_version"]
        return counted(
            {name: cursor.execute(f"SELECT * FROM {name}").fetchall() for name in names}  # type: ignore[misc]  # noqa: S608
        )


def schema_in(site: Site) -> tuple[str, set[tuple[str, str, str]]]:
    """The mark of a site's schema, and all the schema is made of."""
    with contextlib.closing(driver.connect(site)) as db:
        (marked,) = db.execute("SELECT version_num FROM alembic_version").fetchall()
        return marked[0], set(db.execute(SCHEMA).fetchall())


@contextlib.contextmanager
def program_of(revision: str, folder: Path) -> Iterator[None]:
    """A program that knows no later revision than this, as the one was that came with it."""
    shutil.copytree(migrate.migrations(), folder)
    for script in (folder / "versions").glob("*.py"):
        if script.name[: len(revision)] > revision:
            script.unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "migrations", lambda: folder)
        yield


def pour(file: Path, site: Site) -> None:
    """Put every row of a file into a site whose schema has the same revision."""
    found = rows_of(file)
    with (
        contextlib.closing(driver.connect(site)) as db,
        db.transaction(),
        db.cursor() as cursor,
    ):
        for name, rows in ((name, found[name]) for name in TABLES if name in found):
            columns = ", ".join(f'"{column}"' for column in rows[0])
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608 - a name of ours, as below
            with cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(tuple(row.values()))
            if "id" in rows[0]:
                numbers = f"pg_get_serial_sequence('{name}', 'id')"
                cursor.execute(f"SELECT setval({numbers}, max(id)) FROM {name}")  # noqa: S608


@pytest.fixture
def made_by(path: Path, server: Server, tmp_path: Path) -> Iterator[Callable[[str], Old]]:
    """Makes a history as the program of a revision left it."""
    site = server.site("older")

    def make(revision: str) -> Old:
        thaw(FROZEN / f"{revision}.sql", path)
        with program_of(revision, tmp_path / revision):
            schema.migrate(site)
        pour(path, site)
        assert schema_in(site)[0] == revision
        assert rows_in(site) == counted(rows_of(path))
        return Old(revision, path, site)

    yield make
    with server.as_admin("media") as admin:
        admin.execute("DROP SCHEMA older CASCADE")


@pytest.fixture
def old(made_by: Callable[[str], Old]) -> Old:
    """A history as the program before this one left it."""
    return made_by(OLDER[-1])


def answers(place: Location) -> dict[Relation, Counter[tuple[object, ...]]]:
    """What every view and table of a history says."""
    with opened(place, writing=False) as history, history.reading() as db:
        return {
            one: Counter(db.tuples(f'SELECT * FROM "{one.name}"'))  # noqa: S608 - our own
            for one in relations(place)
        }


def without_maker(rows: Rows) -> Rows:
    """Rows but for the version of the program that made the schema: that is another now."""
    meta = Counter({row: n for row, n in rows["meta"].items() if MAKER not in dict(row).values()})
    return {**rows, "meta": meta}


@pytest.mark.parametrize("revision", OLDER)
def test_a_filled_site_of_any_older_program_is_upgraded_as_a_file_is(
    revision: str, made_by: Callable[[str], Old], server: Server
) -> None:
    """No row is lost; every view's answer is the file's, and so is what the next look adds."""
    old = made_by(revision)
    before = rows_in(old.site)
    for place in (old.file, old.site):
        with opened(place) as engine:
            assert kept(latest(engine).snapshot) == kept(NEWEST)
    now = rows_in(old.site)
    assert now == counted(rows_of(old.file))
    assert without_maker({name: now[name] for name in before}) == without_maker(before)
    assert schema_in(old.site) == schema_in(server.site())
    for place in (old.file, old.site):
        with opened(place) as engine:
            record(engine, look(NEXT_MIN))
            tidy(engine)
    assert rows_in(old.site) == counted(rows_of(old.file)) != now
    assert answers(old.site) == answers(old.file)
    assert faults_of_history(old.site) == ()


@pytest.fixture
def last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Gives the newest revision one more statement, behind all it does."""

    def more(statement: str) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(migrate.migrations(), folder)
        (script,) = (folder / "versions").glob(f"{migrate.HEAD}_*.sql")
        script.write_text(f"{script.read_text(encoding='utf-8')}\n{statement};\n")
        monkeypatch.setattr(migrate, "migrations", lambda: folder)

    return more


@contextlib.contextmanager
def as_it_was(site: Site) -> Iterator[None]:
    """A site keeps its rows, its schema and the schema's mark; whoever comes next upgrades it."""
    before = rows_in(site), schema_in(site)
    yield
    assert (rows_in(site), schema_in(site)) == before


def said(site: Site, kind: type[StoreError]) -> str:
    """The line that says why a site can't be opened to record."""
    with pytest.raises(StoreError) as told, opened(site):
        pass
    assert type(told.value) is kind
    return str(told.value).removeprefix(f"{site} ").removeprefix(f"{site}: ")


@pytest.mark.parametrize(
    ("statement", "kind", "line"),
    [
        ("SELECT 1 / 0", StoreError, "could not be upgraded (division by zero) and is as it was"),
        (
            "DELETE FROM no_such_table",
            StoreError,
            'could not be upgraded (relation "no_such_table" does not exist) and is as it was',
        ),
        (
            "SET LOCAL statement_timeout = 1; SELECT pg_sleep(60)",
            BusyError,
            "canceling statement due to statement timeout; try again",
        ),
        (
            "SELECT pg_terminate_backend(pg_backend_pid())",
            AwayError,
            "terminating connection due to administrator command; see `pg_isready`",
        ),
    ],
    ids=["ours", "another of ours", "too long", "broken off"],
)
def test_an_upgrade_that_fails_in_its_last_statement_leaves_a_site_as_it_was(
    old: Old, last: Callable[[str], None], statement: str, kind: type[StoreError], line: str
) -> None:
    """Rows, schema and mark change together or not at all, and one line says why they did not."""
    last(statement)
    with as_it_was(old.site):
        assert said(old.site, kind).endswith(line)


def test_an_upgrade_waits_for_whoever_reads_but_not_for_ever(
    old: Old, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report that never ends keeps a view from being made anew; once it has ended, it is."""
    monkeypatch.setattr(driver, "SETTINGS", driver.SETTINGS.replace("'30s'", "'100ms'"))
    assert "'100ms'" in driver.SETTINGS
    with psycopg.connect(old.site.url) as report:
        report.execute("SELECT count(*) FROM older.event")
        with as_it_was(old.site):
            assert said(old.site, BusyError).endswith("due to lock timeout; try again")
    with opened(old.site) as engine:
        assert kept(latest(engine).snapshot) == kept(NEWEST)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with the host of the older history, whose program is this one."""
    made = Machine(tmp_path)
    bindings = tmp_path / "ops" / "bindings"
    bindings.mkdir(parents=True)
    made.runs(radarr="running")
    (bindings / "media.services.yaml").write_text("hosts: {vm: {connect: local}}\n")
    return made


@proves(RESTED_ON)
def test_what_rests_on_a_site_s_views_is_named_and_not_dropped(old: Old, machine: Machine) -> None:
    """A view of somebody's own: without it the upgrade is made."""
    row, place = BY_KEY[RESTED_ON], {"MEDIA_RECORDER_DB": typed(old.site)}
    with psycopg.connect(old.site.url, autocommit=True) as other:
        other.execute("CREATE VIEW report AS SELECT now FROM older.event")
        with as_it_was(old.site), in_time(row):
            is_told(machine.ops("media.status", **place), row, old.site)
        other.execute("DROP VIEW report")
    assert machine.ops("media.status", **place).returncode == 0
    assert schema_in(old.site)[0] == migrate.HEAD


def test_reading_an_older_site_changes_nothing_and_says_what_to_type(old: Old) -> None:
    """Who only reads is told; who records upgrades."""
    line = (
        f"{old.site} has an older schema, and reading does not change it; "
        "`ops media.history.upgrade` upgrades it, and so does the next look that records"
    )
    with as_it_was(old.site):
        with pytest.raises(OlderError) as told, opened(old.site, writing=False):
            pass
        assert str(told.value) == line
        with pytest.raises(OlderError) as told, ask(old.site, Question("SELECT * FROM host_now")):
            pass
        assert str(told.value) == line


@pytest.mark.parametrize(
    "upgrading", [("media.history.upgrade", "--yes"), ("media.snapshot",)], ids=" ".join
)
def test_what_a_reader_is_told_to_type_upgrades_the_site(
    old: Old, machine: Machine, upgrading: tuple[str, ...]
) -> None:
    """The program refuses to read, does as it said, and then reads what the older one recorded."""
    at = ("media.status", "--at", f"{NEWEST.taken_at:%Y-%m-%dT%H:%M:%SZ}")
    place = {"MEDIA_RECORDER_DB": typed(old.site)}
    refused = machine.ops(*at, **place)
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "`ops media.history.upgrade` upgrades it, and so does the next look" in refused.stderr
    done = machine.ops(*upgrading, **place)
    assert (done.returncode, done.stderr) == (0, "")
    assert schema_in(old.site)[0] == migrate.HEAD
    shown = machine.ops(*at, **place)
    assert "vm (209)" in shown.stdout


def _open(site: Site) -> None:
    with opened(site):
        pass


def test_two_that_find_an_older_site_upgrade_it_once(old: Old) -> None:
    """Whoever comes second waits, and finds it upgraded."""
    both = [FORKED.Process(target=_open, args=(old.site,)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert [one.exitcode for one in both] == [0, 0]
    assert schema_in(old.site)[0] == migrate.HEAD


def test_who_may_only_read_is_given_the_rights_again_after_an_upgrade(
    old: Old, server: Server
) -> None:
    """By the lines of docs/security.md; until then what is new is refused, the rest is read."""
    text = ROOT.joinpath("docs/security.md").read_text(encoding="utf-8")
    grants = re.findall(r"^GRANT .*;$", text, re.MULTILINE)
    guest = site_at(f"{server.url(user='guest')}?site=older", str)
    with server.as_admin("media") as admin:
        admin.execute("CREATE ROLE guest LOGIN")
        try:
            for grant in grants:
                admin.execute(grant.replace('"home"', "older"))
            with opened(old.site) as engine:
                record(engine, look(NEXT_MIN))
            with opened(guest, writing=False) as history:
                assert latest(history).snapshot.taken_at == look(NEXT_MIN).taken_at
            with (
                pytest.raises(UsageError, match=r"view event; .* are in docs/security\.md"),
                ask(guest, Question("SELECT * FROM event")),
            ):
                pass
            for grant in grants:
                admin.execute(grant.replace('"home"', "older"))
            assert answers(guest) == answers(old.site)
        finally:
            admin.execute("DROP OWNED BY guest")
            admin.execute("DROP ROLE guest")
