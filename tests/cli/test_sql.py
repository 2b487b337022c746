"""media.sql as it is typed: where SQL comes from, how the answer is shown, how it ends."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from recorder.bindings.queries import query_files, shipped_folder

from .test_recording import ROOT, Machine

HOSTS = "SELECT service, state FROM service_now ORDER BY service"
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Two looks: radarr exited."""
    made = Machine(tmp_path_factory.mktemp("sql"))
    made.runs(radarr="running", sonarr="running")
    made.status()
    made.runs(radarr="exited", sonarr="running")
    made.status()
    return made


def printed(machine: Machine, *arguments: str) -> str:
    """What a question prints that is answered."""
    done = machine.ops("media.sql", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def refused(machine: Machine, *arguments: str) -> str:
    """The one line of a question that is not."""
    done = machine.ops("media.sql", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


def fed(machine: Machine, text: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "recorder", "media.sql", *arguments],
        input=text,
        capture_output=True,
        check=False,
        cwd=machine.folder,
        env=machine.environ(),
    )


def test_sql_comes_from_the_argument_a_file_or_standard_input(machine: Machine) -> None:
    """All the same question, all the same answer; into a pipe it is CSV."""
    answer = "service,state\nradarr,exited\nsonarr,running\n"
    file = machine.folder / "hosts.sql"
    file.write_text(HOSTS)
    assert printed(machine, HOSTS) == answer
    assert printed(machine, "--file", str(file)) == answer
    assert fed(machine, HOSTS.encode()).stdout.decode() == answer
    assert fed(machine, HOSTS.encode(), "-").stdout.decode() == answer
    assert fed(machine, HOSTS.encode(), "-f", "-").stdout.decode() == answer


def test_standard_input_that_is_no_text_is_said(machine: Machine) -> None:
    """Bytes that are not UTF-8 are a mistake in one line."""
    done = fed(machine, b"SELECT '\xff'")
    assert (done.returncode, done.stderr.decode()) == (
        2,
        "ops: the SQL, or a value of -p, is not UTF-8 text\n",
    )


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("--csv", "service,state\nradarr,exited\n"),
        ("--tsv", "service\tstate\nradarr\texited\n"),
        ("--nl", '{"service": "radarr", "state": "exited"}\n'),
        ("--md", "| service | state |\n| --- | --- |\n| radarr | exited |\n"),
        ("--table", "service  state\n───────  ──────\nradarr   exited\n"),
    ],
)
def test_each_form(machine: Machine, form: str, expected: str) -> None:
    """The same row in each form."""
    done = machine.ops(
        "media.sql", f"{HOSTS} LIMIT 1", form, PYTHONIOENCODING="utf-8", LANG="C.UTF-8"
    )
    assert (done.returncode, done.stdout) == (0, expected)


def test_json_is_the_documented_object(machine: Machine) -> None:
    """Held against its schema: what was asked, its parameters, columns, rows, and whether cut."""
    text = printed(machine, "SELECT :n AS n, x'00' AS n", "-p", "n", "0.5", "--json")
    document = json.loads(text)
    schema = json.loads((ROOT / "docs" / "schema" / "media.sql.json").read_text())
    assert [*Draft202012Validator(schema).iter_errors(document)] == []
    assert document["data"] == {
        "sql": "SELECT :n AS n, x'00' AS n",
        "parameters": {"n": 0.5},
        "columns": ["n", "n_2"],
        "rows": [{"n": 0.5, "n_2": "00"}],
        "cut": False,
    }


def test_a_plain_number_is_bound_as_one(machine: Machine) -> None:
    """As it would be printed: 5, -1, 0.25. Anything else is text, 007 and 1e5 too."""
    values = {"a": "5", "b": "-1", "c": "0.25", "d": "007", "e": "1e5", "f": "9" * 19, "g": ""}
    given = [word for name, value in values.items() for word in ("-p", name, value)]
    sql = "SELECT " + ", ".join(f"typeof(:{name}) AS {name}" for name in values)
    assert printed(machine, sql, *given).splitlines()[1] == (
        "integer,integer,real,text,text,text,text"
    )


def test_a_limit_is_kept_and_said(machine: Machine) -> None:
    """Rows up to it on standard output, and on standard error that there were more."""
    done = machine.ops("media.sql", HOSTS, "--limit", "1")
    assert (done.stdout, done.stderr) == (
        "service,state\nradarr,exited\n",
        "cut after 1 row; --limit 0 shows all, --csv for other programs\n",
    )
    assert machine.ops("media.sql", HOSTS, "--limit", "2").stderr == ""
    assert machine.ops("media.sql", HOSTS, "--limit", "0").stderr == ""


def test_a_table_is_cut_at_a_thousand_rows_and_csv_is_not(machine: Machine) -> None:
    """What a person reads has an end; what a program reads is whole."""
    many = ENDLESS.replace("count(*)", "i") + " LIMIT 1500"
    done = machine.ops("media.sql", many, "--table")
    assert len(done.stdout.splitlines()) == 1002
    assert done.stderr.startswith("cut after 1,000 rows; ")
    assert len(printed(machine, many).splitlines()) == 1501


def test_no_rows_are_said_in_a_table(machine: Machine) -> None:
    """An empty answer is told from no answer."""
    done = machine.ops("media.sql", f"{HOSTS} LIMIT 0", "--table")
    assert (done.returncode, done.stderr) == (0, "no rows\n")


def test_time_is_told_on_standard_error(machine: Machine) -> None:
    """How many rows, and what SQLite took for them."""
    done = machine.ops("media.sql", HOSTS, "--time")
    rows, took = done.stderr.split(", ")
    assert rows == "2 rows"
    assert 0 < float(took.removesuffix(" ms in SQLite\n")) < 5000


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["DROP TABLE site"], "media.sql only reads: DROP is refused, and nothing was changed"),
        (["VACUUM"], "media.sql only reads: VACUUM is refused, and nothing was changed"),
        (["SELECT * FROM evnt"], 'SQL: no such table: evnt (did you mean "event"?)'),
        (
            ["problms"],
            'no saved query "problms" (did you mean "problems"?); `ops media.sql --queries` lists them',  # noqa: E501
        ),
        (
            ["--schema", "evnt"],
            'no view or table "evnt" (did you mean "event"?); `ops media.sql --tables` lists them',
        ),
        (
            ["events", "-p", "sicne", "1"],
            'the query has no parameter "sicne"; it has :host, :name, :since',
        ),
        (["--file", "gone.sql"], "gone.sql: no such file or directory"),
        (["SELECT 1", "--file", "x"], "SQL comes from the argument or from --file, not from both"),
        (
            [ENDLESS, "--time-limit", "0.2"],
            "ended after 0.2 s, unanswered; ask for less, or give it longer with --time-limit",
        ),
        (
            [
                "SELECT trim(printf('%.*c', 8000000, 'a'), printf('%.*c', 99999, 'b') || 'a')",
                "--time-limit",
                "0.2",
            ],
            "ended after 0.2 s, unanswered; ask for less, or give it longer with --time-limit",
        ),
    ],
)
def test_what_is_not_answered_exits_2_with_one_line(
    machine: Machine, arguments: list[str], line: str
) -> None:
    """Refused, mistaken, too slow, or stuck amid one step: a line, and no history changed."""
    before = machine.history.read_bytes()
    assert refused(machine, *arguments) == f"ops: {line}\n"
    assert machine.history.read_bytes() == before


def test_without_a_history_it_exits_3(tmp_path: Path) -> None:
    """Nothing is recorded: nothing is made to ask."""
    done = Machine(tmp_path).ops("media.sql", "SELECT 1")
    assert (done.returncode, done.stdout) == (3, "")
    assert not (tmp_path / "state").exists()


def test_ctrl_c_ends_a_query(machine: Machine) -> None:
    """At once, with the shell's own code for it."""
    asking = subprocess.Popen(
        [sys.executable, "-P", "-m", "recorder", "media.sql", ENDLESS, "--time-limit", "60"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=machine.folder,
        env=machine.environ(),
    )
    waited_for(asking.pid)
    asking.send_signal(signal.SIGINT)
    _, said = asking.communicate(timeout=30)
    assert (asking.returncode, said) == (130, "\nops: interrupted\n")


def waited_for(pid: int) -> None:
    """Until a process has worked for a second: it is amid its query."""
    ticks = os.sysconf("SC_CLK_TCK")
    while True:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        if (int(fields[11]) + int(fields[12])) / ticks > 1:
            return
        time.sleep(0.01)


def test_whoever_reads_may_leave(machine: Machine) -> None:
    """`| head -1` of an endless answer ends it, quietly."""
    many = ENDLESS.replace("count(*)", "i")
    pipe = f'{sys.executable} -P -m recorder media.sql "{many}" | head -2'
    done = subprocess.run(
        ["sh", "-c", pipe],
        capture_output=True,
        text=True,
        check=False,
        cwd=machine.folder,
        env=machine.environ(),
    )
    assert (done.stdout, done.stderr) == ("i\n1\n", "")


def test_a_terminal_gets_a_table(machine: Machine) -> None:
    """Without a form asked for, a person gets a table and a pipe CSV."""
    ours, theirs = pty.openpty()
    subprocess.run(
        [sys.executable, "-P", "-m", "recorder", "media.sql", "SELECT 1 AS a, char(27) AS b"],
        stdin=theirs,
        stdout=theirs,
        check=True,
        cwd=machine.folder,
        env=machine.environ(LANG="C.UTF-8"),
    )
    os.close(theirs)
    assert os.read(ours, 4096).decode().split() == ["a", "b", "─", "────", "1", "\\x1b"]
    os.close(ours)


def test_with_nothing_to_ask_a_terminal_is_told(machine: Machine) -> None:
    """It does not wait for SQL nobody knows is wanted."""
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-P", "-m", "recorder", "media.sql"],
        stdin=theirs,
        capture_output=True,
        text=True,
        check=False,
        cwd=machine.folder,
        env=machine.environ(),
    )
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 2
    assert done.stderr.startswith("ops: what to ask? SQL in quotes, the name of a saved query")


@pytest.mark.parametrize("name", query_files([shipped_folder()]))
def test_every_saved_query_is_answered_by_its_name(machine: Machine, name: str) -> None:
    """As shipped, with its defaults, and within the width of a terminal's table."""
    header = printed(machine, name).splitlines()[0]
    assert header == header.lower()
    listed = json.loads(printed(machine, "--queries", "--json"))["data"]["rows"]
    (entry,) = [row for row in listed if row["query"] == name]
    assert entry["answers"].endswith(".")


def test_a_saved_query_takes_parameters(machine: Machine) -> None:
    """In place of its defaults."""
    told = printed(machine, "events", "-p", "name", "radarr", "--csv").splitlines()
    assert told[0] == "at,host,name,state,detail"
    assert [line.partition(",")[2].partition(",")[2] for line in told[1:]] == [
        "radarr,running → exited,exit code 137"
    ]
    assert printed(machine, "events", "-p", "name", "none of these").splitlines() == told[:1]


def test_how_far_back_is_said_as_elsewhere(machine: Machine) -> None:
    """7d is as good as '-7 days'; what is neither is refused, for it would find nothing."""
    week = printed(machine, "events", "-p", "since", "-7 days")
    assert printed(machine, "events", "-p", "since", "7d") == week
    assert "radarr" in week
    assert refused(machine, "events", "-p", "since", "banana") == (
        "ops: -p since \"banana\": say how far back: 24h, 7d, 1y or '-7 days'\n"
    )


def test_own_queries_lie_beside_the_bindings_and_go_first(machine: Machine, tmp_path: Path) -> None:
    """ops/queries of one's own root; a name that is shipped too is one's own."""
    for folder, file, text in (
        ("bindings", "media.services.yaml", "version: 1\nhosts: {}\n"),
        ("queries", "mine.sql", "-- Mine.\nSELECT 1 AS mine"),
        ("queries", "problems.sql", "-- None, ever.\nSELECT 0 AS problems"),
    ):
        (tmp_path / "ops" / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / "ops" / folder / file).write_text(text)
    more = {"SPINE_ROOT": str(tmp_path)}
    assert machine.ops("media.sql", "mine", **more).stdout == "mine\n1\n"
    assert machine.ops("media.sql", "problems", **more).stdout == "problems\n0\n"
    assert machine.ops("media.sql", "reboots", **more).returncode == 0


def test_names_of_queries_are_completed(machine: Machine) -> None:
    """The shell offers them."""
    done = machine.ops(
        "media.sql", _OPS_COMPLETE="bash_complete", COMP_WORDS="ops media.sql out", COMP_CWORD="2"
    )
    assert done.stdout == "plain,outages\n"


def test_views_and_columns_are_listed(machine: Machine) -> None:
    """Every view with its meaning; every column of one with type, unit and meaning."""
    names = [line.partition(",")[0] for line in printed(machine, "--tables").splitlines()]
    assert {"event", "service_now", "gap", "site"} < set(names)
    assert printed(machine, "--schema", "gap", "--md").splitlines()[2] == (
        "| last_snapshot_at | TEXT | ISO 8601, UTC | the last one before it |"
    )
    everything = printed(machine, "--schema")
    assert everything.startswith("table,column,type,unit,meaning\n")
    assert "\nevent,at_ts,INTEGER," in everything
