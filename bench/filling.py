"""A history file as record() and retention would have left it, filled in one go.

Recording ten years minute by minute would take days. The rows are worked out instead, and written
in the order recording would have written them, so that the file's pages come to lie alike. That the
rows are the same is not assumed but shown: `comparing` holds such a file against a recorded one.
"""

# ruff: noqa: S608 - the names are of tables and columns, and ours

import contextlib
import heapq
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from simulated import held
from simulated.gauges import DAY, HOUR, Rolled
from simulated.held import Held, Sample
from simulated.looks import BEGIN_TS
from simulated.years import SITE, Past, Years

from recorder.model import HostState, Kind
from recorder.store import migrate
from recorder.store.connection import connect
from recorder.store.engine import opened
from recorder.store.numbers import EACH_SEC, is_seldom
from recorder.store.past_numbers import DAYS_ROLLED, HOURS_ROLLED
from recorder.store.record import record
from recorder.store.retention import KEPT, LOOKS_TO_BE_SURE, PRUNED_UNTIL, tidy
from recorder.store.rows import GONE, Definition, Image, address_of
from recorder.store.tables import SHAPES

DAYS_A_COMMIT = 30
PERSONS_KEPT = 2
CHANGES_ONLY = {"restart_count", "total_bytes", "import_count"}


def fill(path: Path, years: Years, until: int | None = None) -> None:
    """Make the file that recording the looks before a minute leaves."""
    migrate.create(path)
    with contextlib.closing(connect(path)) as db:
        db.execute("PRAGMA synchronous = OFF")
        Filling(db, years, until or years.minutes).write()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def record_looks(path: Path, years: Years, begin: int) -> int:
    """Record and tidy every look from a minute on, as the program does; returns how many."""
    looks = 0
    with opened(path) as engine:
        for minute in years.looks.within(begin, years.minutes):
            record(engine, years.snapshot(minute))
            tidy(engine)
            looks += 1
    return looks


class Filling:
    """One file being filled."""

    def __init__(self, db: sqlite3.Connection, years: Years, until: int) -> None:
        self.db, self.years, self.until = db, years, until
        self.looks = years.looks
        self.newest = self.looks.at_or_before(until - 1)
        self.ids: dict[Past, int] = {}
        self.references: dict[tuple, int] = {}

    def write(self) -> None:
        self.db.execute("BEGIN IMMEDIATE")
        self.db.execute("INSERT INTO site (id, name) VALUES (1, ?)", (SITE,))
        spans: dict[Past, list[Held]] = {}
        changes: dict[tuple[Past, str], list[Sample]] = {}
        for past in self.years.pasts:
            spans[past], counts = held.spans_of(self.years, past, self.until)
            if counts:
                changes[past, "restart_count"] = counts
            if past.kind in (Kind.MOUNT, Kind.VOLUME):
                changes[past, "total_bytes"] = held.totals(self.years, past, self.until)
            if past.kind is Kind.IMPORT:
                changes[past, "import_count"] = held.import_counts(self.years, past, self.until)
        self._entities(spans)
        series = self._series(changes)
        self._by_day(spans, series, changes)
        self._looks()
        self._samples(series, changes)
        self._titles()
        self._notes()
        self.db.execute("COMMIT")

    def _entities(self, spans: dict[Past, list[Held]]) -> None:
        parents = {past.name: past for past in self.years.pasts if past.kind is Kind.HOST}
        services = {past.name: past for past in self.years.pasts if past.kind is Kind.SERVICE}
        there = (past for past in self.years.pasts if spans[past])
        for past in sorted(there, key=lambda one: spans[one][0].first):
            self.ids[past] = len(self.ids) + 1
            parent = services[past.name] if past.kind is Kind.ENDPOINT else parents.get(past.host)
            newest = spans[past][-1]
            gone = newest.row["state"] == GONE
            self.db.execute(
                "INSERT INTO entity VALUES (?, 1, ?, ?, ?, ?, ?, ?)",
                (
                    self.ids[past],
                    past.kind.value,
                    None if parent in (None, past) else self.ids[parent],
                    _identity(past, spans[past][0]),
                    _name(past),
                    held.position(self.years, past, self.until),
                    self.looks.ts(newest.first) if gone else None,
                ),
            )

    def _series(self, changes: dict[tuple[Past, str], list[Sample]]) -> dict[tuple[Past, str], int]:
        numbers = {
            (past, metric)
            for past in self.years.pasts
            for *key, metric in self.years.gauges
            if key == [past.kind, past.host, past.name]
        }
        named = {}
        for past, metric in sorted(
            numbers | changes.keys(), key=lambda one: (self.ids[one[0]], one[1])
        ):
            named[past, metric] = len(named) + 1
            minute, value = changes.get((past, metric), [(None, None)])[-1]
            ts = None if minute is None else self.looks.ts(minute)
            row = (named[past, metric], self.ids[past], metric, ts, value)
            self.db.execute("INSERT INTO series VALUES (?, ?, ?, ?, ?)", row)
        return named

    def _by_day(
        self,
        spans: dict[Past, list[Held]],
        series: dict[tuple[Past, str], int],
        changes: dict[tuple[Past, str], list[Sample]],
    ) -> None:
        """Spans and roll-ups as the days brought them."""
        begun = _Stream(
            sorted(
                (one.first, self.ids[past], past, index)
                for past, of_past in spans.items()
                for index, one in enumerate(of_past)
            )
        )
        hours = _Stream(self._rolled(series, changes, HOUR))
        days = _Stream(self._rolled(series, changes, DAY))
        for day in range(-(-self.until // DAY)):
            end = (day + 1) * DAY
            for first, _, past, index in begun.before((end,)):
                self._begin(past, spans[past], index, first)
            self._keep("rollup_hour", 3600, hours.before((end // HOUR,)))
            self._keep("rollup_day", 86400, days.before((day + 1,)))
            self._prune_hours(day)
            if day % DAYS_A_COMMIT == 0:
                self.db.execute("COMMIT")
                self.db.execute("PRAGMA wal_checkpoint")
                self.db.execute("BEGIN IMMEDIATE")

    def _begin(self, past: Past, spans: list[Held], index: int, first: int) -> None:
        table, entity_id, span = f"{past.kind}_span", self.ids[past], spans[index]
        if index and spans[index - 1].row["state"] != GONE:
            before = spans[index - 1]
            self.db.execute(
                f"UPDATE {table} SET last_ts = ? WHERE entity_id = ? AND first_ts = ?",
                (self.looks.ts(before.last), entity_id, self.looks.ts(before.first)),
            )
        columns = SHAPES[past.kind].columns
        ts = self.looks.ts(first)
        values = [self._stored(span.row[name]) for name in columns]
        marks = ", ".join("?" * (3 + len(columns)))
        self.db.execute(
            f"INSERT INTO {table} (entity_id, first_ts, last_ts, {', '.join(columns)}) "
            f"VALUES ({marks})",
            (entity_id, ts, ts if span.row["state"] == GONE else None, *values),
        )

    def _stored(self, value: object) -> object:
        if not isinstance(value, Definition | Image):
            return value
        if value not in self.references:
            table = type(value).__name__.lower()
            marks = ", ".join("?" * len(value))
            made = self.db.execute(
                f"INSERT INTO {table} ({', '.join(value._fields)}) VALUES ({marks})", value
            )
            self.references[value] = made.lastrowid
        return self.references[value]

    def _rolled(
        self,
        series: dict[tuple[Past, str], int],
        changes: dict[tuple[Past, str], list[Sample]],
        period: int,
    ) -> Iterator[tuple[int, int, Rolled]]:
        """Period, series and roll-up of everything that is complete, oldest first."""
        complete = self.newest // period

        def of_one(past: Past, metric: str, number: int) -> Iterator[tuple[int, int, Rolled]]:
            if metric in CHANGES_ONLY:
                found = held.rolled_samples(changes[past, metric], period, complete * period)
            else:
                gauge = self.years.gauges[past.kind, past.host, past.name, metric]
                each = sampled_each(past, metric)
                found = gauge.hours(self.looks, complete * period // HOUR, each)
                if period == DAY:
                    found = held.days_of(found)
            for at, one in found:
                yield at, number, one

        return heapq.merge(*(of_one(*key, number) for key, number in series.items()))

    def _keep(self, table: str, period_sec: int, found: Iterator[tuple[int, int, Rolled]]) -> None:
        self.db.executemany(
            f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (number, BEGIN_TS + at * period_sec, r.n, r.least, r.average, r.most, r.last)
                for at, number, r in found
            ),
        )

    def _sure_ts(self, day: int) -> int | None:
        """The time from which age is counted in the first look of a day."""
        first = self.looks.at_or_after(day * DAY)
        if first > self.newest:
            return None
        sure = self.looks.earlier(first, LOOKS_TO_BE_SURE)
        return None if sure is None else self.looks.ts(sure)

    def _prune_hours(self, day: int) -> None:
        sure = self._sure_ts(day)
        for table, kept in KEPT.items():
            if table.startswith("rollup_hour") and sure is not None:
                self.db.execute(kept.prune, {"ts": sure - kept.days * 86400})

    def _oldest_ts(self, table: str) -> int:
        """The oldest time the newest pruning left in a table."""
        days = range(self.newest // DAY, -1, -1)
        sure = next((ts for day in days if (ts := self._sure_ts(day)) is not None), None)
        return 0 if sure is None else sure - KEPT[table].days * 86400

    def _looks(self) -> None:
        looks = self.looks
        self.db.executemany(
            "INSERT INTO coverage VALUES (?, ?, ?)",
            ((looks.ts(a), looks.ts(b), n) for a, b, n in looks.stretches(self.until)),
        )
        oldest = self._oldest_ts("snapshot")
        begin = max(0, looks.minute_of(oldest))
        persons = [m for m in looks.within(0, begin + 1) if looks.by_person(m)]
        persons += [m for m in looks.within(begin + 1, self.until) if looks.by_person(m)]
        kept = {*persons[-PERSONS_KEPT:]}
        kept.update(m for m in looks.within(begin, self.until) if looks.ts(m) >= oldest)
        homes = [past for past in self.years.pasts if past.kind is Kind.HOST]
        for minute in sorted(kept):
            down = sum(past.line.at(minute).state is HostState.DOWN for past in homes)
            trigger = "person" if looks.by_person(minute) else "schedule"
            self.db.execute(
                "INSERT INTO snapshot VALUES (?, ?, ?, ?, 0)",
                (looks.ts(minute), trigger, looks.duration_ms(minute), down),
            )

    def _samples(
        self,
        series: dict[tuple[Past, str], int],
        changes: dict[tuple[Past, str], list[Sample]],
    ) -> None:
        oldest = self._oldest_ts("sample")
        changed = defaultdict(list)
        for key, samples in changes.items():
            for minute, value in samples:
                changed[minute].append((series[key], value))
        gauges = [
            (
                number,
                self.years.gauges[past.kind, past.host, past.name, metric],
                sampled_each(past, metric),
            )
            for (past, metric), number in series.items()
            if metric not in CHANGES_ONLY
        ]
        begin = max(0, self.looks.minute_of(oldest))
        for minute in self.looks.within(begin, self.until):
            ts = self.looks.ts(minute)
            if ts < oldest:
                continue
            before = self.looks.at_or_before(minute - 1)
            found = [
                (number, gauge.at(minute))
                for number, gauge, each in gauges
                if before // each != minute // each
            ]
            rows = sorted([one for one in found if one[1] is not None] + changed[minute])
            self.db.executemany(
                "INSERT INTO sample VALUES (?, ?, ?)", ((ts, number, v) for number, v in rows)
            )

    def _titles(self) -> None:
        for past in self.years.pasts:
            if past.kind is Kind.IMPORT:
                self.db.executemany(
                    "INSERT INTO import_event VALUES (?, ?, ?, ?)",
                    ((self.ids[past], *of) for of in held.titles(self.years, past, self.until)),
                )

    def _notes(self) -> None:
        ts = self.looks.ts(self.newest)
        notes = {
            HOURS_ROLLED: ts - ts % 3600,
            DAYS_ROLLED: ts - ts % 86400,
            PRUNED_UNTIL: ts - ts % 86400,
        }
        rows = [
            (key, str(value))
            for key, value in notes.items()
            if value > BEGIN_TS or key == PRUNED_UNTIL
        ]
        self.db.executemany("INSERT INTO meta VALUES (?, ?)", rows)


def sampled_each(past: Past, metric: str) -> int:
    """Minutes from one sample of a number to the next."""
    return EACH_SEC // 60 if is_seldom(past.kind, metric) else 1


class _Stream:
    """Things in order, taken as far as a key."""

    def __init__(self, things: Iterator) -> None:
        self._things = iter(things)
        self._next = next(self._things, None)

    def before(self, key: tuple) -> Iterator:
        while self._next is not None and self._next < key:
            taken, self._next = self._next, next(self._things, None)
            yield taken


def _identity(past: Past, first: Held) -> str:
    if past.kind is Kind.ENDPOINT:
        return "health"
    if past.kind is not Kind.SERVICE:
        return past.name
    said = first.row["definition_id"]
    if said.declared != "undeclared":
        return f"service {past.name}"
    return f"compose {said.project}/{said.compose_service}"


def _name(past: Past) -> str:
    first = past.line.values[0]
    return address_of(first.url) if past.kind is Kind.ENDPOINT else past.name
