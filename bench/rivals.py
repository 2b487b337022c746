"""The same facts kept in other ways: a row per thing and look, Prometheus, RRDtool.

Each is filled with a few days and scaled, except RRDtool's files, which are made at full size.
"""

# ruff: noqa: S608 - the names are of tables and columns, and ours

import contextlib
import shutil
import sqlite3
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from simulated.looks import BEGIN_TS
from simulated.years import Years

from recorder.model import Engine, Host, Mount, Snapshot, Thing

ROW_PER_THING = """
CREATE TABLE status (
    id INTEGER PRIMARY KEY AUTOINCREMENT, checked_at TEXT NOT NULL, kind TEXT NOT NULL,
    host TEXT, name TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, detail TEXT, facts TEXT
);
CREATE INDEX status_by_name ON status (name, checked_at);
"""
TIDY = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, kind TEXT, host TEXT, name TEXT);
CREATE TABLE word (id INTEGER PRIMARY KEY, word TEXT UNIQUE);
CREATE TABLE status (
    ts INTEGER NOT NULL, thing_id INTEGER NOT NULL, state INTEGER NOT NULL, reason INTEGER,
    a INTEGER, b INTEGER, c INTEGER, d INTEGER, e INTEGER, f INTEGER, g INTEGER, h INTEGER,
    PRIMARY KEY (ts, thing_id)
) WITHOUT ROWID;
"""
LABELS = {"name", "host", "state", "declared", "endpoint", "titles", "url", "app", "path"}
OWN_COLUMN = ("reason", "detail")
BLOCK_HOURS = 31 * 24


def facts(snapshot: Snapshot) -> Iterator[tuple[Thing, str, str, dict[str, object]]]:
    """Each thing of a snapshot with its host, name and what else is known of it."""
    for thing in (*snapshot.hosts, *snapshot.services, *snapshot.mounts, *snapshot.volumes):
        name = thing.path if isinstance(thing, Mount) else thing.name
        yield thing, name if isinstance(thing, Host) else thing.host, name, _known(thing)
    for service in snapshot.services:
        if service.endpoint:
            yield service.endpoint, service.host, service.name, _known(service.endpoint)
    for imported in snapshot.imports:
        yield imported, "", imported.app, _known(imported)


def _known(thing: Thing) -> dict[str, object]:
    values = {}
    for one in fields(thing):
        value = getattr(thing, one.name)
        if value is None or one.name in LABELS or one.name == "last_seen":
            continue
        if isinstance(value, Engine):
            value = f"{value.kind} {value.readable}"
        values[one.name] = value
    return values


def row_per_thing(path: Path, years: Years, minutes: range) -> int:
    """As most scripts do it: a row of text for each thing and look, and an index to find it by."""
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.executescript(ROW_PER_THING)
        for minute in years.looks.within(minutes.start, minutes.stop):
            snapshot = years.snapshot(minute)
            at = snapshot.taken_at.isoformat()
            rows = []
            for thing, host, name, known in facts(snapshot):
                words = [str(value) for key, value in known.items() if key not in OWN_COLUMN]
                reason, detail = known.get("reason"), known.get("detail")
                kind = type(thing).__name__.lower()
                told = "|".join(words)
                rows.append((at, kind, host, name, thing.state.value, reason, detail, told))
            db.executemany(
                "INSERT INTO status (checked_at, kind, host, name, state, reason, detail, facts) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
    return path.stat().st_size


def tidy_rows(path: Path, years: Years, minutes: range) -> int:
    """The same, as small as can be: eight facts a row, whole numbers, words looked up, no index."""
    words: dict[object, int] = {}
    things: dict[object, int] = {}
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.executescript(TIDY)
        for minute in years.looks.within(minutes.start, minutes.stop):
            snapshot = years.snapshot(minute)
            ts, rows = int(snapshot.taken_at.timestamp()), []
            for thing, host, name, known in facts(snapshot):
                key = (type(thing).__name__, host, name)
                number = things.setdefault(key, len(things) + 1)
                state = words.setdefault(thing.state, len(words) + 1)
                reason = words.setdefault(known.pop("reason", None), len(words) + 1)
                own = [_whole(value, words) for value in known.values()][:8]
                rows.append((ts, number, state, reason, *own, *[None] * (8 - len(own))))
            db.executemany(f"INSERT INTO status VALUES ({', '.join('?' * 12)})", rows)
        db.executemany(
            "INSERT INTO thing VALUES (?, ?, ?, ?)", ((n, *k) for k, n in things.items())
        )
        named = ((number, str(word)) for word, number in words.items())
        db.executemany("INSERT OR IGNORE INTO word VALUES (?, ?)", named)
    return path.stat().st_size


def _whole(value: object, words: dict[object, int]) -> int:
    if isinstance(value, datetime):
        return int(value.timestamp())
    if isinstance(value, int | float) and not isinstance(value, StrEnum):
        return round(value * 100) if isinstance(value, float) else int(value)
    return words.setdefault(value, len(words) + 1)


def prometheus(folder: Path, years: Years, minutes: range) -> int | None:
    """Bytes of Prometheus's own blocks, words as labels; None where promtool is not installed."""
    promtool = shutil.which("promtool")
    if promtool is None:
        return None
    text, blocks = folder / "facts.txt", folder / "blocks"
    series: dict[str, dict[str, list[tuple[int, float]]]] = defaultdict(lambda: defaultdict(list))
    for minute in years.looks.within(minutes.start, minutes.stop):
        snapshot = years.snapshot(minute)
        ts = BEGIN_TS + 60 * minute  # it evens out small delays itself
        for thing, host, name, known in facts(snapshot):
            kind, labels = type(thing).__name__.lower(), f'host="{host}",name="{name}"'
            series[f"{kind}_state"][f'{labels},state="{thing.state}"'].append((ts, 1))
            words = []
            for key, value in known.items():
                number = _number(value)
                if number is None:
                    words.append(f'{key}="{value}"')
                else:
                    series[f"{kind}_{key}"][labels].append((ts, number))
            series[f"{kind}_info"][",".join((labels, *words))].append((ts, 1))
    with text.open("w") as file:
        for metric, of_metric in series.items():
            file.write(f"# TYPE {metric} gauge\n")
            for labels, values in of_metric.items():
                file.writelines(f"{metric}{{{labels}}} {value:g} {ts}\n" for ts, value in values)
        file.write("# EOF\n")
    command = ["tsdb", "create-blocks-from", f"--max-block-duration={BLOCK_HOURS}h", "openmetrics"]
    subprocess.run([promtool, *command, text, blocks], check=True, capture_output=True)
    text.unlink()
    return sum(file.stat().st_size for file in blocks.rglob("*") if file.is_file())


def _number(value: object) -> float | None:
    if isinstance(value, datetime):
        return int(value.timestamp())
    return value if isinstance(value, int | float) and not isinstance(value, StrEnum) else None


def rrdtool(folder: Path, years: Years, count: int) -> int | None:
    """Bytes of one RRDtool file a number, of the same windows; None where it is not installed."""
    program = shutil.which("rrdtool")
    if program is None:
        return None
    days = years.minutes // 1440
    archives = [f"RRA:AVERAGE:0.5:1:{30 * 1440}"]
    for function in ("AVERAGE", "MIN", "MAX"):
        archives += [f"RRA:{function}:0.5:60:{2 * 365 * 24}", f"RRA:{function}:0.5:1440:{days}"]
    path = folder / "number.rrd"
    subprocess.run(
        [program, "create", path, "--step", "60", "DS:number:GAUGE:150:U:U", *archives],
        check=True,
        capture_output=True,
    )
    return count * path.stat().st_size
