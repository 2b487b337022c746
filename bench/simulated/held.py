"""What a history of simulated years must hold, worked out from them instead of recorded."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from simulated.gauges import DAY, HOUR, Rolled, rolled, summed
from simulated.looks import Looks
from simulated.years import Past, Years, is_hidden_stray

from recorder.model import Host, HostState, ImportState, Kind, Service
from recorder.store.loops import CALM_SEC, Restarts, steadied
from recorder.store.rows import GONE, UNKNOWN, Row, hidden, row_of
from recorder.store.tables import SHAPES

CALM_MINUTES = CALM_SEC // 60 + 2
DAY_SEC = 86400


@dataclass(frozen=True)
class Held:
    """A span: from the look `first` to the look `last`; None: it still is."""

    first: int
    last: int | None
    row: Row


@dataclass
class Begun:
    """A thing's spans so far."""

    spans: list[Held] = field(default_factory=list)
    live: bool = False

    def change(self, minute: int, before: int, row: Row | None) -> None:
        """End the open span at the look before, and begin another; None: the thing is no more."""
        if self.live:
            open_span = self.spans.pop()
            self.spans.append(Held(open_span.first, before, open_span.row))
        self.live = row is not None
        if row is None:
            gone = hidden(Kind.SERVICE, self.spans[-1].row) | {"state": GONE, "reason": None}
            self.spans.append(Held(minute, minute, gone))
        else:
            self.spans.append(Held(minute, None, row))


Sample = tuple[int, int]  # look and value


def spans_of(years: Years, past: Past, until: int) -> tuple[list[Held], list[Sample]]:
    """A thing's spans up to a minute, not with it; and, of a service, its restart counts."""
    looks, begun = years.looks, Begun()
    restarts: list[Sample] = []
    for minute in _moments(years, past, until):
        thing, ts = past.line.at(minute), looks.ts(minute)
        if thing is None:
            if begun.live:
                begun.change(minute, looks.at_or_before(minute - 1), None)
            continue
        if isinstance(thing, Host) and thing.state is HostState.UP:
            row = {**row_of(thing, ts), "booted_ts": years.booted_ts[past.host].at(minute)}
        else:
            row = row_of(thing, ts)
        if begun.live:
            before = (begun, restarts)
            row = _remembering(before, row, past.kind, minute, years.looks)
        was = begun.spans[-1].row if begun.live else None
        if was is None or any(was[name] != row[name] for name in SHAPES[past.kind].compared):
            begun.change(minute, looks.at_or_before(minute - 1), row)
        if isinstance(thing, Service):
            _count(restarts, minute, thing.restart_count)
    return begun.spans, restarts


def _moments(years: Years, past: Past, until: int) -> list[int]:
    """The looks in which a thing may have begun a span."""
    minutes = {start for start in past.line.starts if start < until}
    if past.kind is Kind.SERVICE:
        counts = [getattr(thing, "restart_count", None) for thing in past.line.values]
        for index, start in enumerate(past.line.starts):
            if index and counts[index] != counts[index - 1]:
                later = range(start + 1, min(start + CALM_MINUTES, until))
                minutes.update(years.looks.at_or_after(minute) for minute in later)
    return sorted(minute for minute in minutes if minute < until)


def _remembering(
    before: tuple[Begun, list[Sample]], row: Row, kind: Kind, minute: int, looks: Looks
) -> Row:
    """A row as it follows another: a host's boot and a service's restart loop outlast a look."""
    begun, restarts = before
    was = begun.spans[-1].row
    if kind is Kind.HOST and row["state"] == HostState.DOWN:
        return {**row, "boot_id": was["boot_id"]}
    if kind is not Kind.SERVICE or row["state"] == UNKNOWN:
        return row
    known = Restarts(was["restart_count"], None)
    if restarts:
        changed, count = restarts[-1]
        known = Restarts(count, looks.ts(changed))
    ts = looks.ts(minute)

    def of_the_day() -> int:
        found = 0
        for held in reversed(begun.spans):
            if looks.ts(held.first) <= ts - DAY_SEC:
                break
            found += 1
        return found

    return steadied(was, row, ts, known, of_the_day)


def _count(restarts: list[Sample], minute: int, value: int | None) -> None:
    if value is not None and (restarts[-1][1] if restarts else 0) != value:
        restarts.append((minute, value))


def totals(years: Years, past: Past, until: int) -> list[Sample]:
    """A total of bytes stands when it changed, and once a day."""
    free = years.gauges[past.kind, past.host, past.name, "free_bytes"]
    days = range(0, until, DAY)
    minutes = {*free.present.starts, *days}
    samples: list[Sample] = []
    for minute in sorted({years.looks.at_or_after(minute) for minute in minutes}):
        if minute >= until or free.at(minute) is None:
            continue
        value = years.total_bytes.at(minute)
        if not samples or samples[-1][1] != value or samples[-1][0] // DAY != minute // DAY:
            samples.append((minute, value))
    return samples


def import_counts(years: Years, past: Past, until: int) -> list[Sample]:
    """A count of imports stands when it changed."""
    minutes = {*past.line.starts, *range(0, until, DAY), *(at for at, _ in years.imported)}
    samples: list[Sample] = []
    for minute in sorted({years.looks.at_or_after(minute) for minute in minutes}):
        if minute >= until or past.line.at(minute).state is not ImportState.OK:
            continue
        value = len(years.imports(minute))
        if not samples or samples[-1][1] != value:
            samples.append((minute, value))
    return samples


def titles(years: Years, past: Past, until: int) -> Iterator[tuple[int, int, str]]:
    """Time, number and title of each import a look of its day saw."""
    for at, title in years.imported:
        end = min(until, at - at % DAY + DAY)
        began = years.looks.at_or_after(at)
        if began < end and any(
            years.looks.at_or_after(minute) < end and thing.state is ImportState.OK
            for minute, thing in past.line.within(began, end)
        ):
            yield int(title.at.timestamp()), title.event_id, title.title


def rolled_samples(samples: list[Sample], period: int, until: int) -> Iterator[tuple[int, Rolled]]:
    """The roll-ups of numbers kept when they change, by hour or day since the beginning."""
    complete = until // period
    parts: dict[int, list[int]] = {}
    for minute, value in samples:
        if minute // period < complete:
            parts.setdefault(minute // period, []).append(value)
    for number, values in parts.items():
        yield number, rolled(values)


def days_of(hours: Iterator[tuple[int, Rolled]]) -> Iterator[tuple[int, Rolled]]:
    """The roll-ups of days, from those of their hours."""
    parts: list[Rolled] = []
    day = None
    for hour, part in hours:
        if hour * HOUR // DAY != day:
            if parts:
                yield day, summed(parts)
            day, parts = hour * HOUR // DAY, []
        parts.append(part)
    if parts:
        yield day, summed(parts)


def position(years: Years, past: Past, until: int) -> int:
    """A thing's place among its kind in the newest look that saw it."""
    minute = years.looks.at_or_before(until - 1)
    while not _is_sighted(past, minute):
        index = past.line.starts.index(max(s for s in past.line.starts if s <= minute))
        minute = years.looks.at_or_before(past.line.starts[index] - 1)
    beside = [one for one in years.pasts if one.kind is past.kind and _is_sighted(one, minute)]
    return beside.index(past)


def _is_sighted(past: Past, minute: int) -> bool:
    thing = past.line.at(minute)
    return thing is not None and not is_hidden_stray(thing)
