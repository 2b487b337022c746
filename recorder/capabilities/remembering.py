"""Recording a snapshot, and finding what the history adds to it. Loads the store."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from recorder.capabilities.foreseeing import Outlooks, brought_up, foresee
from recorder.capabilities.missing import (
    all_there,
    free_space,
    is_partly_unseen,
    last_free,
    last_known,
    last_seen,
)
from recorder.capabilities.remembered import Keeping, Recalled
from recorder.errors import NoHistoryError, StoreError
from recorder.model import Changes, Event, Kind, Snapshot, Transition
from recorder.render.past import Past
from recorder.store import read
from recorder.store.as_of import as_of, latest
from recorder.store.changes import transitions
from recorder.store.engine import History, opened, stands
from recorder.store.gates import gate_changes
from recorder.store.record import record, rehearse
from recorder.store.retention import tidy
from recorder.store.site import Location, Site

if TYPE_CHECKING:
    from recorder.model.past import Untold
    from recorder.store.values import Moment

OF_SPACE = (Kind.VOLUME,)


def warmed(place: Location, *, record: bool) -> "Callable[[Keeping], Iterator[Recalled | Untold]]":
    """A way to remember, its queries made ready on what is recorded already.

    Nothing is made by that; what can't be opened yet is left for later. Only for a look that will
    be recorded, whose turn it is, an older schema is upgraded.
    """
    store = contextlib.ExitStack()
    engine, outlooks = None, None
    with contextlib.suppress(StoreError):
        if stands(place):
            engine = store.enter_context(opened(place, writing=record))
            before = read.last_look(engine)
            if before:
                read.last_look_by_person(engine)
                read.snapshots_since(engine, before)
                transitions(engine, before)
                as_of(engine, before, OF_SPACE)
                gate_changes(engine, before)
                outlooks = foresee(engine, before)
                rehearse(engine)
    return partial(remember, store, engine, outlooks)


def remember(
    store: contextlib.ExitStack,
    engine: History | None,
    outlooks: Outlooks | None,
    keeping: Keeping,
) -> "Iterator[Recalled | Untold]":
    """Record, where that is asked for, and tell the past; where recording fails, why it did.

    The answer comes first; then what is done behind it, and the file is closed.
    """
    if not keeping.record:
        yield recall(keeping, outlooks)
        return
    try:
        with store:
            engine = engine or store.enter_context(opened(keeping.place))
            if others := _of_others(engine, keeping):
                yield Recalled(trouble=others)
                return
            since = _since(engine, keeping)
            done = record(engine, keeping.snapshot)
            changed = transitions(engine, since) if since else ()
            seen = read.snapshots_since(engine, since) if since else 1
            told = _with_past(engine, keeping, since, changed, seen, outlooks=outlooks)
            notes = (*told.notes, done.note) if done.note else told.notes
            yield replace(told, recorded=True, notes=notes)
            yield from _behind(engine, keeping.snapshot)
    except StoreError as error:
        yield replace(recall(keeping, outlooks), trouble=str(error))


def _of_others(engine: History, keeping: Keeping) -> str | None:
    """Why a look does not belong here, where the history is of other hosts.

    One without a binding, where any host is another; on a server, whose sites are told apart by
    their names alone, one that has no host in common.
    """
    shared = isinstance(keeping.place, Site)
    if not (keeping.unbound or shared):
        return None
    here = {host.name for host in keeping.snapshot.hosts}
    known = read.live_hosts(engine)
    others = [name for name in known if name not in here]
    if not others or (not keeping.unbound and len(others) < len(known)):
        return None
    if shared:
        return (
            f"{keeping.place} is the history of {', '.join(others)}, none of which is in this "
            "look: give this home a site of its own, by `site:` in its binding or ?site= in the URL"
        )
    return (
        f"no binding was found from here, and {keeping.place} is the history of "
        f"{', '.join(others)}; go to the folder of its binding or name that with --root, "
        "or give this machine a history of its own with --db"
    )


def _behind(engine: History, snapshot: Snapshot) -> "Iterator[Untold]":
    """Tell what could still be asked; then tidy away what is past its time.

    Either can wait for the next look.
    """
    from recorder.store.told import untold  # noqa: PLC0415 - behind the answer

    with contextlib.suppress(StoreError):
        yield untold(engine, snapshot)
        tidy(engine)


def recall(keeping: Keeping, outlooks: Outlooks | None = None) -> Recalled:
    """The past of a snapshot that is not recorded; with the trouble, where it can't be read."""
    from recorder.history.net import net  # noqa: PLC0415 - not to record

    try:
        with opened(keeping.place, writing=False) as engine:
            if _of_others(engine, keeping):
                return Recalled()
            since = _since(engine, keeping)
            before = latest(engine)
            now = net(before.snapshot, keeping.snapshot)
            changed = (*transitions(engine, since), *now) if since else ()
            seen = read.snapshots_since(engine, since) + 1 if since else 1
            past = partial(_with_past, engine, keeping, since, changed, seen)
            return past(before=before, outlooks=outlooks)
    except NoHistoryError:
        return Recalled()
    except StoreError as error:
        return Recalled(trouble=str(error))


def _since(engine: History, keeping: Keeping) -> datetime | None:
    if keeping.since is not None:
        return keeping.since
    return read.last_look(engine) if keeping.previous else read.last_look_by_person(engine)


def _with_past(
    engine: History,
    keeping: Keeping,
    since: datetime | None,
    changed: Iterable[Transition],
    snapshots: int,
    *,
    before: "Moment | None" = None,
    outlooks: Outlooks | None = None,
) -> Recalled:
    snapshot, moment = keeping.snapshot, None
    if is_partly_unseen(snapshot):
        moment = before or latest(engine)
    notes: tuple[str, ...] = ()
    try:
        then = as_of(engine, since, OF_SPACE).snapshot if since else None
    except NoHistoryError:
        then, notes = None, ("recording began after that: CHANGES are those since then",)
    asked = keeping.since is not None or keeping.previous
    outlooks = foresee(engine, snapshot.taken_at) if outlooks is None else outlooks
    return Recalled(
        Past(
            changes=Changes(
                since,
                snapshots,
                _folded(engine, [*changed], since, all_there(snapshot, moment)),
                gate_changes(engine, since) if since else (),
            ),
            asked=asked,
            free_then=free_space(then) if then else {},
            last_free=dict(last_free(snapshot, moment)) if moment else {},
            last_known=dict(last_known(snapshot, moment)) if moment else {},
            outlooks=brought_up(outlooks, snapshot),
        ),
        last_seen(snapshot, moment),
        notes=notes,
    )


def _folded(
    engine: History, changed: Sequence[Transition], since: datetime | None, seen: Snapshot
) -> tuple[Event, ...]:
    """What changed, by its causes; what finds those is loaded only where something did."""
    if not changed:
        return ()
    from recorder.history.delta import fold  # noqa: PLC0415 - as above
    from recorder.history.episode import SETTLING  # noqa: PLC0415
    from recorder.store.actions import actions  # noqa: PLC0415

    return fold(changed, seen, actions(engine, since and since - SETTLING))
