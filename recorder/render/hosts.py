"""VM STATUS: each host, whether it answers, and if not, why and what to type next."""

from collections.abc import Sequence
from datetime import tzinfo

from rich.text import Text

from recorder.model import Host, HostState, Snapshot
from recorder.render import marks, words
from recorder.render.box import Box
from recorder.render.grid import Grid, Row
from recorder.render.safe import TEXT_CELLS, safe
from recorder.render.units import duration, moment

_CLOCK_OFF_SEC = 60  # a clock further off is worth a word


def box(snapshot: Snapshot, tz: tzinfo) -> Box | None:
    """The box of all hosts; None when there is none."""
    addressed = any(host.address for host in snapshot.hosts)
    seen = {host.name: _last_seen(host, snapshot, tz) for host in snapshot.hosts}
    rows = [
        row for host in snapshot.hosts for row in _rows(host, seen[host.name], addressed=addressed)
    ]
    return Box("VM STATUS", [[Grid(rows, gaps=(3, 2, 4))]]) if rows else None


def _last_seen(host: Host, snapshot: Snapshot, tz: tzinfo) -> str:
    """When one that doesn't answer last did: ", last seen 13:55"; empty when that isn't known."""
    if host.state is HostState.UP or host.last_seen is None:
        return ""
    return f", last seen {moment(host.last_seen, snapshot.taken_at, tz)}"


def _rows(host: Host, last_seen: str, *, addressed: bool) -> list[Row]:
    number = "" if host.number is None else f" ({host.number})"
    name = Text.assemble((safe(host.name), "name"), number)
    told = _told(host, last_seen, addressed=addressed)
    return [Row((name, state(host), *told)), *hint(host.hint)]


def state(host: Host) -> Text:
    """Mark and word: "✓ UP", "✗ DOWN", "? unknown"."""
    mark = marks.OF_HOST[host.state]
    word = host.state if host.state is HostState.UNKNOWN else host.state.upper()
    return Text(f"{mark}{marks.GLUE}{word}", marks.style(mark))


def _told(host: Host, last_seen: str, *, addressed: bool) -> tuple[Text, ...]:
    if host.state is not HostState.UP:
        return (Text(f"{words.why(host.reason, host.detail)}{last_seen}"),)
    address = (Text(safe(host.address or "")),) if addressed else ()
    known = [f"up {duration(host.uptime_sec)}"] if host.uptime_sec is not None else []
    return *address, Text(", ".join([*known, *_clock(host.clock_offset_sec)]))


def _clock(offset_sec: int | None) -> Sequence[str]:
    if offset_sec is None or abs(offset_sec) < _CLOCK_OFF_SEC:
        return ()
    return (f"clock {duration(abs(offset_sec))} {'ahead' if offset_sec > 0 else 'behind'}",)


def hint(text: str | None, indent: int = 2) -> Sequence[Row]:
    """What to type next, a line of its own; nothing when there is nothing."""
    if not text:
        return ()
    return (Row((Text(f"{marks.NEXT} {safe(text, TEXT_CELLS * 2)}", "hint"),), indent),)


def unanswered(host: Host) -> Sequence[Row]:
    """Why a host that is down shows nothing, and what to type next; nothing for any other."""
    if host.state is not HostState.DOWN:
        return ()
    told = Text(words.why(host.reason, host.detail))
    return Row((state(host), told)), *hint(host.hint)
