"""The program on a history that is on a server: what it says there is what it says of a file."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from store.freeze import FROZEN, rows_of, thaw
from store.servers import Server, typed

from recorder.store.migrate import HEAD
from recorder.store.postgresql.copying import fill
from recorder.store.site import Site, site_at

from .test_recording import Machine

WHOLE = "2026-02-15..2026-02-18"
GENERATED = re.compile(r'("generated_at": )"[^"]*"')


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history in a file, with rows in every table."""
    path = tmp_path_factory.mktemp("years") / "history.db"
    thaw(FROZEN / f"{HEAD}.sql", path)
    return path


@pytest.fixture(scope="module")
def moved(server: Server, years: Path) -> Iterator[Site]:
    """The same in a site."""
    database = server.database()
    site = server.site(database=database)
    fill(site, years, datetime.now(UTC))
    yield site
    server.drop(database)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """One whose history is where $MEDIA_RECORDER_DB says."""
    return Machine(tmp_path_factory.mktemp("machine"))


def said(machine: Machine, place: Path | Site, *arguments: str) -> tuple[int, str, str]:
    """How it ends and what it says, but for the place's name and the time."""
    done = machine.ops(*arguments, MEDIA_RECORDER_DB=typed(place))
    output, complaint = (text.replace(str(place), "PLACE") for text in (done.stdout, done.stderr))
    return done.returncode, GENERATED.sub(r"\1…", output), complaint


@pytest.mark.parametrize(
    "arguments",
    [
        ("media.status", "--at", "2026-02-16T12:00:30Z"),
        ("media.status", "--at", "2026-02-17T12:01:30Z", "--json"),
        ("media.status", "--history", WHOLE),
        ("media.status", "--history", WHOLE, "--json"),
        ("media.diff", "2026-02-16T12:00:30Z", "2026-02-17T12:01:30Z"),
        ("media.sql", "SELECT * FROM event ORDER BY at_ts, kind, host, name"),
        ("media.sql", "SELECT * FROM volume_now", "--json"),
        ("media.sql", "problems"),
        ("media.sql", "--tables"),
        ("media.sql", "--schema", "event"),
        ("media.history.check",),
        ("media.history.upgrade",),
        ("media.history.export", "spans", "--format", "jsonl"),
        ("media.history.export", "samples"),
        ("media.history.export", "events"),
    ],
    ids=" ".join,
)
def test_what_is_asked_is_answered_alike(
    machine: Machine, years: Path, moved: Site, arguments: tuple[str, ...]
) -> None:
    """Word for word, with the same exit code, whatever is asked of the same history."""
    assert said(machine, moved, *arguments) == said(machine, years, *arguments)


def test_what_fills_it_is_told_alike(machine: Machine, years: Path, moved: Site) -> None:
    """All that info knows, but for where it lies and how large that is there."""

    def told(place: Path | Site) -> dict[str, Any]:
        done = machine.ops("media.history.info", "--json", MEDIA_RECORDER_DB=typed(place))
        data = json.loads(done.stdout)["data"]
        of_its_own = ("path", "size_bytes", "growth")
        return {key: value for key, value in data.items() if key not in of_its_own}

    assert told(moved) == told(years)


@pytest.fixture
def at_home(tmp_path: Path, site: Site) -> tuple[Machine, Site]:
    """A machine with nothing recorded, in a file or in a site."""
    return Machine(tmp_path), site


def looked(machine: Machine, **environ: str) -> dict[str, Any]:
    """What a person's look says of containers, and whether it was recorded."""
    done = machine.ops("media.status", "--json", **environ)
    assert done.stderr == ""
    data = json.loads(done.stdout)["data"]
    events = [{**event, "at": None, "detail": None} for event in data["changes"]["events"]]
    return {
        "exit": done.returncode,
        "services": data["services"],
        "events": events,
        "snapshots": data["changes"]["snapshots"],
        "recorded": data["snapshot"]["recorded"],
    }


def test_looks_are_recorded_and_tell_what_changed_alike(at_home: tuple[Machine, Site]) -> None:
    """A person's, a schedule's, and a person's again."""
    machine, site = at_home

    def an_evening(**environ: str) -> list[object]:
        machine.runs(radarr="running", sonarr="running")
        first = looked(machine, **environ)
        machine.runs(radarr="exited", sonarr="running")
        scheduled = machine.ops("media.snapshot", **environ)
        told = re.sub(r"\d\d:\d\d", "TIME", scheduled.stdout)
        return [first, (scheduled.returncode, told, scheduled.stderr), looked(machine, **environ)]

    in_file = an_evening()
    assert in_file[-1]["events"]  # type: ignore[index]
    assert an_evening(MEDIA_RECORDER_DB=typed(site)) == in_file


def test_a_copy_of_a_site_is_a_file_and_puts_back_what_was(
    at_home: tuple[Machine, Site], years: Path
) -> None:
    """Backed up, changed, and restored; what was replaced stays, and what was done is noted."""
    machine, site = at_home
    on_server = {"MEDIA_RECORDER_DB": typed(site)}
    fill(site, years, datetime.now(UTC))
    done = machine.ops("media.history.backup", **on_server)
    copy = Path(done.stdout.rpartition("  ")[0])
    assert (done.returncode, done.stderr) == (0, "")
    assert rows_of(copy) == rows_of(years)
    pruned = machine.ops("media.history.prune", "--yes", **on_server)
    assert (pruned.returncode, pruned.stderr) == (0, "")
    restored = machine.ops("media.history.restore", copy.name, "--yes", **on_server)
    assert (restored.returncode, restored.stderr) == (0, "")
    assert f"{site}-replaced-" in "".join(restored.stdout.split("│")).replace("\n", "")
    query = "SELECT capability, exit_code FROM action_log WHERE capability LIKE '%restore'"
    noted = machine.ops("media.sql", query, **on_server)
    assert noted.stdout == "capability,exit_code\nmedia.history.restore,0\n"
    assert said(machine, site, "media.history.check") == (0, "✓ PLACE is whole\n", "")


READING = (
    ("media.status", "--at", "2026-02-16T12:00:30Z"),
    ("media.status", "--history", WHOLE),
    ("media.sql", "problems"),
    ("media.history.check",),
)
REFUSED = (
    r"ops: PLACE may not be used so by this user: permission denied for table \w+; "
    r"what it needs is in docs/scale\.md\n"
)
SECRET = "correct-horse-battery-staple"  # noqa: S105 -- nobody's
IN_URL, IN_VARIABLE, WRONG = f"{SECRET}-1", f"{SECRET}-2", f"{SECRET}-3"
SAID_AFTER = (
    ("media.status", "--at", "now"),
    ("media.sql", "SELECT * FROM snapshot_log"),
    ("media.sql", "SELECT * FROM nothing"),
    ("media.history.info",),
    ("media.history.backup",),
    ("media.history.export", "spans"),
)


@pytest.fixture
def keeper(server: Server) -> Iterator[str]:
    """A user whose password is asked for, and who has a site of its own."""
    with server.as_admin("media") as admin:
        admin.execute(f"CREATE ROLE locked LOGIN PASSWORD '{IN_URL}'")
        admin.execute("CREATE SCHEMA locked AUTHORIZATION locked")
        yield "locked"
        admin.execute("DROP OWNED BY locked CASCADE")
        admin.execute("DROP ROLE locked")


def test_the_password_of_a_server_is_its_own(tmp_path: Path, server: Server, keeper: str) -> None:
    """Given in the URL or in PGPASSWORD, right or wrong: no output, file, log or program has it."""
    machine = Machine(tmp_path)
    machine.runs(radarr="running")
    engine = tmp_path / "bin" / "docker"
    engine.write_text(
        f"#!/bin/sh\ncat /proc/[0-9]*/cmdline >>{tmp_path}/lines 2>/dev/null\n"
        f"env >>{tmp_path}/inherited\n{engine.read_text()}"
    )

    def way(password: str) -> dict[str, str]:
        return {
            "MEDIA_RECORDER_DB": f"postgresql://{keeper}{password}@{server.address}/media?site=locked"
        }

    ways = (
        way(f":{IN_URL}"),
        {**way(""), "PGPASSWORD": IN_URL},
        way(f":{WRONG}"),
        {**way(""), "PGPASSWORD": IN_VARIABLE},
    )
    done = [machine.ops("media.status", **environ) for environ in ways]
    assert [one.returncode for one in done] == [0, 0, 3, 3]
    done += [machine.ops(*words, **ways[0]) for words in SAID_AFTER]
    assert [SECRET in one.stdout + one.stderr for one in done] == [False] * len(done)
    left = [
        file for folder in (tmp_path, server.folder) for file in folder.rglob("*") if file.is_file()
    ]
    assert {"lines", "inherited", "log"} <= {file.name for file in left}
    assert any(file.parent.name.endswith(".backups") for file in left)
    assert [str(file) for file in left if SECRET.encode() in file.read_bytes()] == []


def test_a_look_loads_the_driver_alone(at_home: tuple[Machine, Site]) -> None:
    """Neither Alembic nor SQLAlchemy where the schema is current, in none of its processes."""
    machine, site = at_home
    machine.runs(radarr="running")
    done = machine.ops("media.status", MEDIA_RECORDER_DB=typed(site), PYTHONPROFILEIMPORTTIME="1")
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    assert (done.returncode, done.stderr.count("\n")) == (0, len(lines))
    assert loaded & {"psycopg", "sqlalchemy", "alembic"} == {"psycopg"}


def test_who_may_only_read_is_answered_alike(machine: Machine, server: Server, moved: Site) -> None:
    """With the two rights of docs/security.md: all but what writes."""
    database = moved.url.rpartition("/")[2]
    guest = site_at(f"{server.url(database, 'guest')}?site={moved.name}", str)
    with server.as_admin(database) as admin:
        admin.execute("CREATE ROLE guest LOGIN")
        try:
            admin.execute(f"GRANT USAGE ON SCHEMA {moved.name} TO guest")
            admin.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {moved.name} TO guest")
            for arguments in READING:
                assert said(machine, guest, *arguments) == said(machine, moved, *arguments)
            code, _, complaint = said(machine, guest, "media.history.prune", "--yes")
            assert code == 4
            assert re.fullmatch(REFUSED, complaint)
        finally:
            admin.execute("DROP OWNED BY guest")
            admin.execute("DROP ROLE guest")
