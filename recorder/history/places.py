"""What became of an endpoint, a mount, a volume."""

from recorder.history.reasons import why
from recorder.history.told import SEEN_AGAIN, UNSEEN, Told, event, severity
from recorder.model import (
    Endpoint,
    EndpointState,
    Mount,
    MountState,
    Reason,
    Transition,
    Volume,
    VolumeState,
)

MOUNT_STATES = {
    MountState.MISSING: "not mounted",
    MountState.WRONG_SOURCE: "wrong source",
    MountState.WRONG_MODE: "wrong mode",
}
_ANSWERS = (MountState.OK, MountState.SLOW)


def endpoint_told(of: Transition, was: Endpoint | None, now: Endpoint | None) -> Told | None:
    """A health URL's transition in words; None when it says nothing to a person."""
    if EndpointState.UNKNOWN in (was and was.state, now and now.state):
        return _unseen(of, hidden=bool(now and now.state is EndpointState.UNKNOWN))
    before, after = _answer(was), _answer(now)
    if was and now and (before, was.reason) == (after, now.reason):
        return None
    ill_before, ill = _failed(was), _failed(now)
    marked = severity(ill=ill, ill_before=ill_before and now is not None)
    said = now.reason is not Reason.HTTP_STATUS if now else False
    details = [why(now.reason, now.detail)] if now and ill and said else []
    return Told(event(of, before, after, details, severity=marked), ill_before, ill)


def _answer(it: Endpoint | None) -> str | None:
    """What it answered in a word or two: "ok", "failed (502)"."""
    if it is None:
        return None
    by_status = it.state is EndpointState.FAILED and it.http_status is not None
    return f"{it.state} ({it.http_status})" if by_status else str(it.state)


def _failed(it: Endpoint | None) -> bool:
    return it is not None and it.state is EndpointState.FAILED


def mount_told(of: Transition, was: Mount | None, now: Mount | None) -> Told | None:
    """A mount's transition in words; None when it says nothing to a person."""
    path = of.name
    if MountState.UNKNOWN in (was and was.state, now and now.state):
        return _unseen(of, hidden=bool(now and now.state is MountState.UNKNOWN), path=path)
    before, after = _state(was), _state(now)
    source = _moved(was, now)
    if was and now and before == after and not source:
        return None
    ill_before, ill = _broken(was), _broken(now)
    marked = severity(ill=ill, ill_before=ill_before and now is not None)
    details = [why(now.reason, now.detail) if now and ill else None, source]
    told_of = event(of, before, after, details, severity=marked)
    return Told(told_of, ill_before, ill, path=path)


def _state(it: Mount | None) -> str | None:
    return MOUNT_STATES.get(it.state, str(it.state)) if it else None


def _broken(it: Mount | None) -> bool:
    return it is not None and it.state not in _ANSWERS


def _moved(was: Mount | None, now: Mount | None) -> str | None:
    """Another source or mode under the same path."""
    if not was or not now:
        return None
    for before, after in ((was.source, now.source), (was.mode, now.mode)):
        if before and after and before != after:
            return f"{before} → {after}"
    return None


def volume_told(of: Transition, was: Volume | None, now: Volume | None) -> Told | None:
    """A volume is known or not, and that is a matter of its mount; it can be new, or gone."""
    path = now.path if now else was.path if was else None
    before, after = str(was.state) if was else None, str(now.state) if now else None
    unknown = str(VolumeState.UNKNOWN)
    if unknown in (before, after):
        return _unseen(of, hidden=after == unknown, path=path)
    if was and now:
        return None
    return Told(event(of, before, after), ill_before=False, ill=False, path=path)


def _unseen(of: Transition, *, hidden: bool, path: str | None = None) -> Told:
    told_of = event(of, None, UNSEEN if hidden else SEEN_AGAIN)
    return Told(told_of, ill_before=False, ill=False, unseen=True, path=path)
