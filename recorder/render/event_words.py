"""What changed in words: an event as one line, and what it brought about as another."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from itertools import groupby

from recorder.frozen import frozen
from recorder.history import told
from recorder.model import Event, Kind
from recorder.render import marks
from recorder.render.safe import TEXT_CELLS, ends, safe
from recorder.render.units import plural

_MOST_NAMED = 6
_LEAST_ALIKE = 3  # as many things of a host that changed alike at once are told as one
_HAPPENED = {
    told.RESTARTED: marks.AGAIN,
    told.REBOOTED: marks.AGAIN,
    told.RECREATED: marks.AGAIN,
    told.UPDATED: marks.NEWER,
    told.ROLLED_BACK: marks.OLDER,
}
_WELL = ("up", "running", "healthy", "ok", "engine readable")
_PLAIN = ("up", "down", "ok", told.UNSEEN)  # of a host or a mount goes without saying
_GLIMPSED = {told.UNSEEN: "no longer seen", told.SEEN_AGAIN: "seen again"}

Clock = Callable[[datetime], str]


@frozen
class Line:
    """One event, or several alike, ready to be laid out."""

    at: datetime
    mark: str
    style: str
    text: str
    was: str | None  # "was running"
    under: str | None  # what it brought with it


def lines(events: Iterable[Event], clock: Clock, shared: Collection[str] = ()) -> list[Line]:
    """A line an event, in their order; `shared` names, on several hosts, are told with theirs."""
    alike: dict[tuple[object, ...], list[Event]] = {}
    for it in events:
        alike.setdefault(_alike(it), []).append(it)
    told_lines = []
    for same in alike.values():
        apart = len(same) < _LEAST_ALIKE or any(_after(it) for it in same)
        if not apart and same[0].kind is Kind.HOST:
            told_lines.append(_hosts(same, clock))
        elif not apart and not any(_under(it) for it in same):
            told_lines.append(_together(same, clock))
        else:
            told_lines.extend(_line(it, _subject(it, shared), clock) for it in same)
    return told_lines


def _alike(it: Event) -> tuple[object, ...]:
    where = None if it.kind is Kind.HOST else it.host
    return it.at, it.kind, where, it.was, it.now, it.detail, it.severity


def _hosts(same: Sequence[Event], clock: Clock) -> Line:
    """Hosts that went or came together, and what they took with them."""
    line = _line(same[0], plural(len(same), "host"), clock)
    brought = _grouped([one for it in same for one in _shown(it)])
    under = "; ".join(filter(None, (_listed(same), brought)))
    return Line(line.at, line.mark, line.style, line.text, line.was, under)


def _together(same: Sequence[Event], clock: Clock) -> Line:
    of = f"{plural(len(same), same[0].kind)} of {safe(same[0].host)}"
    line = _line(same[0], of, clock)
    return Line(line.at, line.mark, line.style, line.text, line.was, _listed(same))


def _line(it: Event, subject: str, clock: Clock) -> Line:
    after = _after(it)
    mark, style = _marked(it, healed=after is not None and after.severity != told.BAD)
    text = f"{subject} {_phrase(it)}{_falls(it)}{_then(it, after, clock)}"
    return Line(it.at, mark, style, text, None if after else _was(it), _under(it))


def _subject(it: Event, shared: Collection[str]) -> str:
    name = ends(it.name)
    if it.kind is Kind.MOUNT:
        return f"{safe(it.host)}:{name}"
    where = f" on {safe(it.host)}" if it.name in shared and it.kind is not Kind.HOST else ""
    return f"{name}{where} endpoint" if it.kind is Kind.ENDPOINT else f"{name}{where}"


def _marked(it: Event, *, healed: bool) -> tuple[str, str]:
    happened = _HAPPENED.get(_what(it))
    if it.severity == told.BAD:
        return (marks.WARN, "warn") if healed else (happened or marks.FAIL, "fail")
    if happened:
        return happened, "plain"
    if it.severity == told.GOOD and _found_ill(it):
        return marks.WARN, "warn"
    return (marks.OK, "ok") if it.severity == told.GOOD else (marks.NOTED, "plain")


def _found_ill(it: Event) -> bool:
    """Whether something it brought with it is ill, and was not healed with it."""
    last = {(one.kind, one.name): one for one in it.consequences}
    return any(one.severity == told.BAD for one in last.values())


def _what(it: Event) -> str:
    """The word for what happened, without how often; its state where nothing else did."""
    now = it.now or ""
    return next((word for word in _HAPPENED if now.startswith(word)), now)


def _phrase(it: Event, *, brief: bool = False) -> str:
    """What became of it: "exited (137), out of memory", "down: timed out", "running again"."""
    head = _head(it)
    if brief or not it.detail:
        return head
    named = _what(it) in (told.UPDATED, told.ROLLED_BACK)
    because = it.kind is not Kind.SERVICE and it.severity == told.BAD
    joint = " " if named or it.detail.startswith(told.BY) else ": " if because else ", "
    return f"{head}{joint}{safe(it.detail, TEXT_CELLS)}"


def _head(it: Event) -> str:
    if it.now is None:
        return "gone"
    if it.now in _GLIMPSED:
        return _GLIMPSED[it.now]
    now = safe(it.now)
    if it.was is None:
        return f"new, {now}"
    again = it.now in _WELL and it.severity == told.GOOD and it.was != "created"
    return f"{now} again" if again else now


def _was(it: Event) -> str | None:
    silent = it.kind is Kind.HOST or it.now is None or _what(it) in _HAPPENED
    if silent or it.was is None or it.was in _PLAIN:
        return None
    return f"was {safe(it.was)}"


def _own(it: Event) -> list[Event]:
    """What became of the same thing afterwards, where its event doesn't say so itself."""
    if _what(it) in (told.RESTARTED, told.REBOOTED):
        return []
    same = (it.kind, it.host, it.name)
    return [
        one for one in it.consequences if (one.kind, one.host, one.name) == same and one.at > it.at
    ]


def _after(it: Event) -> Event | None:
    """How it ended."""
    own = _own(it)
    return own[-1] if own else None


def _falls(it: Event) -> str:
    falls = [one for one in (it, *_own(it)) if one.severity == told.BAD]
    alike = {one.now for one in falls} == {it.now}
    return f" {told.times(len(falls))}" if alike and len(falls) > 1 else ""


def _then(it: Event, after: Event | None, clock: Clock) -> str:
    if after is None:
        return ""
    at = clock(after.at)
    if after.severity != told.BAD:
        return f", {_phrase(after)} {at}"
    return f", last {at}" if after.now == it.now else f", then {_phrase(after)} {at}"


def _under(it: Event) -> str | None:
    """What else it brought about; nothing when that goes without saying."""
    shown = _shown(it)
    if it.kind is not Kind.HOST:
        return "; ".join(_of_thing(one) for one in shown) or None
    return _grouped(shown)


def _shown(it: Event) -> list[Event]:
    """What is told of all that it brought about."""
    last: dict[tuple[Kind, str], Event] = {}
    for one in it.consequences:
        if (one.kind, one.name) != (it.kind, it.name):
            last[one.kind, one.name] = one
    after = _after(it)
    ill = (after or it).severity == told.BAD
    return [one for one in last.values() if _worth_saying(one, last, ill=ill)]


def _grouped(shown: list[Event]) -> str | None:
    """Things of hosts, together with those that ended alike."""
    shown.sort(key=lambda one: (one.severity != told.BAD, _phrase(one, brief=True)))
    groups = groupby(shown, lambda one: (one.severity == told.BAD, _phrase(one, brief=True)))
    return "; ".join(_group([*some], phrase, bad=bad) for (bad, phrase), some in groups) or None


def _worth_saying(one: Event, all_last: dict[tuple[Kind, str], Event], *, ill: bool) -> bool:
    """An endpoint of what is down is down; one that answers again goes without saying."""
    if one.kind is Kind.VOLUME:
        return False
    if one.kind is not Kind.ENDPOINT:
        return True
    service = all_last.get((Kind.SERVICE, one.name))
    explained = service is not None and service.severity == told.BAD
    return one.severity == told.BAD and not ill and not explained


def _of_thing(one: Event) -> str:
    what = "endpoint " if one.kind is Kind.ENDPOINT else ""
    return f"{what}{_phrase(one)}"


def _group(some: Sequence[Event], phrase: str, *, bad: bool) -> str:
    """Things of a host that ended alike: the bad ones by name, others by number."""
    glimpsed = some[0].now in _GLIMPSED
    if bad or (len(some) == 1 and not glimpsed):
        return f"{_listed(some)} {phrase}"
    counts = Counter(one.kind for one in some)
    return f"{', '.join(plural(counts[kind], kind) for kind in Kind if counts[kind])} {phrase}"


def _listed(some: Sequence[Event]) -> str:
    names = [_name(one) for one in some[:_MOST_NAMED]]
    more = len(some) - len(names)
    return ", ".join([*names, *([f"and {more} more"] if more else [])])


def _name(one: Event) -> str:
    name = ends(one.name)
    return f"{name} endpoint" if one.kind is Kind.ENDPOINT else name
