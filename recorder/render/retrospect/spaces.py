"""STORAGE: the free space of each volume over the window, and where it is heading."""

from collections.abc import Iterator

from rich.text import Text

from recorder.history.filling import Filling
from recorder.history.forecast import forecast
from recorder.history.retrospect import Retrospect
from recorder.model import Forecast, SpaceDays
from recorder.render import trend
from recorder.render.box import Box
from recorder.render.grid import Grid, Row
from recorder.render.marks import GLUE
from recorder.render.retrospect.names import told_apart
from recorder.render.safe import ends
from recorder.render.units import duration, plural, signed, size

_MOST_BARS = 28


def box(of: Retrospect) -> Box | None:
    """The box; None where no space is known."""
    name = told_apart(of.spaces)
    rows = [row for it in of.spaces if it.days for row in _rows(of, it, name(it))]
    if of.filling:
        rows.append(Row((Text(), Text(_an_import(of.filling), "quiet"))))
    return Box("STORAGE", [[Grid(rows, (2,))]]) if rows else None


def _rows(of: Retrospect, it: SpaceDays, name: str) -> Iterator[Row]:
    newest = it.days[-1]
    space = Text(f"{size(newest.free_bytes)} free / {size(newest.total_bytes)} total")
    change = of.change_bytes(it)
    if change is not None:
        told = f"{signed(change)} in {duration(of.window.seconds)}".replace(" ", GLUE)
        space.append(f"   {told}")
    yield Row((Text(f"{ends(name)}:"), space))
    seen = forecast(it.days)
    told = f"{trend.rate(seen)}, " if isinstance(seen, Forecast) else ""
    line = Text(f"{told}{trend.outlook(seen)}")
    days = -(-of.window.seconds // 86400)
    bars = trend.bars(it.days, max(days, 2), min(days, _MOST_BARS))
    if len(bars) > 1:
        line.append(f"   {bars.replace(' ', GLUE)}")
    yield Row((Text(), line))
    if isinstance(seen, Forecast) and seen.backtest:
        yield Row((Text(), Text(trend.held(seen.backtest), "quiet")))


def _an_import(told: Filling) -> str:
    """What one took: "an import took about 3.1G: 34 of them on the 5 days it only filled"."""
    days = plural(told.days, "day")
    each = size(told.each_bytes)
    return f"an import took about {each}: {told.imports} of them in {days} of filling up"
