"""What reads text from outside, each reader as a function of any bytes.

The rule for every one of them: a value, or the house's own error; never another exception, never
more than a bounded size, and no control character in what is drawn of it. `test_any_bytes` tries
each with Hypothesis, `bench/fuzz` for as long as you like with atheris. What either finds becomes a
file in `crashes/TARGET`, and is tried by every run of the suite.
"""

import contextlib
import io
import json
import re
import socket
import sqlite3
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Self

from recorder.bindings import load
from recorder.bindings.queries import parameters, value_for
from recorder.bindings.stack import (
    HealthBinding,
    HostBinding,
    ImportBinding,
    KeyBinding,
    MountBinding,
    Stack,
    VolumeBinding,
)
from recorder.collect.app_past import records
from recorder.collect.archives.script import Failed
from recorder.collect.archives.shelf import archives, check
from recorder.collect.archives.sources import find_sources
from recorder.collect.arr import count_imports, parse_history
from recorder.collect.assemble import mounts_of, services_of, volumes_of
from recorder.collect.boots import read_boots
from recorder.collect.compose import parse_compose
from recorder.collect.elements import NoArrayError
from recorder.collect.endpoints import ask_endpoint
from recorder.collect.look import read_answer
from recorder.collect.probe import Question, Section, refusal
from recorder.collect.project import NoProject, ask_engine, ask_project
from recorder.collect.shell import Answer, End, Ended
from recorder.collect.ssh.config import SshOptions, parse_jump, parse_resolved
from recorder.collect.ssh.known_hosts import KnownHosts, host_label
from recorder.collect.streaming import Opening, lines
from recorder.collect.web import Site
from recorder.errors import BindingError, StoreError, UsageError
from recorder.history.retrospect import look_back
from recorder.history.when import parse_moment
from recorder.history.window import parse_window
from recorder.model import Snapshot, Trigger, day_of
from recorder.render.document import as_json, status
from recorder.render.retrospect.screen import screen as back_screen
from recorder.render.screen import screen
from recorder.render.status import dashboard
from recorder.store.as_of import latest
from recorder.store.ask import Question as SqlQuestion
from recorder.store.ask import ask
from recorder.store.census import census
from recorder.store.engine import opened
from recorder.store.extract import Content, Wanted, extract
from recorder.store.recollection import recollect

Target = Callable[[bytes], object]
MARK = "0123456789abcdef" * 2
FOLDER = Path(__file__).parent
CRASHES = FOLDER / "crashes"
ANSWERS = FOLDER.parent / "collect" / "answers"
SPINE = FOLDER.parent / "bindings" / "spine"
NOW = datetime(2026, 2, 16, 14, 2, tzinfo=UTC)
DAY = day_of(NOW.date(), UTC)
HOST = HostBinding(
    "h", ("192.0.2.9",), mounts=(MountBinding("/mnt/media", "pve:/media"),), compose_path="/opt/s"
)
STACK = Stack(hosts=(HOST,), volumes=(VolumeBinding("media", "h", "/mnt/media"),))
MOST_LINES = 20_000
MOST_TOLD = 4 * 1024 * 1024  # letters drawn or told of a few kilobytes
ENDS = (*Ended,)


def harmless(drawn: str) -> None:
    """Fails where a line of a screen could act on it, or there are too many."""
    assert len(drawn) <= MOST_TOLD
    odd = {it for it in drawn if unicodedata.category(it) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - {
        "\n"
    }
    assert not odd, odd
    assert drawn.count("\n") <= MOST_LINES


def drawn(what: object) -> str:
    out = io.StringIO()
    screen(out, {}).print(what)
    return out.getvalue()


def answer(data: bytes) -> None:
    """A host's answer to a look: read, put together, drawn and told as JSON."""
    ended = ENDS[data[0] % len(ENDS)] if data else Ended.WHOLE
    asked = Question(MARK, ("/mnt/media", "/srv"), b"", "/opt/s")
    look = read_answer(HOST, "192.0.2.9", asked, Answer(data, ended, text(data)[:500]), 0.0)
    seen = Snapshot(
        NOW,
        1,
        Trigger.PERSON,
        "home",
        (look.host,),
        services_of(STACK.services, HOST, look, {}),
        mounts_of(HOST, look),
        volumes_of(STACK.volumes, HOST, look),
    )
    harmless(drawn(dashboard(seen, tz=UTC)))
    told = as_json(status(seen, generated_at=NOW))
    assert told.isascii()
    assert len(told) <= MOST_TOLD
    json.loads(told)


def text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def boots(data: bytes) -> None:
    """A host's own record of when it booted."""
    assert len(read_boots(data, MARK)) <= data.count(b"\n") + 1


class Said:
    """A shell of which every program says these bytes, whatever it is asked."""

    address, name = "192.0.2.9", "192.0.2.9"

    def __init__(self, data: bytes, port: socket.socket | None = None) -> None:
        self._data = data
        self._port = port

    def run(self, script: bytes, *, until: bytes, timeout_sec: float) -> Answer:  # noqa: ARG002
        own = until.removesuffix(b" end")
        return Answer(self._data.replace(MARK.encode(), own), Ended.WHOLE, text(self._data)[:500])

    def start(self, script: bytes, *, timeout_sec: float) -> "Saying":  # noqa: ARG002
        return Saying(self._data)

    def dial(self, port: int, timeout_sec: float) -> socket.socket:  # noqa: ARG002
        assert self._port is not None
        return self._port

    def close(self) -> None:
        """Nothing is open."""


class Saying:
    """A started program that has these bytes to say."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def chunks(self) -> Iterator[bytes]:
        size = max(1, len(self._data) // 3)
        yield from (self._data[at : at + size] for at in range(0, len(self._data), size))

    @property
    def end(self) -> End:
        return End(Ended.WHOLE, self._data[0] if self._data else 0, text(self._data)[:500])


def project(data: bytes) -> None:
    """What a host says of its compose project, and how its engine is reached."""
    for ask_it in (
        lambda shell: ask_project(shell, "/opt/s/compose.yaml", "docker compose"),
        lambda shell: ask_engine(shell, "docker"),
    ):
        with contextlib.suppress(NoProject):
            ask_it(Said(data))


def shelf(data: bytes) -> None:
    """What a host says of its archives, of a check of them, and of what there is to pack."""
    with contextlib.suppress(Failed):
        found = archives(Said(data), "~/media-backups")
        for one in check(Said(data), "h", "~/media-backups", found[:9]):
            assert len(one.trouble or "") <= len(data) + 100
    with contextlib.suppress(Failed):
        find_sources(Said(data), STACK.services)


def listened(data: bytes) -> None:
    """What a program that is listened to says, after what its login says."""
    opening = Opening()
    opening.after(data)
    opening.after(b"\n" + opening.mark + b"\n" + data)
    assert sum(len(line) for line in lines(Saying(data))) <= len(data)
    refusal(text(data))


def compose(data: bytes) -> None:
    """A compose file."""
    words = ("0", str(len(data)), "compose.yaml")
    parse_compose(Section(words, tuple(text(data).split("\n"))), "/opt/s")


SPINE_FILES = sorted(str(file.relative_to(SPINE)) for file in SPINE.rglob("*.yaml"))


def bindings(data: bytes) -> None:
    """A file of the bindings: which one, the first byte says."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, SPINE_FILES[data[0] % len(SPINE_FILES)] if data else SPINE_FILES[0])
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data[1:])
        said: tuple[str, ...] = ()
        try:
            load(Path(folder))
        except BindingError as error:
            said = error.lines
        assert all(line.isprintable() for line in said), said


def history(data: bytes) -> None:
    """What an app says of its history."""
    with contextlib.suppress(NoArrayError):
        for title in (
            parse_history((data,), "downloadFolderImported", NOW - timedelta(days=9), NOW) or ()
        ):
            assert len(title.title) <= 300
    for _ in records(data) or ():
        pass


def web(data: bytes) -> None:
    """What a web server answers, byte for byte, to the real client: an endpoint's and an app's."""
    endpoint = _asked(
        data, lambda shell: ask_endpoint(HOST, HealthBinding(80, via_ssh=True), shell)
    )
    assert endpoint is not None
    binding = ImportBinding("radarr", "radarr", "radarr", KeyBinding(env="K"))
    site = Site(HOST, 80, via_ssh=True)
    _asked(data, lambda shell: count_imports(binding, site, DAY, shell, {"K": "key"}))


def _asked(data: bytes, ask_it: Callable[[Callable[[], Said]], object]) -> object:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data[:60_000])
        theirs.shutdown(socket.SHUT_WR)
        shell = Said(b"", ours)
        return ask_it(lambda: shell)


@cache
def _recorded() -> bytes:
    """A history of two looks, in a file without a log beside it."""
    from render.asked import recorded  # noqa: PLC0415 - imports much of the tests

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "history.db")
        recorded(path)
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.execute("PRAGMA journal_mode = DELETE")
        return path.read_bytes()


@cache
def _cells() -> tuple[tuple[str, str], ...]:
    """Every column of every table of ours."""
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.deserialize(_recorded())
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return tuple(
            (table, column[1])
            for (table,) in tables
            if not table.startswith(("sqlite_", "alembic_"))
            for column in db.execute(f"PRAGMA table_info({table})")
        )


def _value(data: bytes) -> object:
    """A value as the rest of the bytes say: a number, text, bytes, nothing."""
    kind, rest = data[:1], data[1:]
    if kind < b"\x40":
        return int.from_bytes(rest[:8].ljust(8, b"\0"), "little", signed=True)
    if kind < b"\x80":
        return text(rest)
    if kind < b"\xc0":
        return rest
    return None if kind < b"\xe0" else float(int.from_bytes(rest[:8], "little")) * 1e300


def rows(data: bytes) -> None:
    """A history in whose rows somebody wrote: read, or refused by a StoreError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "history.db")
        path.write_bytes(_recorded())
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA ignore_check_constraints = ON")
            for one in data.split(b"\xff\xfe"):
                table, column = _cells()[int.from_bytes(one[:2], "little") % len(_cells())]
                with contextlib.suppress(sqlite3.Error, OverflowError):
                    db.execute(f"UPDATE {table} SET {column} = ?", (_value(one[2:]),))  # noqa: S608
            db.commit()
        _read(path)


def damage(data: bytes) -> None:
    """A history with bytes struck over: where, two bytes say; with what, the next."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "history.db")
        content = bytearray(_recorded())
        for at in range(0, len(data) - 3, 4):
            place = int.from_bytes(data[at : at + 3], "little") % len(content)
            content[place] = data[at + 3]
        path.write_bytes(content)
        _read(path)


def _read(path: Path) -> None:
    with contextlib.suppress(StoreError), opened(path, writing=False) as engine:
        seen = latest(engine).snapshot
        harmless(drawn(dashboard(seen, tz=UTC)))
        as_json(status(seen, generated_at=NOW))
    with contextlib.suppress(StoreError), opened(path, writing=False) as engine:
        found = recollect(engine, NOW - timedelta(days=7), NOW + timedelta(days=1))
        harmless(drawn(back_screen(look_back(found, UTC), tz=UTC)))
    for content in Content:
        with contextlib.suppress(StoreError):
            for _ in extract(path, Wanted(content)).rows:
                pass
    with contextlib.suppress(StoreError):
        census(path)


def times(data: bytes) -> None:
    """A time, and a stretch of time, as a person types them."""
    for parse in (parse_moment, parse_window):
        with contextlib.suppress(ValueError):
            parse(text(data), NOW, UTC)


def sql(data: bytes) -> None:
    """SQL and its values as a person types them: answered or refused, and nothing is changed."""
    query, _, value = text(data).partition("\x00")
    known = {one.name: one for one in parameters(query)}
    with contextlib.suppress(UsageError, StoreError):
        given = {name: value_for(one, value) for name, one in known.items()}
        with _readable() as path, ask(path, SqlQuestion(query, given, 2.0)) as found:
            for count, _ in enumerate(found.rows):
                if count > MOST_LINES:
                    break


@contextlib.contextmanager
def _readable() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "history.db")
        path.write_bytes(_recorded())
        yield path
        assert path.read_bytes() == _recorded()


def ssh(data: bytes) -> None:
    """What `ssh -G` says, a jump host, and a known_hosts file."""
    options = parse_resolved(text(data), SshOptions("h", 22, "me", (), ()))
    assert 0 < options.port < 65536
    parse_jump(text(data))
    for key in KnownHosts(text(data).splitlines()).acceptable(host_label("h", 2222)):
        assert isinstance(key.key, bytes)


def _marked(name: str) -> bytes:
    """An answer that a host gave, under our mark."""
    _, _, output = (ANSWERS / f"{name}.txt").read_bytes().partition(b"\n")
    return re.sub(rb"\b[0-9a-f]{32}(?= )", MARK.encode(), output)


def _all_answers() -> list[bytes]:
    return [_marked(file.stem) for file in sorted(ANSWERS.glob("*.txt"))]


EVENT = b'[{"id": 1, "eventType": "downloadFolderImported", "date": "2026-02-16T12:00:00Z", '
EVENT += b'"sourceTitle": "Big Buck Bunny", "movieId": 1}]'
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "answer": _all_answers,
    "boots": lambda: [file.read_bytes() for file in (ANSWERS.parent / "boots").glob("*.txt")],
    "project": lambda: [
        f"\n{MARK} way sudo -n\n{MARK} project\nm\n{MARK} services\na\n{MARK} end\n".encode(),
        f"\n{MARK} broken 1\nno such file\n\n{MARK} end\n".encode(),
    ],
    "shelf": lambda: [
        b"shelved radarr radarr-20260216T140200Z.tar.gz 1234\nsource 0 radarr running /config\n",
        b"checked radarr-20260216T140200Z.tar.gz good 12 2\nfailed no space\nspace 1 2\n",
    ],
    "listened": lambda: [b"a line\r\nanother\n", b"media-recorder probe 2: another version\n"],
    "compose": lambda: [
        b"name: media\nservices:\n  radarr: {image: a:1, container_name: radarr}\n"
    ],
    "bindings": lambda: [
        bytes([number]) + (SPINE / name).read_bytes() for number, name in enumerate(SPINE_FILES)
    ],
    "history": lambda: [EVENT, b'{"page": 1, "records": ' + EVENT + b"}"],
    "web": lambda: [
        HTTP + b"Content-Length: %d\r\n\r\n" % len(EVENT) + EVENT,
        HTTP + b"Transfer-Encoding: chunked\r\n\r\n5\r\n[1,2]\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 302 Found\r\nLocation: /\r\n\r\n",
    ],
    "rows": lambda: [bytes([n, 0, 0x50]) + b"text" for n in range(0, 250, 10)],
    "damage": lambda: [bytes([n, n, 0, 255]) * 3 for n in range(0, 250, 25)],
    "times": lambda: [
        b"2h",
        b"yesterday",
        b"13:20",
        b"2026-02-10 03:00",
        b"2026-01-01..2026-02-01",
    ],
    "sql": lambda: [b"SELECT * FROM service_now", b"SELECT :since\x002h", b"WITH a AS (SELECT 1)"],
    "ssh": lambda: [
        b"hostname 192.0.2.9\nport 22\nproxyjump a@b:23\nidentityfile ~/.ssh/x\n",
        b"|1|eA==|eA== ssh-ed25519 eA==\n@revoked [h]:2222 ssh-rsa eA==\n",
    ],
}
# Those the suite tries each time: the others take longer than it has.
QUICK = ("answer", "bindings", "boots", "compose", "listened", "times", "ssh")
TARGETS: dict[str, Target] = {
    "answer": answer,
    "bindings": bindings,
    "boots": boots,
    "compose": compose,
    "damage": damage,
    "history": history,
    "listened": listened,
    "project": project,
    "rows": rows,
    "shelf": shelf,
    "sql": sql,
    "ssh": ssh,
    "times": times,
    "web": web,
}
