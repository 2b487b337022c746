"""What became of a host: down and up, rebooted, its container engine read or not."""

from recorder.history.reasons import why
from recorder.history.told import BAD, INFO, REBOOTED, Told, event, severity
from recorder.model import Host, HostState, Reason, Transition

NO_ENGINE = "engine unreadable"


def told(of: Transition, was: Host | None, now: Host | None) -> Told | None:
    """The transition in words; None when it says nothing to a person."""
    if was is None or now is None:
        return _new_or_gone(of, was, now)
    if HostState.UNKNOWN in (was.state, now.state):
        return None
    before, after = _state(was), _state(now)
    rebooted = _rebooted(was, now)
    gone = _engine_gone(was, now)
    if before == after and _why(was) == _why(now) and not rebooted and not gone:
        return None
    ill_before, ill = before != HostState.UP, after != HostState.UP or gone
    if not ill and not ill_before:
        return Told(event(of, before, REBOOTED), ill_before=False, ill=False, restarts=1)
    details = [_why(now), REBOOTED if rebooted else None]
    shown = NO_ENGINE if gone else after
    marked = severity(ill=ill, ill_before=ill_before)
    return Told(event(of, before, shown, details, severity=marked), ill_before, ill)


def _new_or_gone(of: Transition, was: Host | None, now: Host | None) -> Told | None:
    there = now or was
    if there is None or there.state is HostState.UNKNOWN:
        return None
    if now is None:
        return Told(event(of, _state(there), None), _ill(there), ill=False)
    marked = BAD if _ill(now) else INFO
    told_of = event(of, None, _state(now), [_why(now)], severity=marked)
    return Told(told_of, ill_before=False, ill=_ill(now))


def _state(host: Host) -> str:
    """ "up", "down", and "engine unreadable" for one that is up and tells no containers."""
    return NO_ENGINE if host.state is HostState.UP and _unreadable(host) else str(host.state)


def _ill(host: Host) -> bool:
    return _state(host) != HostState.UP


def _why(host: Host) -> str | None:
    if host.state is HostState.DOWN:
        return why(host.reason, host.detail)
    engine = host.engine
    return why(engine.reason, engine.detail) if engine and _unreadable(host) else None


def _unreadable(host: Host) -> bool:
    """An engine is there and cannot be read; a host without one is well without."""
    engine = host.engine
    return engine is not None and not engine.readable and engine.reason is not Reason.NO_ENGINE


def _engine_gone(was: Host, now: Host) -> bool:
    """It had an engine, and has none any more."""
    had = was.engine is not None and was.engine.readable
    return had and now.engine is not None and now.engine.reason is Reason.NO_ENGINE


def _rebooted(was: Host, now: Host) -> bool:
    """Boot ids are compared where both are known: one that is down tells none."""
    return bool(was.boot_id and now.boot_id and was.boot_id != now.boot_id)
