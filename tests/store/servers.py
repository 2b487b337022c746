"""A PostgreSQL server of the tests' own, and a database on it for each test, made in no time."""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
from realhosts.packages import require_parts
from realhosts.waiting import wait_until

from recorder.store.site import Location, Site, site_at
from recorder.store.tables import TABLES

INSTALLED = Path("/usr/lib/postgresql")
ADMIN, ROLE = "postgres", "recorder"
ASIDE = "SELECT nspname FROM pg_namespace WHERE nspname LIKE %s"
IN_IT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s"
LOCKED = """
host   media  locked  0.0.0.0/0  scram-sha-256
local  media  locked             scram-sha-256
"""  # a user who needs a password
# What survives a power cut is not asked here; what survives a killed process is, and does.
QUICK = ("fsync=off", "full_page_writes=off", "autovacuum=off", "max_connections=60")


@dataclass(frozen=True)
class Server:
    """A server that is up, at a loopback address of its own."""

    folder: Path
    address: str

    def url(self, database: str = "media", user: str = ROLE) -> str:
        return f"postgresql://{user}@{self.address}/{database}"

    def as_admin(self, database: str = ADMIN) -> psycopg.Connection:
        return psycopg.connect(self.url(database, ADMIN), autocommit=True)

    def site(self, name: str = "home", database: str = "media", more: str = "") -> Site:
        return site_at(f"{self.url(database)}?site={name}{more}", str)

    def empty(self, name: str = "home") -> None:
        """Empty a site, whoever is still in it: as if nothing had been recorded."""
        tables = ", ".join(f"{name}.{table}" for table in TABLES if table != "meta")
        with self.as_admin("media") as admin:
            admin.execute(IN_IT, (ROLE,))
            for (aside,) in admin.execute(ASIDE, (f"{name}-replaced-%",)).fetchall():
                admin.execute(f'DROP SCHEMA "{aside}" CASCADE')
            admin.execute(f"TRUNCATE {tables} RESTART IDENTITY")
            admin.execute(f"DELETE FROM {name}.meta WHERE key <> 'schema_made_by'")  # noqa: S608

    def database(self) -> str:
        """Make an empty database; its name."""
        name = f"media_{next(_NUMBERS)}"
        with self.as_admin() as admin:
            admin.execute(f"CREATE DATABASE {name} OWNER {ROLE}")
        return name

    def drop(self, database: str) -> None:
        """Drop a database, whoever is still in it."""
        with self.as_admin() as admin:
            admin.execute(f"DROP DATABASE {database} WITH (FORCE)")

    def start(self) -> None:
        _as_owner(self.folder, "pg_ctl", "start", "-D", self.data, "-l", self.folder / "log", "-w")

    def stop(self) -> None:
        """As on a shutdown: whoever is connected is told."""
        _as_owner(self.folder, "pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w")

    def kill(self) -> None:
        """SIGKILL to each of its processes, as on a power cut."""
        noted = self.data / "postmaster.pid"
        first = int(noted.read_text().split()[0])
        others = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for pid in (first, *map(int, others)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in (first, *map(int, others)):
            wait_until(partial(_has_ended, pid), f"process {pid} to end")
        for left in (noted, self.folder / ".s.PGSQL.5432.lock"):
            left.unlink()  # a process that ended counts as running until somebody waits for it

    @property
    def data(self) -> Path:
        return self.folder / "data"


def _has_ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z")
    except (FileNotFoundError, ProcessLookupError):
        return True


_NUMBERS = itertools.count(1)


def typed(place: Location) -> str:
    """A history's place as a person gives it to --db."""
    return f"{place.url}?site={place.name}" if isinstance(place, Site) else str(place)


def programs() -> Path:
    """Where the newest server's programs are; installed first, where they are not."""
    if not INSTALLED.is_dir():
        require_parts({"pg_ctlcluster": "postgresql"})
    return max(INSTALLED.iterdir(), key=lambda path: int(path.name)) / "bin"


@contextmanager
def running(folder: Path, *settings: str, lets_in: str = "") -> Iterator[Server]:
    """A server that lives as long as the context; its role may make databases' schemas.

    `lets_in`: lines of pg_hba.conf, before those that let everybody in.
    """
    folder.mkdir(parents=True)
    if os.geteuid() == 0:
        shutil.chown(folder, ADMIN, ADMIN)
    number = next(_NUMBERS)
    address = f"127.{76 + number}.{os.getpid() >> 8 & 255}.{os.getpid() & 255}"  # a port is free
    server = Server(folder, address)
    options = ["-A", "trust", "-U", ADMIN, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    _as_owner(folder, "initdb", "-D", server.data, *options)
    told = (*QUICK, *settings, f"unix_socket_directories={folder}", f"listen_addresses={address}")
    with (server.data / "postgresql.conf").open("a") as file:
        file.writelines("{} = '{}'\n".format(*one.split("=", 1)) for one in told)
    access = server.data / "pg_hba.conf"
    access.write_text(lets_in + access.read_text())
    server.start()
    try:
        with server.as_admin() as admin:
            admin.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD 'sesame'")
            admin.execute(f"CREATE DATABASE media OWNER {ROLE}")
        yield server
    finally:
        stop = ("pg_ctl", "stop", "-D", server.data, "-m", "immediate", "-w")
        _as_owner(folder, *stop, check=False)


def _as_owner(folder: Path, program: str, *words: object, check: bool = True) -> None:
    """Run one of the server's programs as a user that is not root: it refuses to be."""
    user = pwd.getpwnam(ADMIN) if os.geteuid() == 0 else None
    subprocess.run(
        [programs() / program, *map(str, words)],
        check=check,
        cwd=folder,
        user=user and user.pw_uid,
        group=user and user.pw_gid,
        extra_groups=[] if user else None,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
