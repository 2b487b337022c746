"""What became of a host: down and up, rebooted, its container engine read or not."""

from typing import NamedTuple

from recorder.history.reasons import why
from recorder.history.told import BAD, INFO, REBOOTED, Told, event, severity
from recorder.model import Host, HostState, Reason, Transition

UNREADABLE = "engine unreadable"
NO_ENGINE = "without its container engine"
READABLE = "engine readable"
SILENT = {Reason.TIMEOUT, Reason.NO_ROUTE}


class _Standing(NamedTuple):
    state: str
    reason: Reason | None = None
    detail: str | None = None

    @property
    def ill(self) -> bool:
        return self.state != HostState.UP

    @property
    def why(self) -> str | None:
        return why(self.reason, self.detail)


def told(of: Transition, was: Host | None, now: Host | None) -> Told | None:
    """The transition in words; None when it says nothing to a person."""
    before = _standing(was) if was else None
    after = _standing(now) if now else None
    if HostState.UNKNOWN in (before and before.state, after and after.state):
        return None
    if before is None or after is None:
        return _new_or_gone(of, before, after)
    return _engine_came_or_went(of, was, now) or _changed(
        of, before, after, rebooted=_rebooted(was, now)
    )


def _engine_came_or_went(of: Transition, was: Host | None, now: Host | None) -> Told | None:
    if _lost_its_engine(was, now):
        return Told(
            event(of, str(HostState.UP), NO_ENGINE, severity=BAD), ill_before=False, ill=True
        )
    if _lost_its_engine(now, was):
        return Told(event(of, str(HostState.UP), READABLE), ill_before=True, ill=False)
    return None


def _changed(of: Transition, before: _Standing, after: _Standing, *, rebooted: bool) -> Told | None:
    if (before[:2] == after[:2] or _silent_either_way(before, after)) and not rebooted:
        return None
    if rebooted and not after.ill and not before.ill:
        return Told(event(of, before.state, REBOOTED), ill_before=False, ill=False, restarts=1)
    marked = severity(ill=after.ill, ill_before=before.ill)
    details = [after.why, REBOOTED if rebooted else None]
    now = READABLE if before.state == UNREADABLE and not after.ill else after.state
    told_of = event(of, before.state, now, details, severity=marked)
    return Told(told_of, before.ill, after.ill)


def _silent_either_way(before: _Standing, after: _Standing) -> bool:
    """Whether it is down still, only the network words its silence in another way."""
    down = before.state == after.state == HostState.DOWN
    return down and {before.reason, after.reason} <= SILENT


def _new_or_gone(of: Transition, before: _Standing | None, after: _Standing | None) -> Told | None:
    if after:
        begun = event(of, None, after.state, [after.why], severity=BAD if after.ill else INFO)
        return Told(begun, ill_before=False, ill=after.ill)
    if before:
        return Told(event(of, before.state, None), before.ill, ill=False)
    return None


def _standing(host: Host) -> _Standing:
    """How a host stands; one without an engine is well without."""
    if host.state is not HostState.UP:
        return _Standing(str(host.state), host.reason, host.detail)
    engine = host.engine
    if engine and not engine.readable and engine.reason is not Reason.NO_ENGINE:
        return _Standing(UNREADABLE, engine.reason, engine.detail)
    return _Standing(str(HostState.UP))


def _lost_its_engine(was: Host | None, now: Host | None) -> bool:
    had = bool(was and was.engine and was.engine.readable)
    return had and bool(now and now.engine and now.engine.reason is Reason.NO_ENGINE)


def _rebooted(was: Host | None, now: Host | None) -> bool:
    """Boot ids are compared where both are known: one that is down may tell none."""
    before, after = was and was.boot_id, now and now.boot_id
    return bool(before and after and before != after)
