"""The screen of media.history.info: what the history holds, how it grows, what it covers."""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from pathlib import Path

from rich.console import Group
from rich.text import Text

from recorder.model import Kind
from recorder.render import marks
from recorder.render.box import Box
from recorder.render.grid import Grid, Row
from recorder.render.hosts import hint
from recorder.render.safe import TEXT_CELLS, safe
from recorder.render.units import (
    age,
    counted,
    day_name,
    duration,
    moment,
    percent,
    plural,
    size,
    stamp,
)
from recorder.store.figures import Census, Coverage, CrashLoop, Noise
from recorder.store.values import Stretch

BACK_UP = "ops media.history.backup"
TABLES = {
    "sample": "samples",
    "rollup_hour": "hourly",
    "rollup_day": "daily",
    "import_event": "imported",
    "snapshot": "snapshots",
}


def screen(census: Census, *, tz: tzinfo, now: datetime) -> Group:
    """The boxes; the one of noise is left out where it is quiet."""
    boxes = [
        Box("HISTORY", [[Grid([*_whole(census, tz, now)])]]),
        Box("HOLDS", [[Grid([*_populations(census)])], [Grid([*_tables(census)])]]),
    ]
    noise = [*_loops(census.crash_loops), *_noisiest(census.noisiest)]
    if noise:
        boxes.append(Box(f"NOISIEST in {_days(census)}", [[Grid(noise)]]))
    boxes.append(Box("COVERAGE", [[Grid([*_covered(census, tz, now)])]]))
    return Group(*boxes)


def _days(census: Census) -> str:
    return f"the last {plural(census.window_days, 'day')}"


def _whole(census: Census, tz: tzinfo, now: datetime) -> Iterator[Row]:
    where = "file:" if isinstance(census.path, Path) else "site:"
    yield _named(where, safe(str(census.path), 2 * TEXT_CELLS))
    free = f", {size(census.free_bytes)} of it free" if census.free_bytes else ""
    yield _named("size:", f"{size(census.size_bytes)}{free}")
    yield _named("grows:", _growth(census))
    made_by = f", made by media-recorder {safe(census.made_by)}" if census.made_by else ""
    yield _named("schema:", f"{safe(census.schema)}{made_by}")
    covers = census.coverage
    since = stamp(covers.since, tz)
    yield _named("recorded:", f"{counted(covers.snapshots, 'snapshot')} since {since}")
    yield _named("newest:", age(covers.until, now))
    yield from _backups(census, now)


def _growth(census: Census) -> str:
    growth = census.growth
    if growth.bytes_a_year is None:
        return f"unknown, {growth.reason}"
    measured = plural(growth.measured_days, "day")
    return f"about {size(growth.bytes_a_year)} a year, by what {measured} brought and is kept"


def _backups(census: Census, now: datetime) -> Iterator[Row]:
    if not census.backups:
        none = Text(f"{marks.WARN} none that is verified", marks.style(marks.WARN))
        yield Row((Text("backup:"), none))
        yield from hint(BACK_UP)
        return
    newest, kept = census.backups[0], len(census.backups)
    told = f"{age(newest.made_at, now)}, {size(newest.size_bytes)}, {newest.path.name}"
    yield _named("backup:", f"{told}{f', {kept} kept' if kept > 1 else ''}")


def _named(label: str, text: str) -> Row:
    return Row((Text(label), Text(text)))


def _populations(census: Census) -> Iterator[Row]:
    shown = [one for one in census.populations if one.ever]
    numbers = [(f"{one.now:,}", f"{one.ever:,}", f"{one.spans:,}") for one in shown]
    widths = [max(map(len, column)) for column in zip(*numbers, strict=True)]
    for one, cells in zip(shown, numbers, strict=True):
        now, ever, spans = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        yield Row(
            (Text(f"{one.kind}s"), Text(f"{now} now"), Text(f"{ever} ever"), Text(f"{spans} spans"))
        )


def _tables(census: Census) -> Iterator[Row]:
    width = max(len(f"{table.rows:,}") for table in census.rows)
    for table in census.rows:
        kept = "for ever" if table.kept_days is None else plural(table.kept_days, "day")
        rows = f"{table.rows:,}".rjust(width)
        yield Row((Text(TABLES[table.table]), Text(rows), Text(f"kept {kept}", "quiet")))


def _loops(loops: Sequence[CrashLoop]) -> Iterator[Row]:
    for loop in loops:
        mark = marks.FAIL if loop.lasting else marks.WARN
        name = Text(f"{mark} {safe(loop.name)}", marks.style(mark))
        told = (
            f"{loop.restarts:,} restarts, {loop.worst_day_restarts:,} on {day_name(loop.worst_day)}"
        )
        still = ", still at it" if loop.lasting else ""
        yield Row((name, Text(safe(loop.host)), Text(f"crash loop: {told}{still}")))


def _noisiest(noises: Sequence[Noise]) -> Iterator[Row]:
    for noise in noises:
        what = "" if noise.kind in (Kind.HOST, Kind.SERVICE) else f" {noise.kind}"
        unseen = f", {noise.unseen:,} unseen" if noise.unseen else ""
        yield Row(
            (
                Text(f"{marks.NOTED} {safe(noise.name)}{what}"),
                Text(safe(noise.host)),
                Text(f"{noise.spans:,} spans{unseen}"),
            )
        )


def _covered(census: Census, tz: tzinfo, now: datetime) -> Iterator[Row]:
    windows = ((f"{_days(census)}:", census.recently), ("in all:", census.coverage))
    for label, coverage in windows:
        share = coverage.percent
        observed = "one snapshot" if share is None else f"{percent(share)} observed"
        yield _named(label, f"{observed}, {_gaps(coverage, tz, now)}")


def _gaps(coverage: Coverage, tz: tzinfo, now: datetime) -> str:
    if not coverage.gaps:
        return "no gap"
    longest = coverage.gaps[0]
    return f"{plural(coverage.gap_count, 'gap')}, the longest {_gap(longest, tz, now)}"


def _gap(gap: Stretch, tz: tzinfo, now: datetime) -> str:
    end, begin = gap.end or now, marks.glued(moment(gap.begin, now, tz))
    return f"{duration((end - gap.begin).total_seconds())} from {begin}"
