"""What a person types: times, questions in SQL, and where a history lies."""

import contextlib
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from recorder.bindings.queries import parameters, read_query, shipped_folder, value_for
from recorder.errors import StoreError, UsageError
from recorder.history.when import parse_moment
from recorder.history.window import parse_window
from recorder.render.table import table
from recorder.store.ask import Question, ask
from recorder.store.location import backups_folder, history_place, made_at
from recorder.store.site import Site, renamed

from .made import recorded
from .target import MEMORY, MOST_LINES, NOW, Target, harmless, one_line, text

ZONES = (UTC, ZoneInfo("Europe/Berlin"))
SECRET = "hunter2"  # noqa: S105 - of nobody
MOST_NAME = 63  # letters, on a server
LIMIT_SEC = 2.0


def times(data: bytes) -> None:
    """A time, and a stretch of time: of the past, and the same when it is said in full."""
    said = text(data)
    for zone in ZONES:
        with refused(ValueError):
            moment = parse_moment(said, NOW, zone)
            assert moment <= NOW
            assert parse_moment(moment.isoformat(), NOW, zone) == moment
        with refused(ValueError):
            window = parse_window(said, NOW, zone)
            assert window.begin < window.end <= NOW
            assert window.begin.tzinfo is not None
            assert window.seconds > 0


@contextlib.contextmanager
def refused(*kinds: type[Exception]) -> Iterator[None]:
    """Refused in a line, or not at all."""
    try:
        yield
    except kinds as error:
        one_line(str(error))


def sql(data: bytes) -> None:
    """SQL and its values as a person types them: answered or refused, and nothing is changed."""
    content, _, value = data.partition(b"\x00")
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        file, path = Path(folder, "saved.sql"), Path(folder, "history.db")
        file.write_bytes(content)
        path.write_bytes(recorded())
        with refused(UsageError, StoreError):
            query = read_query({"saved": file}, "saved").sql
            known = {one.name: one for one in parameters(query)}
            given = {name: value_for(one, text(value)) for name, one in known.items()}
            with ask(path, Question(query, given, LIMIT_SEC)) as found:
                rows = [row for _, row in zip(range(MOST_LINES), found.rows, strict=False)]
            for line in table(found.columns, rows[:50], 80):
                harmless(line, len(data) + len(recorded()))
        assert {it.name for it in Path(folder).iterdir()} == {"history.db", "saved.sql"}
        assert path.read_bytes() == recorded()


def places(data: bytes) -> None:
    """Where a history lies: a path, or a server's URL, whose password is never told."""
    said = text(data).replace("\0", "")  # no word of a command line can hold one
    made = made_at(Path(f"{said}.db"))
    assert made is None or made.tzinfo is UTC
    for given in (said, f"postgresql://me:{SECRET}@{said}", f"postgresql://{said}:{SECRET}@h/db"):
        try:
            place = history_place(given, {}, lambda: "home")
        except UsageError as error:
            told = str(error)
        else:
            told = f"{place} {place!r} {backups_folder(place)}"
            if isinstance(place, Site):
                assert re.fullmatch(rf"[a-z0-9_-]{{1,{MOST_NAME}}}", place.name)
                assert history_place(str(place), {}, lambda: "?").name == place.name
                assert renamed(place, "another").name == "another"
            else:
                assert place.is_absolute()
        if given is not said and _holds_password(given):
            assert SECRET not in told


def _holds_password(url: str) -> bool:
    with contextlib.suppress(ValueError):
        return urlsplit(url).password == SECRET
    return False


def _queries() -> list[bytes]:
    return [file.read_bytes() + b"\x007d" for file in sorted(shipped_folder().glob("*.sql"))]


_TIMES = "2h 2h30m 1d12h 90m yesterday today now 13:20 13:20:05 1y 24h.. 2026-02-10 yesterday..now"
_TIMES += " 2026-02-10T03:00Z 2026-02-10T03:00+01:00 2026-01-01..2026-02-01 2026-02-10..2026-02-11"
TARGETS = {
    "times": Target(
        times,
        lambda: [*map(str.encode, _TIMES.split()), b"2026-02-10 03:00", b"1d 12h"],
        examples=150,
    ),
    "sql": Target(
        sql,
        lambda: [
            *_queries(),
            b"SELECT name, state FROM service_now ORDER BY 1",
            b"-- :n = 5: how many\nSELECT :n\x00-0.5",
            b"EXPLAIN QUERY PLAN SELECT * FROM event",
            b"SELECT nam FROM service_now",
            b"DELETE FROM host_span; DROP TABLE entity",
            b"WITH RECURSIVE n(i) AS (VALUES (1) UNION SELECT i + 1 FROM n LIMIT 9) TABLE n",
        ],
        examples=25,
    ),
    "places": Target(
        places,
        lambda: [
            b"~/history.db",
            b"db.example/media?site=home",
            b"postgres://u:p@[2001:db8::1]:5432/media?sslmode=require&site=a&password=x",
            b"mysql://x/y",
            b"20260216T140200Z",
        ],
    ),
}
