"""A history on a PostgreSQL server: many homes at once, in and out of a file, and its troubles."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from realhosts.waiting import wait_until

from recorder.bindings import queries
from recorder.errors import (
    AwayError,
    ForeignError,
    NewerError,
    ReadOnlyError,
    StoreError,
    UsageError,
)
from recorder.store.as_of import latest
from recorder.store.ask import Question, ask, relations
from recorder.store.backup import back_up, restore
from recorder.store.engine import opened
from recorder.store.examination import faults_of_history
from recorder.store.lock import one_look
from recorder.store.migrate import HEAD
from recorder.store.postgresql import driver
from recorder.store.postgresql.asking import opened_to_read
from recorder.store.postgresql.trouble import explanation
from recorder.store.read import covered
from recorder.store.record import record
from recorder.store.retention import tidy
from recorder.store.site import NAME_LETTERS, Site, site_at
from store.freeze import FROZEN, rows_of, thaw
from store.recording_processes import FORKED
from store.servers import Server
from store.stacks import NOON, after, look

ROOT = Path(__file__).resolve().parents[2]
HOMES = ("alpha", "beta", "gamma", "delta")
RECORDERS, LOOKS = 2, 20
PATIENCE_SEC = 60


@pytest.fixture
def years(path: Path) -> Path:
    """A history in a file with rows in every table."""
    thaw(FROZEN / f"{HEAD}.sql", path)
    return path


def _record(site: Site, first: int) -> None:
    """What one of a home's recorders does: its looks, each when it is its turn."""
    for number in range(LOOKS):
        with one_look(site, PATIENCE_SEC) as held, opened(site) as engine:
            assert held
            mine = look(0).taken_at + timedelta(seconds=number * RECORDERS + first)
            record(engine, look(0, taken_at=mine, site=site.name))
            tidy(engine)


def test_many_homes_and_recorders_at_once_lose_and_mix_nothing(
    server: Server, database: str
) -> None:
    """Each makes its schema or finds it made; every look is there, in its own home's history."""
    sites = [server.site(name, database) for name in HOMES]
    running = [
        FORKED.Process(target=_record, args=(site, first))
        for site in sites
        for first in range(RECORDERS)
    ]
    for process in running:
        process.start()
    for process in running:
        process.join()
    assert [process.exitcode for process in running] == [0] * len(running)
    for site in sites:
        with opened(site, writing=False) as engine:
            assert sum(one.snapshots for one in covered(engine)) == RECORDERS * LOOKS
            assert latest(engine).snapshot.site == site.name
        assert faults_of_history(site) == ()


def test_a_writer_waits_for_its_own_home_only(server: Server, database: str) -> None:
    """While one home writes, another does, and readers of both see what was there before."""
    one, other = (server.site(name, database) for name in HOMES[:2])
    for site in (one, other):
        with opened(site) as engine:
            record(engine, look(0))
    with opened(one) as held, held.transaction() as writing:
        writing.change("DELETE FROM sample")
        with opened(other) as engine:
            record(engine, look(1))
        with opened(one, writing=False) as engine:
            assert latest(engine).snapshot.volumes[0].free_bytes == look(0).volumes[0].free_bytes


def test_a_home_can_move_to_a_server_and_back(site: Site, years: Path, state: Path) -> None:
    """A file restored into a site and backed up from it has the same rows in every table."""
    before = rows_of(years)
    aside = restore(site, years, datetime.now(UTC))
    assert str(aside).startswith(f"{site}-replaced-")
    copy = back_up(site, NOON)
    assert copy.path.is_relative_to(state)
    assert rows_of(copy.path) == before
    assert faults_of_history(site) == faults_of_history(copy.path) == ()
    with opened(site) as engine:
        record(engine, look(3 * 24 * 60))
        assert latest(engine).snapshot.taken_at == after(3 * 24 * 60)


def test_what_was_replaced_is_a_site_of_its_own(
    server: Server, database: str, years: Path, state: Path
) -> None:
    """However long its name and however soon the next; it needs nothing of what took its place."""
    assert state
    site = server.site("x" * NAME_LETTERS, database)
    with opened(site) as engine:
        record(engine, look(0))
    asides = [restore(site, years, NOON) for _ in range(3)]
    names = [aside.name for aside in asides if isinstance(aside, Site)]
    first = f"{site.name}-replaced-20260216-120000"
    assert names == [first, f"{first}-2", f"{first}-3"]
    with server.as_admin(database) as admin:
        admin.execute(f"DROP SCHEMA {site.name} CASCADE")
    for name in names:
        kept = server.site(name, database)
        assert faults_of_history(kept) == ()
        times = "SELECT strftime('%Y', '2026-02-10'), date('2026-02-10', '1 day')"
        assert _answer(kept, times)[1] == Counter([("2026", "2026-02-11")])
    again = restore(server.site(names[1], database), years, NOON)
    assert isinstance(again, Site)
    assert again.name == f"{first}-4"


def test_what_is_no_backup_leaves_a_site_as_it_was(site: Site, path: Path, state: Path) -> None:
    """A file is checked before it replaces anything."""
    assert state
    with opened(site) as engine:
        record(engine, look(0))
    path.parent.mkdir()
    path.write_bytes(b"SQLite format 3\0" + b"\1" * 8000)
    with pytest.raises(StoreError):
        restore(site, path, datetime.now(UTC))
    with opened(site, writing=False) as engine:
        assert latest(engine).snapshot.taken_at == NOON


def _answer(place: Path | Site, sql: str, **values: object) -> tuple[object, Counter[object]]:
    with ask(place, Question(sql, values)) as answer:  # type: ignore[arg-type]
        return answer.columns, Counter(answer.rows)


@pytest.fixture
def moved(site: Site, years: Path, state: Path) -> Site:
    """The same history as `years`, in a site."""
    assert state
    restore(site, years, datetime.now(UTC))
    return site


def test_every_view_says_the_same_on_either_engine(moved: Site, years: Path) -> None:
    """Column by column and row by row; and the schema says the same of each."""
    assert relations(moved) == relations(years)
    for relation in relations(years):
        query = f'SELECT * FROM "{relation.name}"'  # noqa: S608 - our own views
        assert _answer(moved, query) == _answer(years, query), relation.name


@pytest.mark.parametrize("name", sorted(queries.query_files([queries.shipped_folder()])))
def test_a_saved_query_answers_the_same_on_either_engine(
    moved: Site, years: Path, name: str
) -> None:
    """Its values those it has by itself, but that it looks back far enough to find something."""
    query = queries.read_query(queries.query_files([queries.shipped_folder()]), name)
    values = {
        one.name: "-20 years" if one.name == "since" else one.default for one in query.parameters
    }
    assert _answer(moved, query.sql, **values) == _answer(years, query.sql, **values)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM sample",
        "WITH gone AS (DELETE FROM sample RETURNING 1) SELECT * FROM gone",
        "SELECT 1; DELETE FROM sample",
        "SELECT setval(pg_get_serial_sequence('entity', 'id'), 99)",
        "COPY sample TO '/tmp/anywhere'",
        "EXPLAIN ANALYZE DELETE FROM sample",
        "SELECT set_config('transaction_read_only', 'off', true)",
        "PRAGMA table_info(entity)",
        "SELECT hst FROM host_now",
        "SELECT * FROM hostnow",
        "SELECT 1 / 0",
        "",
    ],
)
def test_what_is_no_question_is_one_line_and_changes_nothing(moved: Site, sql: str) -> None:
    """A write above all, in whatever words."""
    before = _answer(moved, "SELECT * FROM sample")

    with pytest.raises(UsageError) as caught, ask(moved, Question(sql)) as answer:
        list(answer.rows)
    assert len(str(caught.value).splitlines()) == 1
    assert _answer(moved, "SELECT * FROM sample") == before


@pytest.mark.parametrize(
    "sql",
    [
        "SHOW server_version; COMMIT; CREATE TABLE evil (a int)",
        "SHOW jit; COMMIT; SET default_transaction_read_only = off; CREATE TABLE evil (a int)",
        "EXPLAIN SELECT 1; COMMIT; CREATE TABLE evil (a int); SELECT 1",
        "SELECT 1; COMMIT; CREATE TABLE evil (a int); SELECT 1",
    ],
)
def test_a_question_is_one_statement(site: Site, server: Server, sql: str) -> None:
    """Whatever it begins with: none behind it is run, so none can end what only reads."""
    with opened(site):
        pass
    with pytest.raises(UsageError), ask(site, Question(sql)) as answer:
        list(answer.rows)
    with server.as_admin("media") as admin:
        made = admin.execute("SELECT 1 FROM pg_class WHERE relname = 'evil'").fetchall()
    assert made == []


def test_a_session_that_asks_writes_in_no_transaction(site: Site) -> None:
    """Were the one it asks in ended, the next would only read too."""
    with opened(site):
        pass
    with opened_to_read(site) as db:
        db.execute("COMMIT")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            db.execute("CREATE TABLE evil (a int)")


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SHOW default_transaction_read_only", [("on",)]),
        ("EXPLAIN SELECT 1", [("Result  (cost=0.00..0.01 rows=1 width=4)",)]),
        (r"SELECT E'it\'s', 'a:b'::text", [("it's", "a:b")]),
        (r"SELECT 'C:\', :a, 'b:c'", [("C:\\", "it", "b:c")]),
        ("SELECT true, 1.50, 2::bigint, DATE '2026-02-10'", [(1, 1.5, 2, "2026-02-10")]),
    ],
)
def test_an_answer_is_in_plain_values(site: Site, sql: str, rows: list[tuple[object, ...]]) -> None:
    """What stands in quotes is text, whatever its letters; and each kind of statement answers."""
    with opened(site):
        pass
    values = {"a": "it"} if ":a" in sql else {}
    with ask(site, Question(sql, values)) as answer:
        assert list(answer.rows) == rows


def test_a_user_who_may_only_read_asks_and_does_no_more(site: Site, server: Server) -> None:
    """With the two rights that docs/security.md names: every view and function, and no writing."""
    text = ROOT.joinpath("docs/security.md").read_text(encoding="utf-8")
    grants = re.findall(r"^GRANT .*;$", text, re.MULTILINE)
    assert len(grants) == 2
    with server.as_admin("media") as admin:
        admin.execute("CREATE ROLE guest LOGIN")
        try:
            for grant in grants:
                admin.execute(grant)
            guest = site_at(f"{server.url(user='guest')}?site={site.name}", str)
            for relation in relations(guest):
                _answer(guest, f'SELECT * FROM "{relation.name}"')  # noqa: S608 - our own views
            assert _answer(guest, "SELECT date('2026-02-10', '1 day')")[1] == {("2026-02-11",): 1}
            with psycopg.connect(guest.url) as db, pytest.raises(psycopg.Error, match="denied"):
                db.execute(f"DELETE FROM {site.name}.sample")  # noqa: S608 - a name of ours
        finally:
            admin.execute("DROP OWNED BY guest")
            admin.execute("DROP ROLE guest")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT pg_read_file('/etc/hostname')",
        "COPY site TO PROGRAM 'cat'",
        "SELECT * FROM pg_authid",
        "CREATE ROLE another",
        "CREATE DATABASE another",
        "ALTER ROLE recorder SUPERUSER",
    ],
)
def test_the_server_s_password_gives_its_histories_and_no_more(site: Site, sql: str) -> None:
    """As docs/security.md says: no file, program, role or other database of the server's."""
    with (
        contextlib.closing(driver.connect(site)) as db,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        db.execute(sql)


def test_a_look_holds_two_connections(site: Site, server: Server) -> None:
    """So many homes can look at once as docs/scale.md computes; one too many is told so."""
    with server.as_admin("media") as admin:
        ours = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'recorder'"
        wait_until(lambda: admin.execute(ours).fetchone() == (0,), "earlier connections to end")
        admin.execute("ALTER ROLE recorder CONNECTION LIMIT 2")
        try:
            with one_look(site) as held, opened(site) as engine:
                assert held
                record(engine, look(0))
                tidy(engine)
                with pytest.raises(AwayError, match="too many connections"), opened(site):
                    pass
        finally:
            admin.execute("ALTER ROLE recorder CONNECTION LIMIT -1")


def test_a_slice_is_written_in_brackets(site: Site) -> None:
    """A colon before a name would be a parameter's."""
    sql = "SELECT arr[(a):(b)] FROM (SELECT ARRAY[1, 2, 3], 1, 2) AS it (arr, a, b)"
    with ask(site, Question(sql)) as answer:
        assert list(answer.rows) == [("[1, 2]",)]


def test_a_runaway_is_ended(site: Site) -> None:
    """By the server, in the time that was given."""
    with (
        pytest.raises(Exception, match="ended after"),
        ask(site, Question("SELECT pg_sleep(60)", time_limit_sec=0.2)) as answer,
    ):
        list(answer.rows)


def test_a_password_is_shown_nowhere(server: Server) -> None:
    """Not in the place's name, nor in what is said where it is wrong."""
    secret = "se@cret:word"  # noqa: S105 - of a test
    url = f"postgresql://recorder:{secret}@{server.address}:1/media?site=home&password={secret}"
    site = site_at(url, str)
    with pytest.raises(AwayError) as caught, opened(site):
        pass
    assert str(site) == f"postgresql://recorder@{server.address}:1/media?site=home"
    for told in (str(site), repr(site), str(caught.value)):
        assert "se@cret" not in told
        assert "word" not in told


def test_a_socket_s_folder_may_be_given(server: Server) -> None:
    """A server on this machine need not listen on an address."""
    folder = server.folder
    url = f"postgresql:///media?host={folder}&user=recorder&site=home&options=-c%20work_mem%3D7MB"
    site = site_at(url, str)
    assert str(site) == f"postgresql:///media?host={folder}&user=recorder&site=home"
    with ask(site, Question("SHOW work_mem")) as answer:
        assert list(answer.rows) == [("7MB",)]


def _said(site: Site) -> str:
    with pytest.raises(StoreError) as caught, opened(site):
        pass
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def test_each_trouble_of_a_server_is_one_line(server: Server, database: str) -> None:
    """What is wrong, and what to type."""
    nobody = site_at(f"{server.url(user='nobody')}?site=home", str)
    assert "createuser" in _said(nobody)
    assert "createdb" in _said(server.site(database="nothing"))
    with server.as_admin(database) as admin:
        admin.execute("CREATE SCHEMA other")
        admin.execute("GRANT USAGE ON SCHEMA other TO recorder")
        admin.execute("CREATE TABLE other.things (id int)")
        admin.execute(f"REVOKE ALL ON DATABASE {database} FROM recorder, public")
        admin.execute(f"ALTER DATABASE {database} OWNER TO postgres")
        admin.execute(f"GRANT CONNECT ON DATABASE {database} TO recorder")
    assert "another application's" in _said(server.site("other", database))
    with pytest.raises(ForeignError), opened(server.site("other", database)):
        pass
    with (
        pytest.raises(ReadOnlyError, match="permission denied"),
        opened(server.site("mine", database)),
    ):
        pass


@pytest.mark.parametrize(
    "said",
    [
        "consuming input failed: server closed the connection unexpectedly\n\tThis probably means",
        "consuming input failed: SSL error: unexpected eof while reading",
        "consuming input failed: SSL connection has been closed unexpectedly",
        "sending query failed: SSL SYSCALL error: EOF detected",
    ],
)
def test_a_connection_that_breaks_off_is_no_matter_of_tls(server: Server, said: str) -> None:
    """Nobody is sent to look at certificates for it."""
    site = server.site()
    assert str(explanation(site, psycopg.OperationalError(said))) == (
        f"{site}: no answer from its server: the connection broke off; see `pg_isready`"
    )


def test_a_server_that_is_too_old_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which version it is, and which is needed."""
    monkeypatch.setattr(driver, "OLDEST_SERVER", 990000)
    line = rf"{re.escape(str(site))}: its server is PostgreSQL \d+\S*.*, and 99 or newer is needed"
    assert re.fullmatch(line, _said(site))


def test_a_server_that_only_reads_is_told_and_still_read(site: Site) -> None:
    """As a standby does: what is there is shown, and nothing is recorded."""
    with opened(site) as engine:
        record(engine, look(0))
    reading = site_at(f"{site.url}?site=home&options=-cdefault_transaction_read_only%3Don", str)
    with opened(reading) as engine:
        assert latest(engine).snapshot.taken_at == NOON
        with pytest.raises(ReadOnlyError, match="only reads"):
            record(engine, look(1))


def test_a_newer_schema_is_refused_with_the_version_to_install(
    server: Server, database: str
) -> None:
    """Nothing is changed in it."""
    site = server.site(database=database)
    with opened(site) as engine, engine.transaction() as db:
        db.change("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerError, match="made by a newer"), opened(site):
        pass
    with pytest.raises(NewerError, match="made by a newer"), ask(site, Question("SELECT 1")):
        pass


def test_a_server_that_takes_a_connection_and_says_nothing_is_given_up() -> None:
    """Within the time a connection may take, not for ever."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        site = site_at(f"postgresql://recorder@127.0.0.1:{port}/media?site=home", str)
        done = threading.Event()

        def give_up() -> None:
            with pytest.raises(AwayError), opened(site):
                pass
            done.set()

        threading.Thread(target=give_up, daemon=True).start()
        assert done.wait(60)


def test_a_server_that_stops_amid_a_look_costs_that_look_only(site: Site, server: Server) -> None:
    """Its connection ends; what was recorded before is whole, and the next look is recorded."""
    with opened(site) as engine:
        record(engine, look(0))
        with server.as_admin("media") as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'recorder'"
            )
        with pytest.raises(AwayError):
            record(engine, look(1))
        record(engine, look(2))
        assert sum(one.snapshots for one in covered(engine)) == 2


def test_a_file_needs_nothing_of_a_server(path: Path) -> None:
    """Recording into a file loads no driver of a server's."""
    program = (
        "import sys; from pathlib import Path; from recorder.store.engine import opened\n"
        "import recorder.capabilities.remembering\n"
        "with opened(Path(sys.argv[1])): pass\n"
        "assert not [name for name in sys.modules if name.startswith('psycopg')\n"
        "            or 'store.postgresql' in name], sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program, str(path)], check=True, cwd=ROOT)


def test_without_its_driver_a_server_is_refused_with_what_to_install(site: Site) -> None:
    """One line, as for every trouble of the store."""
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from recorder.errors import StoreError; from recorder.store.engine import opened\n"
        "from recorder.store.site import site_at\n"
        "try:\n    with opened(site_at(sys.argv[1], str)): pass\n"
        "except StoreError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, f"{site.url}?site=home"],
        check=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert "pip install 'media-recorder[postgresql]'" in done.stdout


@pytest.mark.parametrize("name", ["public", "pg_home", "Home; DROP", "my home", "x" * 37])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    """A site's name is a schema's: in small letters, and not one of the server's own."""
    with pytest.raises(UsageError):
        site_at(f"postgresql://recorder@db.example/media?site={name}", str)


def test_a_site_is_called_as_the_bindings_call_the_home() -> None:
    """Where the URL does not name it."""
    called = site_at("postgresql://recorder@db.example/media", lambda: "Oma's Haus 2")
    assert str(called) == "postgresql://recorder@db.example/media?site=oma-s-haus-2"


def test_psycopg_speaks_to_it_as_to_any_other(site: Site) -> None:
    """A site's views are there for whoever connects, by the schema's name."""
    with opened(site) as engine:
        record(engine, look(0))
    with psycopg.connect(site.url) as other:
        found = other.execute("SELECT host, since FROM home.host_now").fetchall()
    assert found == [("vm", "2026-02-16T12:00:00Z")]
