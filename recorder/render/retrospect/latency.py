"""LATENCY: how long endpoints took to answer, the slowest first."""

from rich.text import Text

from recorder.history.percentile import percentile
from recorder.history.retrospect import Retrospect
from recorder.render.box import Box
from recorder.render.grid import Grid, Row
from recorder.render.retrospect.names import told_apart
from recorder.render.retrospect.strips import LONGEST_LABEL
from recorder.render.safe import ends
from recorder.render.units import counted, elapsed
from recorder.store.latency import Latency

MOST_ROWS = 8
LEAST_COLUMNS = 2  # the name and a figure
ROLLED = "of longer ago than 30 days there is no percentile: average and most"


def box(of: Retrospect, *, everything: bool) -> Box | None:
    """The box; None where nothing answered."""
    found = sorted(of.recollection.latencies, key=slowness, reverse=True)
    if not found:
        return None
    chosen = found if everything else found[:MOST_ROWS]
    name = told_apart(found)
    rows = [_row(it, name(it)) for it in chosen]
    more = []
    if len(found) > len(chosen):
        more.append(f"and {len(found) - len(chosen)} faster: --all")
    if any(it.counts is None for it in chosen):
        more.append(ROLLED)
    quiet = [Row((Text("; ".join(more), "quiet"),))] if more else []
    return Box("LATENCY", [[Grid(rows, (2, 3), keep=LEAST_COLUMNS), Grid(quiet)]])


def slowness(it: Latency) -> float:
    """By what endpoints are sorted: p95, or the average where that is all there is."""
    return percentile(it.counts, 95) if it.counts else it.average_ms


def _row(it: Latency, name: str) -> Row:
    told = [f"most {elapsed(it.most_ms)}"]
    if it.counts is None:
        told = [f"average {elapsed(it.average_ms)}", *told]
    else:
        told = [*(f"p{of} {elapsed(percentile(it.counts, of))}" for of in (50, 95)), *told]
    of_all = Text(counted(it.answers, "answer"), "quiet")
    return Row((Text(ends(name, LONGEST_LABEL)), *(Text(one) for one in told), of_all))
