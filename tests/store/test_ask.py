"""A person's SQL: it is answered, or refused in one line, and the disk is as it was."""

# ruff: noqa: S608 - what is asked is made here

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder.errors import ForeignError, NoHistoryError, StoreError, UsageError
from recorder.store.ask import Answer, Question, Value, ask, relations
from recorder.store.driver import connect
from recorder.store.engine import opened, stands
from recorder.store.record import record
from recorder.store.site import Location, Site
from recorder.store.tables import TABLES
from store.stacks import dark, look

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two looks: well, and then the host is away."""
    path = tmp_path_factory.mktemp("asked") / "history.db"
    two_looks(path)
    return path


@pytest.fixture(scope="module", params=["file", "server"])
def either(request: pytest.FixtureRequest) -> Iterator[Location]:
    """The same two looks, on either engine."""
    if request.param == "file":
        yield request.getfixturevalue("history")
        return
    server = request.getfixturevalue("server")
    database = server.database()
    site = server.site(database=database)
    two_looks(site)
    yield site
    server.drop(database)


def two_looks(place: Location) -> None:
    with opened(place) as engine:
        record(engine, look(0))
        record(engine, dark(1))


def answered(place: Location, sql: str, **values: Value) -> list[tuple[Value, ...]]:
    with ask(place, Question(sql, values)) as answer:
        return list(answer.rows)


def refusal(place: Location, sql: str, **values: Value) -> str:
    with pytest.raises(UsageError) as raised:
        answered(place, sql, **values)
    (line,) = raised.value.lines
    return line


def complaint(place: Location, sql: str) -> tuple[str, ...]:
    """The lines for a person; an empty one where it was answered."""
    try:
        answered(place, sql)
    except UsageError as error:
        return error.lines
    return ("",)


def all_there_is(place: Location) -> dict[str, object]:
    """A file's bytes, and of those beside it; all rows of a site, and what else is made on it."""
    if isinstance(place, Path):
        return {**on_disk(place)}
    made = "SELECT nspname, relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
    with opened(place, writing=False) as history, history.reading() as db:
        rows = {name: [*db.rows(f"SELECT * FROM {name}")] for name in TABLES}
        return {**rows, "made": {*db.rows(made)}}


TYPES = {"INTEGER": int, "REAL": float, "TEXT": str}


def on_disk(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(path.parent.iterdir())}


REFUSED = {
    "INSERT INTO site VALUES (2, 'x')": "INSERT",
    "REPLACE INTO site VALUES (1, 'x')": "REPLACE",
    "UPDATE site SET name = 'x'": "UPDATE",
    "DELETE FROM site": "DELETE",
    "WITH one AS (SELECT 1) INSERT INTO meta SELECT 'a', 'b'": "INSERT",
    "WITH one AS (SELECT 1) DELETE FROM meta": "DELETE",
    "CREATE TABLE t (a)": "CREATE",
    "CREATE TEMP TABLE t (a)": "CREATE",
    "CREATE TEMP VIEW v AS SELECT 1": "CREATE",
    "CREATE VIEW v AS SELECT 1": "CREATE",
    "CREATE INDEX i ON site (name)": "CREATE",
    "CREATE TRIGGER t AFTER INSERT ON site BEGIN SELECT 1; END": "CREATE",
    "CREATE VIRTUAL TABLE t USING fts5 (a)": "CREATE",
    "CREATE TABLE t AS SELECT 1": "CREATE",
    "DROP TABLE site": "DROP",
    "DROP VIEW event": "DROP",
    "ALTER TABLE site ADD COLUMN motto": "ALTER",
    "ALTER TABLE site RENAME TO home": "ALTER",
    "ATTACH 'other.db' AS other": "ATTACH",
    "ATTACH ':memory:' AS other": "ATTACH",
    "DETACH main": "DETACH",
    "VACUUM": "VACUUM",
    "VACUUM INTO 'copy.db'": "VACUUM",
    "ANALYZE": "ANALYZE",
    "REINDEX": "REINDEX",
    "BEGIN": "BEGIN",
    "BEGIN IMMEDIATE": "BEGIN",
    "COMMIT": "COMMIT",
    "ROLLBACK": "ROLLBACK",
    "SAVEPOINT a": "SAVEPOINT",
    "RELEASE a": "RELEASE",
    "EXPLAIN VACUUM": "VACUUM",
    "EXPLAIN QUERY PLAN DELETE FROM site": "DELETE",
    "/* SELECT */ -- SELECT\n ; DELETE FROM site": "DELETE",
    "UPDATE sqlite_schema SET sql = ''": "UPDATE",
    "PRAGMA user_version = 3": "PRAGMA user_version",
    "PRAGMA journal_mode = DELETE": "PRAGMA journal_mode",
    "PRAGMA writable_schema = 1": "PRAGMA writable_schema",
    "PRAGMA wal_checkpoint": "PRAGMA wal_checkpoint",
    "PRAGMA query_only = OFF": "PRAGMA query_only",
    "PRAGMA incremental_vacuum": "PRAGMA incremental_vacuum",
    "PRAGMA optimize": "PRAGMA optimize",
    "PRAGMA hard_heap_limit = 0": "PRAGMA hard_heap_limit",
    "PRAGMA temp_store_directory = '/'": "PRAGMA temp_store_directory",
    "PRAGMA main.user_version(3)": "PRAGMA user_version",
    "SELECT load_extension('/tmp/x.so')": "load_extension()",
    "SELECT fts3_tokenizer('simple', x'00')": "fts3_tokenizer()",
}


@pytest.mark.parametrize("sql", REFUSED)
def test_what_would_change_something_is_refused(history: Path, sql: str) -> None:
    """Each kind of statement, in one line that names it; and no file is made, gone or changed."""
    before = on_disk(history)
    expected = f"media.sql only reads: {REFUSED[sql]} is refused, and nothing was changed"
    assert refusal(history, sql) == expected
    assert on_disk(history) == before


WORDS = """
    INSERT UPDATE DELETE REPLACE CREATE DROP ALTER ATTACH DETACH VACUUM INTO TABLE TEMP VIEW INDEX
    TRIGGER VIRTUAL USING fts5 PRAGMA user_version writable_schema = 1 ( ) , ; site main name meta
    sqlite_schema SELECT * FROM WITH AS VALUES SET WHERE RETURNING ON CONFLICT DO NOTHING OR
    EXPLAIN BEGIN COMMIT SAVEPOINT RELEASE REINDEX ANALYZE 'x.db' load_extension ( 'x' )
"""


def tried(place: Location) -> settings:
    """On a server each example takes longer."""
    return settings(max_examples=60 if isinstance(place, Site) else 300, deadline=None)


def test_no_statement_changes_anything(either: Location) -> None:
    """Whatever is made of SQL's words ends in rows or in one line, and all is as it was before."""
    before = all_there_is(either)

    @tried(either)
    @given(words=st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=12))
    def holds(words: list[str]) -> None:
        (line,) = complaint(either, " ".join(words))
        assert line.isprintable()
        assert all_there_is(either) == before

    holds()


def test_any_text_ends_in_rows_or_a_line(either: Location) -> None:
    """No text is a failure of the program's own."""

    @tried(either)
    @given(text=st.text(max_size=40))
    def holds(text: str) -> None:
        (line,) = complaint(either, text)
        assert line.isprintable()

    holds()


def test_a_wrong_authorizer_would_still_not_write(history: Path) -> None:
    """The connection itself can't write: what is refused is refused twice."""
    from recorder.store.ask import opened_to_read  # noqa: PLC0415 - not meant for others

    with (
        opened_to_read(history) as db,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        db.execute("INSERT INTO site VALUES (2, 'x')")


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT host, state FROM host_now", [("vm", "down")]),
        ("VALUES (1), (2)", [(1,), (2,)]),
        ("PRAGMA user_version", [(0,)]),
        ("SELECT name FROM pragma_table_info('site')", [("id",), ("name",)]),
        ("SELECT value FROM json_each('[1, 2]')", [(1,), (2,)]),
        ("SELECT NULL, x'00ff', 9223372036854775807", [(None, b"\x00\xff", 9223372036854775807)]),
        ("SELECT CAST(x'ff41' AS TEXT)", [("\\xffA",)]),
        ("  -- a comment\n SELECT 1;  ", [(1,)]),
        ("SELECT count(*) FROM sqlite_schema WHERE name = 'event'", [(1,)]),
    ],
)
def test_a_question_is_answered(history: Path, sql: str, rows: list[tuple[Value, ...]]) -> None:
    """Views, values, what there is, and text that is none."""
    assert answered(history, sql) == rows


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("SELECT * FROM evnt", 'SQL: no such table: evnt (did you mean "event"?)'),
        ("SELECT * FROM main.evnt", 'SQL: no such table: main.evnt (did you mean "event"?)'),
        (
            "SELECT e.detial FROM event AS e",
            'SQL: no such column: e.detial (did you mean "detail"?)',
        ),
        (
            "SELECT * FROM event WHERE host = vm",
            "SQL: no such column: vm; text goes in 'quotes', and `--schema VIEW` lists columns",
        ),
        ("SELECT coutn(*) FROM event", 'SQL: no such function: coutn (did you mean "count"?)'),
        ("SELECT * FORM event", 'SQL: near "FORM": syntax error'),
        ("SELECT 1; SELECT 2", "one statement at a time: there is more behind the first `;`"),
        (
            "SELECT 1; DROP TABLE site",
            "one statement at a time: there is more behind the first `;`",
        ),
        ("", "there is nothing to ask in that; try `ops media.sql --queries`"),
        (" ; -- nothing", "there is nothing to ask in that; try `ops media.sql --queries`"),
        ("SELECT '\x00'", "the SQL holds a null character"),
        ("SELECT '\udcff'", "the SQL, or a value of -p, is not UTF-8 text"),
        ("SELECT :since", "the query asks for :since; give it one with -p since VALUE"),
        ("SELECT ?", "name the parameters, `:since`, and give them with -p since VALUE"),
        ("SELECT abs(-9223372036854775808)", "SQL: integer overflow"),
        (
            "SELECT zeroblob(100000000)",
            "a value of the answer is larger than 16 MB; ask for less of it",
        ),
        (
            f"{ENDLESS} SELECT hex(randomblob(9999999)) FROM n LIMIT 2",
            "a value of the answer is larger than 16 MB; ask for less of it",
        ),
    ],
)
def test_a_mistake_is_one_line(history: Path, sql: str, line: str) -> None:
    """What is wrong, and what was probably meant."""
    assert refusal(history, sql) == line


def test_a_parameter_nobody_asked_for_is_a_mistake(either: Location) -> None:
    """A misspelt -p would leave its default standing."""
    before = all_there_is(either)
    line = refusal(either, "SELECT :since, :host", since=1, host=2, hots=3)
    assert all_there_is(either) == before
    assert line == 'the query has no parameter "hots"; it has :host, :since'


@pytest.mark.parametrize(
    "sql",
    [
        f"{ENDLESS} SELECT count(*) FROM n",
        f"{ENDLESS} SELECT i FROM n",
        f"{ENDLESS}, m(j) AS (SELECT i FROM n LIMIT 3000000) SELECT j FROM m ORDER BY random()",
        "SELECT 1 FROM sqlite_schema a, sqlite_schema b, sqlite_schema c, sqlite_schema d, event e",
    ],
)
def test_a_runaway_is_ended(history: Path, sql: str) -> None:
    """By the clock, rows or none; in one line."""
    before = on_disk(history)
    with (
        pytest.raises(UsageError, match=r"^ended after 0\.3 s, unanswered; ask for less"),
        ask(history, Question(sql, {}, 0.3)) as answer,
    ):
        for _ in answer.rows:
            pass
    assert on_disk(history) == before


def test_a_step_that_nothing_ends_is_told(history: Path) -> None:
    """One call of a function heeds no interrupt: whoever asked is told, to end the process."""
    told = threading.Event()
    sql = "SELECT length(trim(printf('%.*c', 12000, 'a'), printf('%.*c', 99999, 'b') || 'a'))"
    with contextlib.suppress(UsageError), ask(history, Question(sql, {}, 0.01), told.set) as answer:
        list(answer.rows)
    assert told.is_set()


def test_time_to_read_the_answer_is_not_counted(either: Location) -> None:
    """Whoever pages through a long answer is not hurried: only SQLite's own time is."""
    paused = threading.Event()
    with ask(either, Question(f"{ENDLESS} SELECT i FROM n LIMIT 2000", {}, 0.2)) as answer:
        first = next(iter(answer.rows))
        paused.wait(0.3)
        assert len([first, *answer.rows]) == 2000
        assert 0 < answer.spent_sec() < 0.2


def test_an_answer_is_not_read_ahead(either: Location) -> None:
    """A million rows are never held: the first come before the last are made."""
    with ask(either, Question(f"{ENDLESS} SELECT i FROM n")) as answer:
        assert next(iter(answer.rows)) == (1,)


def test_an_answer_left_half_read_leaves_nothing(history: Path) -> None:
    """Neither log nor index stays behind where nothing was written."""
    before = on_disk(history)
    with ask(history, Question(f"{ENDLESS} SELECT i FROM n")) as answer:
        next(iter(answer.rows))
        kept: Iterator[tuple[Value, ...]] = answer.rows
    assert on_disk(history) == before
    assert list(before) == ["history.db"]
    del kept


def test_a_question_during_a_look_sees_one_state(place: Location) -> None:
    """A recorder may write meanwhile; neither waits for the other."""
    twice = Question("SELECT state FROM host_now, (SELECT 1 UNION SELECT 2) AS two")
    with opened(place) as engine:
        record(engine, look(0))
        with ask(place, twice) as answer:
            assert next(iter(answer.rows)) == ("up",)
            record(engine, dark(1))
            assert next(iter(answer.rows)) == ("up",)
        assert answered(place, "SELECT state FROM host_now") == [("down",)]


def test_what_a_crash_left_in_the_log_is_read_and_left_there(tmp_path: Path) -> None:
    """The log of a recorder that was killed holds its last look: read, and not a byte changed."""
    live, path = tmp_path / "live" / "history.db", tmp_path / "history.db"
    with opened(live) as engine:
        record(engine, look(0))
        record(engine, dark(1))
        path.write_bytes(live.read_bytes())
        path.with_name("history.db-wal").write_bytes(live.with_name("history.db-wal").read_bytes())
    before = files_of(path)
    assert answered(path, "SELECT state FROM host_now") == [("down",)]
    after = files_of(path)
    assert {name: after[name] for name in before} == before


def files_of(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.parent.iterdir() if file.is_file()}


def test_a_file_in_a_folder_that_may_not_be_written_is_read(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's history at rest is asked as one that doesn't change."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    before = on_disk(history)
    assert answered(history, "SELECT state FROM host_now") == [("down",)]
    assert on_disk(history) == before


def test_where_nothing_is_recorded_that_is_said(beside: Callable[[str], Location]) -> None:
    """It is no question's fault, and nothing is made by asking."""
    place = beside("nothing")
    with pytest.raises(NoHistoryError, match="nothing is recorded"):
        answered(place, "SELECT 1")
    assert not stands(place)


def test_what_is_no_history_is_said(tmp_path: Path) -> None:
    """Another application's file is no question's fault either; nothing is made."""
    other = tmp_path / "other.db"
    with contextlib.closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE t (a)")
    with pytest.raises(ForeignError):
        answered(other, "SELECT 1")
    assert [file.name for file in tmp_path.iterdir()] == ["other.db"]


def test_damage_met_on_the_way_is_no_mistake_of_the_question(tmp_path: Path) -> None:
    """A broken page is the file's trouble, with its own way out."""
    path = tmp_path / "history.db"
    with opened(path) as engine:
        record(engine, look(0))
    with contextlib.closing(connect(path)) as db:
        ((page,),) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'host_span'")
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    with pytest.raises(StoreError, match="is damaged"):
        answered(path, "SELECT * FROM host_now")


def test_every_column_has_a_meaning_and_its_values_their_type(either: Location) -> None:
    """What is told of the schema holds for every value there is."""
    for relation in relations(either):
        assert relation.meaning.endswith("."), relation.name
        rows = answered(either, f"SELECT * FROM {relation.name}")
        for number, column in enumerate(relation.columns):
            assert column.meaning, (relation.name, column.name)
            kinds = {type(row[number]) for row in rows} - {type(None)}
            assert kinds <= {TYPES[column.type]}, (relation.name, column)


def test_an_answer_names_its_columns(either: Location) -> None:
    """As the engine has them, one twice if it was asked for twice."""
    with ask(either, Question("SELECT 1 AS a, 2 AS a, host FROM host_now")) as answer:
        assert isinstance(answer, Answer)
        assert answer.columns == ("a", "a", "host")
