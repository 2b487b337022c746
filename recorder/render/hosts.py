"""VM STATUS: each host, whether it answers, and if not, why and what to type next."""

from collections.abc import Sequence
from datetime import tzinfo

from rich.text import Text

from recorder.model import Host, HostState, Snapshot
from recorder.render import marks, words
from recorder.render.box import Box
from recorder.render.crowd import CLOCK_OFF_SEC, alike, cut, is_well, names
from recorder.render.grid import Grid, Row
from recorder.render.safe import TEXT_CELLS, safe
from recorder.render.units import duration, moment, plural


def box(snapshot: Snapshot, tz: tzinfo, *, crowded: bool = False) -> Box | None:
    """The box of all hosts; of a crowd, those that are well in a line. None when there is none."""
    addressed = any(host.address for host in snapshot.hosts)
    told = [
        ((host.state, _why(host), host.hint), host)
        for host in snapshot.hosts
        if not (crowded and is_well(host))
    ]
    groups = [
        _rows(some[0], _last_seen(some[0], snapshot, tz), addressed=addressed)
        if len(some) == 1
        else _together(some)
        for some in alike(told, crowded=crowded)
    ]
    well = len(snapshot.hosts) - len(told)
    rows = [*cut(groups, "host", crowded=crowded), *_others(well, len(groups))]
    return Box("VM STATUS", [[Grid(rows, gaps=(3, 2, 4))]]) if rows else None


def _why(host: Host) -> str:
    """What is told of a host that does not answer; of one that does, all that is its own."""
    return host.name if host.state is HostState.UP else words.why(host.reason, host.detail)


def _together(some: Sequence[Host]) -> list[Row]:
    """Hosts of which the same is told."""
    told = Text(f"{_why(some[0])}: {names([host.name for host in some])}")
    head = Text(marks.glued(plural(len(some), "host")), "name")
    return [Row((head, state(some[0]), told)), *hint(some[0].hint)]


def _others(number: int, told: int) -> Sequence[Row]:
    """The line for the hosts that are well; nothing where each has its own."""
    if not number:
        return ()
    others = f"{number:,} others" if told else f"all {number:,} hosts"
    well = Text(f"{marks.OK} {others} up", marks.style(marks.OK))
    return (Row((well.append("   each: --all, one: --host NAME", "quiet"),)),)


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
    if offset_sec is None or abs(offset_sec) < CLOCK_OFF_SEC:
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
