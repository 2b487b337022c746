"""Histories made up for the screen of media.history.info: one of years, one of a single look."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from recorder.model import Kind
from recorder.store.figures import (
    Census,
    Coverage,
    CrashLoop,
    Growth,
    Noise,
    Population,
    Rows,
)
from recorder.store.values import Backup, Stretch

from .examples import HOSTILE_TEXTS, NOW

FOLDER = Path("/home/ann/.local/state/media-recorder")
NEWEST = NOW - timedelta(minutes=3)
BEGIN = datetime(2023, 2, 16, 8, 0, tzinfo=UTC)


def gap(before: timedelta, hours: float) -> Stretch:
    """A gap so long ago, so many hours long."""
    return Stretch(NEWEST - before, NEWEST - before + timedelta(hours=hours))


def copy(age: timedelta) -> Backup:
    """A verified copy, so old."""
    made = NOW - age
    return Backup(FOLDER / "history.db.backups" / f"{made:%Y%m%dT%H%M%SZ}.db", made, 33 << 20)


YEARS = Census(
    path=FOLDER / "history.db",
    size_bytes=35_700_736,
    free_bytes=409_600,
    schema="0005",
    made_by="0.1.0",
    populations=(
        Population(Kind.HOST, 2, 2, 289),
        Population(Kind.SERVICE, 38, 41, 9769),
        Population(Kind.ENDPOINT, 17, 17, 27_073),
        Population(Kind.MOUNT, 2, 2, 898),
        Population(Kind.VOLUME, 1, 1, 195),
        Population(Kind.IMPORT, 0, 0, 0),
    ),
    rows=(
        Rows("sample", 1_191_379, 30),
        Rows("rollup_hour", 397_930, 730),
        Rows("rollup_day", 33_171, None),
        Rows("import_event", 5_538, None),
        Rows("snapshot", 46_061, 30),
    ),
    growth=Growth(1_371_751, 1096),
    window_days=30,
    noisiest=(
        Noise(Kind.ENDPOINT, "download-stack", "prowlarr", 1_124, 2),
        Noise(Kind.SERVICE, "streaming-stack", "komga", 76, 0),
        Noise(Kind.MOUNT, "streaming-stack", "/mnt/media", 2, 1),
        Noise(Kind.IMPORT, "", "radarr", 2, 2),
    ),
    crash_loops=(
        CrashLoop("download-stack", "lidarr", 4_321, date(2026, 2, 15), 1_440, lasting=True),
        CrashLoop("streaming-stack", "tdarr", 31, date(2026, 2, 3), 31, lasting=False),
    ),
    coverage=Coverage(
        BEGIN,
        NEWEST,
        1_559_807,
        93_616_318,
        (gap(timedelta(days=400), 66.5), gap(timedelta(days=2), 5)),
        96,
    ),
    recently=Coverage(
        NEWEST - timedelta(days=30), NEWEST, 43_184, 2_574_000, (gap(timedelta(days=2), 5),), 1
    ),
    backups=(copy(timedelta(hours=10)), copy(timedelta(hours=34))),
)

FIRST = replace(
    YEARS,
    size_bytes=159_744,
    free_bytes=0,
    made_by=None,
    populations=(Population(Kind.HOST, 1, 1, 1),),
    rows=tuple(replace(table, rows=0) for table in YEARS.rows),
    growth=Growth(None, 0, "less than a day is recorded"),
    noisiest=(),
    crash_loops=(),
    coverage=Coverage(NEWEST, NEWEST, 1, 0, (), 0),
    recently=Coverage(NEWEST, NEWEST, 1, 0, (), 0),
    backups=(),
)


def hostile(text: str) -> Census:
    """Wherever a text comes from outside, this one."""
    return replace(
        YEARS,
        made_by=text,
        noisiest=(Noise(Kind.SERVICE, text, text, 2, 0), Noise(Kind.ENDPOINT, text, text, 2, 0)),
        crash_loops=(CrashLoop(text, text, 99, date(2026, 2, 15), 99, lasting=True),),
    )


HOSTILE = hostile("".join(HOSTILE_TEXTS))
