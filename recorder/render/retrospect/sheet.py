"""A history for other programs and other pages: its things as CSV, its tables as Markdown."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo

from recorder.history.percentile import percentile
from recorder.history.retrospect import Account, Retrospect
from recorder.render.extract import plain
from recorder.render.marks import TO
from recorder.render.retrospect.document import figures
from recorder.render.retrospect.figures import available
from recorder.render.retrospect.names import told_apart
from recorder.render.retrospect.things import TITLES, labels
from recorder.render.safe import TEXT_CELLS, safe
from recorder.render.units import duration, elapsed, signed, size, stamp

NO_THINGS = ("kind", "host", "name")


def as_csv(of: Retrospect) -> str:
    """A line a thing, as RFC 4180 has it but with LF; empty where there is no value.

    A control character is written as its code, so that no text from a host moves a cursor.
    """
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    rows = [figures(it) for it in of.accounts]
    writer.writerow(rows[0] if rows else NO_THINGS)
    for row in rows:
        writer.writerow([plain(value) for value in row.values()])
    return page.getvalue()


def as_markdown(of: Retrospect, tz: tzinfo) -> str:
    """A table for each kind of thing, for volumes and for latency."""
    window = f"{stamp(of.window.begin, tz)} {TO} {stamp(of.window.end, tz)}"
    seen = duration(of.tally.absent_sec)
    parts = [f"# History of {escaped(of.site) or 'the stack'}\n\n{window}, observed for {seen}.\n"]
    label = labels(of)
    for kind, title in TITLES.items():
        things = of.of(kind)
        heads = (kind, "available", "outages", "longest", "restarts", "exits")
        rows = ((escaped(label(it)), *_told(it)) for it in things)
        parts.append(_table(title.capitalize(), heads, rows))
    space = told_apart(of.spaces)
    spaces = (
        (escaped(space(it)), size(it.days[-1].free_bytes), signed(of.change_bytes(it) or 0))
        for it in of.spaces
        if it.days
    )
    parts.append(_table("Storage", ("volume", "free", "change"), spaces))
    parts.append(_table("Latency", ("endpoint", "p50", "p95", "average", "most"), _latency(of)))
    return "\n".join(part for part in parts if part)


def _told(it: Account) -> Sequence[str]:
    longest = duration(it.longest_sec) if it.outages else ""
    counts = (len(it.outages), longest, it.starts.restarts, it.starts.exits)
    return available(it.tally), *(str(one) for one in counts)


def _latency(of: Retrospect) -> Iterator[Sequence[str]]:
    name = told_apart(of.recollection.latencies)
    for it in of.recollection.latencies:
        p50, p95 = (elapsed(percentile(it.counts, of)) if it.counts else "" for of in (50, 95))
        yield escaped(name(it)), p50, p95, elapsed(it.average_ms), elapsed(it.most_ms)


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    if not lines:
        return ""
    rule = "|".join((" --- ", *(" ---: " for _ in heads[1:])))
    return "\n".join((f"## {title}\n", f"| {' | '.join(heads)} |", f"|{rule}|", *lines, ""))


def escaped(text: str) -> str:
    """Text from outside that no Markdown is made of."""
    shown = safe(text, TEXT_CELLS)
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>()#+!|~&" else char for char in shown)
