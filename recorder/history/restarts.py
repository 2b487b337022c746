"""How often a service was started anew in a window, ended, and got another image: pure.

Between two states that were seen, the engine's own count tells, or the start time. What it did
while its host could not be asked, or when that booted, was its host's doing.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from recorder.frozen import frozen
from recorder.history import image
from recorder.history.service import restarts_between
from recorder.history.window import Window
from recorder.model import Host, Service, ServiceState
from recorder.store.recollection import PastThing

ENDED = (ServiceState.EXITED, ServiceState.DEAD)


@frozen
class Update:
    """Another image."""

    at: datetime
    change: str  # "2.9.6 → 2.10.1"; raw


@frozen
class Starts:
    """What became of a service, or of a host, whose restarts are its boots."""

    restarts: int = 0
    own: int = 0  # of them, those its host had no part in
    exits: int = 0
    updates: tuple[Update, ...] = ()


def boots(host: PastThing, window: Window) -> tuple[datetime, ...]:
    """When a host was first seen after it booted in the window."""
    known, found = None, []
    for span in host.spans:
        boot = span.thing.boot_id if isinstance(span.thing, Host) else None
        if boot and known and boot != known and window.begin < span.begin < window.end:
            found.append(span.begin)
        known = boot or known
    return tuple(found)


def starts(service: PastThing, window: Window, booted: Collection[datetime]) -> Starts:
    """What became of a service; `booted`: when its host was seen to have booted."""
    known: Service | None = None
    hidden = False
    told, updates = Starts(), []
    for span in service.spans:
        now = span.thing if isinstance(span.thing, Service) else None
        if now is not None and now.state is ServiceState.UNKNOWN:
            hidden = True
            continue
        if now is not None and known is not None and span.begin > window.begin:
            count = restarts_between(known, now)
            own = 0 if hidden or span.begin in booted else count
            ended = now.state in ENDED and known.state not in ENDED
            told = replace(
                told,
                restarts=told.restarts + count,
                own=told.own + own,
                exits=told.exits + ended,
            )
            if image.changed(known, now):
                updates.append(Update(span.begin, image.change(known, now) or "another image"))
        known = _completed(now, known) if now else None
        if known and span.begin <= window.begin:
            known = _counting(known, service.restarts_before)
        hidden = False
    more = _since(known, service.restarts_after)
    return replace(told, restarts=told.restarts + more, own=told.own + more, updates=tuple(updates))


def _counting(known: Service, count: int | None) -> Service:
    return known if count is None else replace(known, restart_count=count)


def _completed(now: Service, known: Service | None) -> Service:
    """With what was known before of the container where there is none: its image, its making."""
    if known is None or now.created_at is not None:
        return now
    return replace(
        now,
        image=now.image or known.image,
        image_id=now.image_id or known.image_id,
        image_version=now.image_version or known.image_version,
        created_at=known.created_at,
    )


def _since(known: Service | None, count: int | None) -> int:
    """The restarts of one that its engine is restarting as the window ends."""
    if known is None or count is None or known.state is not ServiceState.RESTARTING:
        return 0
    return max(0, count - (known.restart_count or 0))
