"""The end of the dashboard: how it stands, every thing that is wrong by name, and what to type.

A long dashboard scrolls; what is read first is what stands at its end.
"""

from collections.abc import Sequence

from rich.text import Text

from recorder.model import (
    Finding,
    HostState,
    Snapshot,
    Verdict,
    Volume,
    findings,
    is_nearly_full,
)
from recorder.render import marks, words
from recorder.render.advice import next_step
from recorder.render.box import Plain
from recorder.render.grid import Grid, Row
from recorder.render.past import NO_PAST, Past
from recorder.render.safe import TEXT_CELLS, safe
from recorder.render.trend import outlook
from recorder.render.units import percent, plural

_MOST_NAMED = 12

Severities = dict[tuple[str, str | None, str], Verdict]


def severities(snapshot: Snapshot) -> Severities:
    """How bad each wrong thing is, by kind, host and name."""
    return {(found.kind, found.host, found.name): found.severity for found in findings(snapshot)}


def closing(snapshot: Snapshot, notes: Sequence[str] = (), past: Past = NO_PAST) -> Plain:
    """The notes, then what is wrong, what is doubtful, or that all is well."""
    found = findings(snapshot, past.forecasts)
    rows = [Row((Text(f"{marks.WARN} {safe(note, 2 * TEXT_CELLS)}", "warn"),)) for note in notes]
    for severity, noun in ((Verdict.FAIL, "wrong"), (Verdict.WARN, "warning")):
        some = [one for one in found if one.severity is severity]
        if some:
            rows.append(_listed(snapshot, severity, noun, some, past))
    rows += [] if past.as_it_was else _next(snapshot, found)
    return Plain([Grid(rows if found else [*rows, _well(snapshot)])])


def _next(snapshot: Snapshot, found: Sequence[Finding]) -> list[Row]:
    """What to type next about the first thing that is wrong of which that can be told."""
    wrong = (one for one in found if one.severity is Verdict.FAIL)
    told = next((step for one in wrong if (step := next_step(snapshot, one))), None)
    return [Row((Text(f"{marks.NEXT} {told}", "hint"),))] if told else []


def _listed(
    snapshot: Snapshot, severity: Verdict, noun: str, some: Sequence[Finding], past: Past
) -> Row:
    mark = marks.OF_VERDICT[severity]
    amount = f"{len(some)} {noun}" if noun == "wrong" else plural(len(some), noun)
    names = [marks.glued(named(snapshot, one, past)) for one in some[:_MOST_NAMED]]
    if len(some) > len(names):
        names.append(marks.glued(f"and {len(some) - len(names)} more"))
    head = (f"{mark} {amount.upper()}", marks.style(mark))
    return Row((Text.assemble(head, f": {', '.join(names)}"),))


def _well(snapshot: Snapshot) -> Row:
    if not snapshot.hosts:
        return Row((Text(f"{marks.UNKNOWN} NOTHING TO LOOK AT", marks.style(marks.UNKNOWN)),))
    head = (f"{marks.OK} ALL WELL", marks.style(marks.OK))
    skipped = [safe(host.name) for host in snapshot.hosts if host.state is HostState.UNKNOWN]
    return Row((Text.assemble(head, f"; not asked: {', '.join(skipped)}" if skipped else ""),))


def named(snapshot: Snapshot, found: Finding, past: Past = NO_PAST) -> str:
    """What it is and how it stands, in brief: "radarr exited (137)", "slskd endpoint 502"."""
    name = safe(found.name)
    where = (found.host, found.name)
    match found.kind:
        case "host":
            return f"{name} down"
        case "engine":
            return f"containers of {name} unknown"
        case "service":
            standing = next(it for it in snapshot.services if (it.host, it.name) == where)
            return f"{name} {words.service(standing, brief=True)}"
        case "mount":
            mount = next(it for it in snapshot.mounts if (it.host, it.path) == where)
            return f"{safe(mount.host)}:{name} {words.MOUNT_STATES[mount.state].lower()}"
        case "volume":
            volume = next(it for it in snapshot.volumes if (it.host, it.name) == where)
            return f"{name} {_standing(volume, past)}"
        case _:
            return f"imports of {name} unknown"


def _standing(volume: Volume, past: Past) -> str:
    ahead = past.forecasts.get((volume.host, volume.name))
    used = volume.used_percent
    if used is None:
        return "unknown"
    return f"{percent(used)} used" if is_nearly_full(volume) or not ahead else outlook(ahead)
