"""A history's server that can't be used: shown all the same, told in a line, nothing lost."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from collect.servers import make_certificate
from disks import fill, small_disk
from faults.matrix import BY_KEY
from faults.proving import in_time, proves, proves_each
from faults.row import Row
from faults.server import SITE
from realhosts.waiting import wait_until
from store.servers import ADMIN, LOCKED, Server, running, typed

from recorder.store.engine import opened
from recorder.store.examination import faults_of_history
from recorder.store.postgresql.lock import WRITING, key
from recorder.store.site import Site, site_at
from recorder.store.tables import TABLES

from .test_recording import Machine

SEALED = """
hostssl  media  sealed  0.0.0.0/0  trust
host     media  sealed  0.0.0.0/0  reject
"""
NAME = "db.example"
MANY = 150  # containers: more than the room that is left in a site's tables


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that a server shows, and whoever trusts it is given."""
    return make_certificate(tmp_path_factory.mktemp("tls") / "server.pem", NAME)


@pytest.fixture(scope="module")
def guarded(postgresql: None, certificate: Path) -> Iterator[Server]:  # noqa: ARG001
    """A server of these tests' own, with TLS and users it does not let in without more."""
    with tempfile.TemporaryDirectory(prefix="postgresql-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        shown = Path(shutil.copy(certificate, folder / "server.pem"))
        shown.chmod(0o600)
        if os.geteuid() == 0:
            shutil.chown(shown, ADMIN, ADMIN)
        tls = ("ssl=on", f"ssl_cert_file={shown}", f"ssl_key_file={shown}")
        with running(folder / "server", *tls, lets_in=LOCKED + SEALED) as made:
            with made.as_admin() as admin:
                for role in ("locked", "sealed", "guest"):
                    admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'sesame'")
            yield made


class OnServer(Machine):
    """A machine whose history is on a server."""

    site: Site

    def environ(self, **more: str) -> dict[str, str]:
        return super().environ(**{"MEDIA_RECORDER_DB": typed(self.site), **more})


@pytest.fixture
def machine(tmp_path: Path, guarded: Server) -> OnServer:
    """One that looked once."""
    made = OnServer(tmp_path)
    made.site = guarded.site()
    made.runs(radarr="running")
    assert made.status()["snapshot"]["recorded"] is True
    return made


@pytest.fixture(autouse=True)
def _emptied(guarded: Server) -> Iterator[None]:
    """Each test begins with an empty site."""
    yield
    guarded.empty()


def rows(site: Site) -> dict[str, list[Any]]:
    with opened(site, writing=False) as history, history.reading() as db:
        return {name: [*db.rows(f"SELECT * FROM {name}")] for name in TABLES}  # noqa: S608


def is_told(done: subprocess.CompletedProcess[str], row: Row, site: Site) -> None:
    """The picture on standard output, the row's line on standard error."""
    assert done.stderr == f"ops: {row.says.replace(SITE, str(site))}\n"
    assert (done.returncode, "radarr" in done.stdout) == (row.exit_code, True)


BY_NAME = "recorder@/media?site=home&hostaddr={address}&sslmode=verify-full"
WAYS = {  # that lead to no history: the URL, and the environment
    "its server is off": ("recorder@{address}:1/media?site=home", {}),
    "the password is wrong": ("locked@{address}/media?site=home", {"PGPASSWORD": "sesam"}),
    "no password is given": ("locked@{address}/media?site=home", {}),
    "it has no such user": ("nobody@{address}/media?site=home", {}),
    "it has no such database": ("recorder@{address}/nothing?site=home", {}),
    "it wants TLS, and the URL forbids it": (
        "sealed@{address}/media?site=home&sslmode=disable",
        {},
    ),
    "nobody vouches for its certificate": (
        f"{BY_NAME}&host={NAME}&sslrootcert={{stranger}}",
        {},
    ),
    "its certificate is for another name": (
        f"{BY_NAME}&host=other.example&sslrootcert={{trusted}}",
        {},
    ),
    "this user may write nothing": ("guest@{address}/media?site=elsewhere", {}),
    "it only reads": (
        "recorder@{address}/media?site=home&options=-cdefault_transaction_read_only%3Don",
        {},
    ),
}


@proves_each(*WAYS)
def test_a_server_that_keeps_us_out_is_told(
    machine: OnServer, guarded: Server, certificate: Path, row: Row
) -> None:
    """The picture, one line to standard error, exit code 3; and nothing is changed there."""
    before = rows(machine.site)
    stranger = make_certificate(machine.folder / "stranger.pem", NAME)
    way, environ = WAYS[row.key]
    names = {"address": guarded.address, "trusted": certificate, "stranger": stranger}
    url = f"postgresql://{way.format(**names)}"
    with in_time(row):
        done = machine.ops("media.status", MEDIA_RECORDER_DB=url, **environ)
    is_told(done, row, site_at(url, str))
    assert rows(machine.site) == before


@pytest.mark.parametrize(
    ("way", "environ"),
    [
        (f"{BY_NAME}&host={NAME}&sslrootcert={{trusted}}", {}),
        ("locked@{address}/media?site=locked", {"PGPASSWORD": "sesame"}),
        ("locked:sesame@{address}/media?site=locked", {}),
    ],
    ids=("a certificate that is trusted", "the password", "the password in the URL"),
)
def test_what_the_line_asks_for_lets_us_in(
    machine: OnServer, guarded: Server, certificate: Path, way: str, environ: dict[str, str]
) -> None:
    """The certificate, or the password: with it the look is recorded."""
    with guarded.as_admin("media") as admin:
        admin.execute("CREATE SCHEMA IF NOT EXISTS locked AUTHORIZATION locked")
    url = f"postgresql://{way.format(address=guarded.address, trusted=certificate)}"
    done = machine.ops("media.status", MEDIA_RECORDER_DB=url, **environ)
    assert (done.returncode, done.stderr) == (0, "")


@proves("its disk is full")
@pytest.mark.usefixtures("lab_parts")
def test_a_server_whose_disk_is_full_loses_nothing(machine: OnServer, guarded: Server) -> None:
    """No part of the look stays; with room again the next one is recorded."""
    row = BY_KEY["its disk is full"]
    with tempfile.TemporaryDirectory() as name, small_disk(Path(name)) as disk:
        Path(name).chmod(0o755)
        shutil.chown(disk, ADMIN, ADMIN)
        machine.site = guarded.site("small")
        with guarded.as_admin("media") as admin:
            admin.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
            admin.execute("GRANT CREATE ON TABLESPACE small TO recorder")
        small = {"PGOPTIONS": "-c default_tablespace=small"}
        assert machine.ops("media.status", **small).returncode == 0
        before = rows(machine.site)
        ballast = fill(disk)
        machine.runs(**dict.fromkeys(map("radarr{}".format, range(MANY)), "running"))
        with in_time(row):
            done = machine.ops("media.status", **small)
        is_told(done, row, machine.site)
        assert rows(machine.site) == before
        ballast.unlink()
        assert machine.status()["snapshot"]["recorded"] is True
        assert faults_of_history(machine.site) == ()
        with guarded.as_admin("media") as admin:
            admin.execute("DROP SCHEMA small CASCADE")
            admin.execute("DROP TABLESPACE small")


WAITING = """
SELECT 1 FROM pg_stat_activity WHERE usename = 'recorder' AND wait_event_type = 'Lock'
"""


@contextlib.contextmanager
def amid_a_look(machine: OnServer, guarded: Server) -> Iterator[subprocess.Popen[str]]:
    """Its engine has been asked, and answers when the context is left; it waits for the history."""
    hold = machine.folder / "hold"
    os.mkfifo(hold)
    engine = machine.folder / "bin" / "docker"
    answers = engine.read_text()
    engine.write_text(answers.replace("    ps)", f"    ps) cat {hold} >/dev/null;"))
    with guarded.as_admin("media") as admin, guarded.as_admin() as seeing, admin.transaction():
        admin.execute(f"LOCK TABLE {machine.site.name}.alembic_version")
        looking = started(machine)
        with hold.open("w"):  # opened once the engine reads from it
            engine.write_text(answers)
            wait_until(lambda: seeing.execute(WAITING).fetchall(), "the history to be waited for")
            yield looking


@contextlib.contextmanager
def amid_a_statement(machine: OnServer, guarded: Server) -> Iterator[subprocess.Popen[str]]:
    """What it writes waits for another's writing."""
    with guarded.as_admin("media") as admin, guarded.as_admin() as seeing:
        admin.execute(f"SELECT pg_advisory_lock({WRITING}, {key(machine.site)})")
        looking = started(machine)
        wait_until(
            lambda: seeing.execute(WAITING).fetchall(), "the other's writing to be waited for"
        )
        yield looking


def started(machine: OnServer) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "recorder", "media.status"],
        cwd=machine.folder,
        env=machine.environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


ENDS: dict[str, tuple[Any, Callable[[Server], None]]] = {
    "it is stopped amid a look": (amid_a_look, Server.stop),
    "it is stopped amid a statement": (amid_a_statement, Server.stop),
    "it crashes amid a look": (amid_a_look, Server.kill),
    "it crashes amid a statement": (amid_a_statement, Server.kill),
}


@pytest.fixture
def back(_emptied: None) -> Iterator[contextlib.ExitStack]:
    """Brings the server back, whatever becomes of the test."""
    with contextlib.ExitStack() as stack:
        yield stack


@proves_each(*ENDS)
def test_a_server_that_ends_costs_one_look(
    machine: OnServer, guarded: Server, back: contextlib.ExitStack, row: Row
) -> None:
    """It is shown, and no part of it is recorded; with the server back the next one is."""
    before = rows(machine.site)
    amid, end = ENDS[row.key]
    with in_time(row) as most_sec:
        with contextlib.suppress(psycopg.OperationalError), amid(machine, guarded) as looking:
            end(guarded)
            back.callback(guarded.start)
        output, complaint = looking.communicate(timeout=most_sec)
    is_told(
        subprocess.CompletedProcess([], looking.returncode, output, complaint), row, machine.site
    )
    back.close()
    assert rows(machine.site) == before
    assert machine.status()["snapshot"]["recorded"] is True
    assert faults_of_history(machine.site) == ()
