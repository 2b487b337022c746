"""HOSTS, SERVICES, ENDPOINTS, MOUNTS: each thing's states over time, the worst first."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from rich.cells import cell_len
from rich.text import Text

from recorder.history.retrospect import Account, Retrospect
from recorder.history.standing import Standing, standing
from recorder.history.timeline import Spell, glimpses, tallies
from recorder.model import Kind
from recorder.render import marks
from recorder.render.box import Box
from recorder.render.grid import Grid, Row
from recorder.render.retrospect.figures import available, count, percent
from recorder.render.retrospect.signs import strip
from recorder.render.retrospect.strips import LONGEST_LABEL, Scale, StripRow, Strips
from recorder.render.safe import PATH_CELLS, TEXT_CELLS, safe
from recorder.render.units import duration, moment, plural

TITLES = {
    Kind.HOST: "HOSTS",
    Kind.SERVICE: "SERVICES",
    Kind.ENDPOINT: "ENDPOINTS",
    Kind.MOUNT: "MOUNTS",
}
MOST_ROWS = 12
UNKNOWN_TOLD = 0.01  # a greater share is told
_MARKS = {
    Standing.WELL: marks.OK,
    Standing.AILING: marks.WARN,
    Standing.IDLE: marks.IDLE,
    Standing.DOWN: marks.FAIL,
    Standing.UNKNOWN: marks.UNKNOWN,
}
Labels = Callable[[Account], str]


def shown(of: Retrospect, kind: Kind, *, everything: bool) -> Sequence[Account]:
    """Those of a kind that get a line: with something to tell, the worst, or all."""
    found = of.of(kind)
    return found if everything else [it for it in found if it.telling][:MOST_ROWS]


def labels(of: Retrospect) -> Labels:
    """What each thing is called, however long: with its host only where it must be."""
    names = Counter((it.kind, it.name) for it in of.accounts)
    mounts = Counter(it.host for it in of.of(Kind.MOUNT))

    def label(it: Account) -> str:
        if it.kind is Kind.MOUNT:
            if mounts[it.host] == 1:
                return safe(it.host, TEXT_CELLS)
            return safe(f"{it.host}:{it.name}", PATH_CELLS)
        shared = it.kind is not Kind.HOST and names[it.kind, it.name] > 1
        return safe(f"{it.name}@{it.host}" if shared else it.name, PATH_CELLS)

    return label


def label_cells(of: Retrospect, *, everything: bool) -> int:
    """The cells of the widest label on the screen."""
    label = labels(of)
    rows = (it for kind in TITLES for it in shown(of, kind, everything=everything))
    return min(max((cell_len(label(it)) for it in rows), default=0), LONGEST_LABEL)


def box(of: Retrospect, kind: Kind, scale: Scale, *, everything: bool) -> Box | None:
    """The box of one kind; None where there is none of it."""
    found = of.of(kind)
    if not found:
        return None
    chosen = shown(of, kind, everything=everything)
    label = labels(of)
    parts: list[Strips | Grid] = []
    if chosen:
        parts.append(Strips(scale, [_row(of, it, label(it), scale) for it in chosen], _heads(kind)))
    rest = _rest(found, chosen, kind)
    if rest:
        parts.append(Grid([Row((Text(rest, "quiet"),))]))
    return Box(TITLES[kind], [parts])


def _heads(kind: Kind) -> Sequence[str]:
    again = (marks.AGAIN,) if kind in (Kind.HOST, Kind.SERVICE) else ()
    return ("well", "down", "longest", *again)


def _row(of: Retrospect, it: Account, label: str, scale: Scale) -> StripRow:
    def draw(edges: Sequence[datetime]) -> Text:
        return strip(tallies(it.pieces, of.observed, edges), glimpses(it.pieces, edges))

    mark = mark_of(it)
    return StripRow(
        label,
        draw,
        (
            available(it.tally),
            count(len(it.outages)),
            duration(it.longest_sec) if it.outages else "",
            str(it.starts.restarts or ""),
        ),
        mark,
        "quiet" if mark == marks.NOTED else marks.style(mark),
        _under(it, of, scale),
    )


def mark_of(it: Account) -> str:
    """How it stood when the window ended."""
    return marks.NOTED if it.newest is None else _MARKS[standing(it.newest)]


def _under(it: Account, of: Retrospect, scale: Scale) -> str | None:
    """What a figure can't say: what lasts, and what came or went."""
    told = []
    if it.lasting:
        since = _since(it.lasting, of, scale)
        told.append(f"{safe(it.lasting.words[-1], TEXT_CELLS)} {since}")
    if it.ailments:
        ill = ", ".join(dict.fromkeys(one for spell in it.ailments for one in spell.words))
        some = f"for {duration(it.tally.ailing_sec)}"
        long = some if it.tally.ailing_sec else _since(it.ailments[-1], of, scale)
        told.append(f"{safe(ill, TEXT_CELLS)} {long}")
    if it.telling and it.tally.unknown >= UNKNOWN_TOLD:
        told.append(f"unknown for {_unknown(it)} of the time")
    if it.new_at:
        told.append(f"new {moment(it.new_at, of.window.end, scale.zone)}")
    if it.gone_at:
        told.append(f"gone {moment(it.gone_at, of.window.end, scale.zone)}")
    return ", ".join(told) or None


def _since(it: Spell, of: Retrospect, scale: Scale) -> str:
    """Since when it lasts, or when it was glimpsed."""
    at = moment(it.begin, of.window.end, scale.zone)
    if it.before:
        return f"from before {at}"
    return f"since {at}" if it.lasting else f"at {at}"


def _unknown(it: Account) -> str:
    return percent(it.tally.unknown_sec, it.tally.seen_sec)


def _stood(it: Account, how: Standing) -> bool:
    """Whether any look saw it so."""
    return any(piece.standing is how for piece in it.pieces)


def _rest(found: Sequence[Account], chosen: Sequence[Account], kind: Kind) -> str:
    """Those that have no line of their own: "31 services were well throughout"."""
    lines = {id(it) for it in chosen}
    left = [it for it in found if id(it) not in lines]
    worse = sum(it.telling for it in left)
    quiet = [it for it in left if not it.telling]
    well = sum(_stood(it, Standing.WELL) for it in quiet)
    idle = sum(_stood(it, Standing.IDLE) and not _stood(it, Standing.WELL) for it in quiet)
    unseen = len(quiet) - well - idle
    told = []
    if worse:
        told.append(f"{worse} more had less to tell: --all")
    if well:
        told.append(f"{plural(well, kind)} {'was' if well == 1 else 'were'} well throughout")
    if idle:
        told.append(f"{idle} idle")
    if unseen:
        told.append(f"{unseen} never seen")
    dark = [it for it in found if not it.telling and 0 < it.tally.unknown < 1]
    if dark:
        worst = max(dark, key=lambda it: it.tally.unknown)
        told.append(f"unknown for up to {_unknown(worst)} of the time")
    return ", ".join(told)
