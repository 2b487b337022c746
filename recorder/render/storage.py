"""STORAGE: the space of each watched volume."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, tzinfo

from rich.text import Text

from recorder.model import Forecast, Snapshot, Verdict, Volume, findings, is_soon_full
from recorder.render import marks, trend, words
from recorder.render.box import Box
from recorder.render.crowd import cut
from recorder.render.grid import Grid, Row
from recorder.render.past import NO_PAST, Outlook, Past, free_change
from recorder.render.safe import safe
from recorder.render.units import moment, percent, signed, size


def box(
    snapshot: Snapshot,
    label_cells: int,
    tz: tzinfo,
    past: Past = NO_PAST,
    calm: Collection[str] | None = None,
) -> Box | None:
    """The box of all volumes; None when none is watched.

    Beside hosts that are `calm`, those with enough space are counted.
    """
    if not snapshot.volumes:
        return None
    wrong = {
        (found.host, found.name): found.severity
        for found in findings(snapshot, past.forecasts)
        if found.kind == "volume"
    }
    now = snapshot.taken_at
    groups = []
    for volume, label in zip(snapshot.volumes, labels(snapshot), strict=True):
        place = (volume.host, volume.name)
        if calm is not None and place not in wrong:
            continue
        space = _space(volume, wrong.get(place))
        more = _change(volume, past, now, tz) or _last(volume, past, now, tz)
        row = Row((Text(label), space.append(more)))
        groups.append([row, *_ahead(past.outlooks.get(place))])
    rows = cut(groups, "volume", crowded=calm is not None)
    if calm is not None:
        rows.append(_counted(snapshot.volumes))
    return Box("STORAGE", [[Grid(rows, (2,), label_cells)]])


def _counted(volumes: Sequence[Volume]) -> Row:
    """How many there are, and how full the fullest is."""
    known = [it for it in volumes if it.used_percent is not None]
    text = f"{len(volumes):,} volumes"
    if known:
        fullest = max(known, key=lambda it: it.used_percent or 0.0)
        text += f", the fullest {percent(fullest.used_percent or 0.0)} used: {safe(fullest.name)}"
    if len(known) < len(volumes):
        text += f"; {len(volumes) - len(known):,} unknown"
    return Row((Text(text, "quiet"),))


def labels(snapshot: Snapshot) -> Iterable[str]:
    """The labels of its lines, for boxes that line up."""
    return (f"{safe(volume.name)}:" for volume in snapshot.volumes)


def _change(volume: Volume, past: Past, now: datetime, tz: tzinfo) -> str:
    since = past.changes.since if past.changes else None
    change = free_change(volume, past)
    if not change or since is None:
        return ""
    return f"   {marks.glued(f'{signed(change)} since {moment(since, now, tz)}')}"


def _last(volume: Volume, past: Past, now: datetime, tz: tzinfo) -> str:
    """What was last known of a volume whose space is unknown: ", as of 13:55: 8.4T free"."""
    reading = past.last_free.get((volume.host, volume.name))
    if reading is None or volume.free_bytes is not None:
        return ""
    return (
        f", as of {moment(reading.at, now, tz)}: {marks.glued(f'{size(reading.free_bytes)} free')}"
    )


def _ahead(ahead: Outlook | None) -> Iterable[Row]:
    """When it will be full; nothing where that is not known."""
    if ahead and isinstance(ahead.forecast, Forecast) and ahead.forecast.full_in_days:
        told = f"{trend.rate(ahead.forecast)}, {trend.outlook(ahead.forecast)}"
        line = Text(marks.glued(told, len(told)))
        if is_soon_full(ahead.forecast):
            line = Text(f"{marks.WARN}{marks.GLUE}{line.plain}", marks.style(marks.WARN))
        bars = marks.glued(trend.bars(ahead.days))
        yield Row((Text(), Text.assemble(line, f"   {bars}")))


def _space(volume: Volume, severity: Verdict | None) -> Text:
    free, total, used = volume.free_bytes, volume.total_bytes, volume.used_percent
    if free is None or total is None or used is None:
        mark = marks.OF_VERDICT[severity] if severity else marks.UNKNOWN
        head = (f"{mark} unknown", marks.style(mark))
        return Text.assemble(head, f": {words.why(volume.reason, volume.detail, words.OF_VOLUME)}")
    space = Text(f"{size(free)} free / {size(total)} total ({percent(used)} used)")
    if severity:
        mark = marks.OF_VERDICT[severity]
        space.append(f"   {mark}{marks.GLUE}nearly{marks.GLUE}full", marks.style(mark))
    return space
