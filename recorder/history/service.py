"""What became of a service: ended, running again, restarted, re-created, updated, new, gone."""

from datetime import datetime

from recorder.history import image
from recorder.history.told import (
    BAD,
    GOOD,
    INFO,
    RECREATED,
    RESTARTED,
    SEEN_AGAIN,
    UNSEEN,
    Told,
    event,
    times,
)
from recorder.model import Condition, Declared, Health, Service, ServiceState, Transition

RUNNING = str(ServiceState.RUNNING)
OUT_OF_MEMORY = "out of memory"
UNHEALTHY = str(Health.UNHEALTHY)
_UNWANTED = (Declared.PARKED, Declared.STOPPED)
_WITH_CODE = (ServiceState.EXITED, ServiceState.DEAD, ServiceState.RESTARTING)


def told(of: Transition, was: Service | None, now: Service | None) -> Told | None:
    """The transition in words; None when it says nothing to a person."""
    if ServiceState.UNKNOWN in (was and was.state, now and now.state):
        return _unseen(of, was, now)
    if was is None or now is None:
        return _new_or_gone(of, was, now)
    restarts = restarts_between(was, now)
    if _ill(now):
        return _ended(of, was, now, restarts)
    happened, details = _happened(was, now, restarts)
    if happened is None:
        return None
    marked = _marked(was, now, happened)
    return Told(
        event(of, state(was), happened, details, severity=marked),
        _ill(was),
        ill=False,
        restarts=restarts,
        updated=image.changed(was, now),
    )


def state(it: Service) -> str:
    """Its state in a word or two: "running", "unhealthy", "exited (137)"."""
    if it.state is ServiceState.RUNNING and it.health is Health.UNHEALTHY:
        return UNHEALTHY
    with_code = it.state in _WITH_CODE and it.exit_code is not None
    return f"{it.state} ({it.exit_code})" if with_code else str(it.state)


def own_time(now: Service | None) -> datetime | None:
    """When its engine says that it became so; None where it doesn't say."""
    if now is None:
        return None
    return now.started_at if now.state is ServiceState.RUNNING else now.finished_at


def restarts_between(was: Service, now: Service) -> int:
    """How often it started anew in between, as far as its engine tells.

    The engine counts what it restarts itself; the count begins anew with a container, and when a
    person restarts it, which the start time alone tells.
    """
    count, before = now.restart_count or 0, was.restart_count
    if recreated(was, now):
        return count
    if before is not None and count > before:
        return count - before
    if not _later(was.started_at, now.started_at) and not _ended_meanwhile(was, now):
        return 0
    return count + 1 if before is not None and count < before else 1


def _ended_meanwhile(was: Service, now: Service) -> bool:
    """Whether what ran and runs has ended in between, and so started anew: in the same second."""
    ran = was.state is now.state is ServiceState.RUNNING
    first = was.finished_at is None and now.finished_at is not None
    return ran and (first or _later(was.finished_at, now.finished_at))


def recreated(was: Service, now: Service) -> bool:
    """Whether it is another container by the same name."""
    return _later(was.created_at, now.created_at)


def _later(before: datetime | None, after: datetime | None) -> bool:
    """To the second, as the history keeps it."""
    return bool(before and after and int(after.timestamp()) > int(before.timestamp()))


def _ill(it: Service) -> bool:
    return it.state is not ServiceState.RUNNING or it.health is Health.UNHEALTHY


def _severity(it: Service) -> str:
    """Bad where the binding wants it otherwise; an endpoint speaks for itself."""
    wanted = it.declared is Declared.ACTIVE
    absent = it.condition is Condition.EXITED
    return BAD if it.condition is Condition.ERROR or (wanted and absent) else INFO


def _marked(was: Service, now: Service, happened: str) -> str:
    if happened == OUT_OF_MEMORY:
        return BAD
    return GOOD if _ill(was) and now.declared not in _UNWANTED else INFO


def _unseen(of: Transition, was: Service | None, now: Service | None) -> Told:
    """To unknown, or back from it: a matter of its host."""
    hidden = now is not None and now.state is ServiceState.UNKNOWN
    before = state(was) if was else None
    told_of = event(of, before, UNSEEN if hidden else SEEN_AGAIN)
    return Told(told_of, ill_before=False, ill=False, unseen=True)


def _new_or_gone(of: Transition, was: Service | None, now: Service | None) -> Told | None:
    there = now or was
    if there is None:
        return None
    details = [str(Declared.UNDECLARED)] if there.declared is Declared.UNDECLARED else []
    if now is None:
        return Told(event(of, state(there), None, details), _ill(there), ill=False)
    marked = _severity(now) if _ill(now) else INFO
    begun = event(of, None, state(now), [*_why(now), *details], severity=marked)
    return Told(begun, ill_before=False, ill=_ill(now))


def _ended(of: Transition, was: Service, now: Service, restarts: int) -> Told | None:
    updated = image.changed(was, now)
    if state(was) == state(now) and not (restarts or updated or recreated(was, now)):
        return None
    details = [*_why(now), _after(restarts), *_made_anew(was, now)]
    ended = event(of, state(was), state(now), details, severity=_severity(now))
    looping = now.state is ServiceState.RESTARTING
    return Told(ended, _ill(was), ill=True, restarts=restarts, updated=updated, looping=looping)


def _why(it: Service) -> list[str | None]:
    if it.state is ServiceState.RUNNING:
        return []
    return [OUT_OF_MEMORY if it.oom_killed else None, it.error]


def _after(restarts: int) -> str | None:
    if not restarts:
        return None
    return f"after {restarts} restart" + ("s" if restarts > 1 else "")


def _made_anew(was: Service, now: Service) -> list[str | None]:
    if image.changed(was, now):
        return [
            " ".join(part for part in (image.happened(was, now), image.change(was, now)) if part)
        ]
    return [RECREATED] if recreated(was, now) else []


def _happened(was: Service, now: Service, restarts: int) -> tuple[str | None, list[str | None]]:
    """What became of one that runs now and is well, and what more there is to say."""
    again = f"{RUNNING} again"
    if image.changed(was, now):
        return image.happened(was, now), [image.change(was, now), again if _ill(was) else None]
    if was.state is not ServiceState.RUNNING:
        though = f"though {now.declared}" if now.declared in _UNWANTED else None
        return RUNNING, [*_made_anew(was, now), though]
    if recreated(was, now):
        return RECREATED, [_after(restarts)]
    return _stayed(was, now, restarts, again)


def _stayed(
    was: Service, now: Service, restarts: int, again: str
) -> tuple[str | None, list[str | None]]:
    """The same for a container that ran before and runs still."""
    oom = OUT_OF_MEMORY if now.oom_killed and not was.oom_killed else None
    if restarts:
        return f"{RESTARTED} {times(restarts)}".strip(), [oom, again]
    if oom:
        return oom, [f"still {RUNNING}"]
    if _ill(was):
        return str(now.health if now.health is Health.HEALTHY else RUNNING), []
    return None, []
