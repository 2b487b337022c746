"""Recording a snapshot, and finding what the history adds to it. Loads the store."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from recorder.capabilities.foreseeing import Outlooks, brought_up, foresee
from recorder.capabilities.remembered import Keeping, Remembered
from recorder.errors import NoHistoryError, StoreError
from recorder.history.delta import fold
from recorder.history.episode import SETTLING
from recorder.history.net import net
from recorder.model import (
    Changes,
    Host,
    HostState,
    Kind,
    Reason,
    Service,
    ServiceState,
    Snapshot,
    Transition,
    Volume,
    VolumeState,
)
from recorder.render.past import Past, Place, Reading
from recorder.store import read
from recorder.store.actions import actions
from recorder.store.as_of import as_of, latest
from recorder.store.changes import transitions
from recorder.store.engine import History, opened
from recorder.store.gates import gate_changes
from recorder.store.record import record, rehearse
from recorder.store.retention import tidy
from recorder.store.values import Moment

if TYPE_CHECKING:
    from recorder.model.past import Untold

OF_SPACE = (Kind.VOLUME,)


def warmed(path: Path, *, record: bool) -> "Callable[[Keeping], Iterator[Remembered | Untold]]":
    """A way to remember, its queries made ready on what is recorded already.

    Nothing is made by that; what can't be opened yet is left for later. Only for a look that will
    be recorded, whose turn it is, an older schema is upgraded.
    """
    store = contextlib.ExitStack()
    engine, outlooks = None, None
    if path.exists():
        with contextlib.suppress(StoreError):
            engine = store.enter_context(opened(path, writing=record))
            before = read.last_look(engine)
            if before:
                read.last_look_by_person(engine)
                read.snapshots_since(engine, before)
                transitions(engine, before)
                as_of(engine, before, OF_SPACE)
                gate_changes(engine, before)
                outlooks = foresee(engine, before)
                rehearse(engine)
    return partial(_remember, store, engine, outlooks)


def _remember(
    store: contextlib.ExitStack,
    engine: History | None,
    outlooks: Outlooks | None,
    keeping: Keeping,
) -> "Iterator[Remembered | Untold]":
    """Record, where that is asked for, and tell the past; where recording fails, why it did.

    The answer comes first; then what is done behind it, and the file is closed.
    """
    if not keeping.record:
        yield recall(keeping, outlooks)
        return
    try:
        with store:
            engine = engine or store.enter_context(opened(keeping.path))
            if others := _of_others(engine, keeping):
                yield Remembered(keeping.snapshot, trouble=others)
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
    """Why a look without a binding does not belong here, where the history is of other hosts."""
    if not keeping.unbound:
        return None
    here = {host.name for host in keeping.snapshot.hosts}
    others = [name for name in read.live_hosts(engine) if name not in here]
    if not others:
        return None
    return (
        f"no binding was found from here, and {keeping.path} is the history of "
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


def recall(keeping: Keeping, outlooks: Outlooks | None = None) -> Remembered:
    """The past of a snapshot that is not recorded; with the trouble, where it can't be read."""
    try:
        with opened(keeping.path, writing=False) as engine:
            if _of_others(engine, keeping):
                return Remembered(keeping.snapshot)
            since = _since(engine, keeping)
            now = net(latest(engine).snapshot, keeping.snapshot)
            changed = (*transitions(engine, since), *now) if since else ()
            seen = read.snapshots_since(engine, since) + 1 if since else 1
            return _with_past(engine, keeping, since, changed, seen, outlooks=outlooks)
    except NoHistoryError:
        return Remembered(keeping.snapshot)
    except StoreError as error:
        return Remembered(keeping.snapshot, trouble=str(error))


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
    outlooks: Outlooks | None = None,
) -> Remembered:
    snapshot, moment = keeping.snapshot, None
    if _is_partly_unseen(snapshot):
        moment = latest(engine)
    notes: tuple[str, ...] = ()
    try:
        then = as_of(engine, since, OF_SPACE).snapshot if since else None
    except NoHistoryError:
        then, notes = None, ("recording began after that: CHANGES are those since then",)
    asked = keeping.since is not None or keeping.previous
    told = [*changed]
    done = actions(engine, since and since - SETTLING) if told else ()
    outlooks = foresee(engine, snapshot.taken_at) if outlooks is None else outlooks
    return Remembered(
        with_last_seen(snapshot, moment),
        Past(
            changes=Changes(
                since,
                snapshots,
                fold(told, _all_there(snapshot, moment), done),
                gate_changes(engine, since) if since else (),
            ),
            asked=asked,
            free_then=free_space(then) if then else {},
            last_free=dict(_last_free(snapshot, moment)) if moment else {},
            last_known=dict(_last_known(snapshot, moment)) if moment else {},
            outlooks=brought_up(outlooks, snapshot),
        ),
        notes=notes,
    )


def _all_there(snapshot: Snapshot, moment: Moment | None) -> Snapshot:
    """The picture with those containers, too, that only an engine that can't be read would name."""
    if moment is None:
        return snapshot
    hidden = {host.name for host in snapshot.hosts if _hides_containers(host)}
    named = {(service.host, service.name) for service in snapshot.services}
    more = (
        service
        for service in moment.snapshot.services
        if service.host in hidden and (service.host, service.name) not in named
    )
    return replace(snapshot, services=(*snapshot.services, *more))


def _hides_containers(host: Host) -> bool:
    """Whether it has an engine that can't be read; one without an engine hides none."""
    engine = host.engine
    unread = engine is not None and not engine.readable and engine.reason is not Reason.NO_ENGINE
    return host.state is not HostState.UP or unread


def _is_partly_unseen(snapshot: Snapshot) -> bool:
    """Whether there is anything of which the history may know more."""
    return (
        any(_hides_containers(host) for host in snapshot.hosts)
        or any(service.state is ServiceState.UNKNOWN for service in snapshot.services)
        or any(volume.state is VolumeState.UNKNOWN for volume in snapshot.volumes)
    )


def with_last_seen(snapshot: Snapshot, moment: Moment | None) -> Snapshot:
    """The snapshot, each host that is not up with when it was last seen."""
    seen = {host.name: host.last_seen for host in moment.snapshot.hosts} if moment else {}

    def known(host: Host) -> Host:
        at = snapshot.taken_at if host.state is HostState.UP else seen.get(host.name)
        return replace(host, last_seen=at)

    return replace(snapshot, hosts=tuple(known(host) for host in snapshot.hosts))


def recall_moment(path: Path, at: datetime, zone: tzinfo) -> Remembered:
    """The stack as it was at a time, from the history alone. Raises StoreError."""
    with opened(path, writing=False) as engine:
        moment = as_of(engine, at)
        snapshot = moment.snapshot
        outlooks = brought_up(foresee(engine, snapshot.taken_at), snapshot)
    past = Past(
        as_it_was=True,
        last_free=dict(_last_free(snapshot, moment)),
        last_known=dict(_last_known(snapshot, moment)),
        outlooks=outlooks,
    )
    asked, seen = (f"{time.astimezone(zone):%Y-%m-%d %H:%M:%S}" for time in (at, snapshot.taken_at))
    notes = [f"as it was at {asked}: what the snapshot of {seen} saw"]
    if moment.gap:
        end = moment.gap.end
        until = f"until {end.astimezone(zone):%Y-%m-%d %H:%M:%S}" if end else "since then"
        notes.append(f"nobody looked {until}: what happened in between is not known")
    return Remembered(snapshot, past, recorded=True, notes=tuple(notes))


def free_space(snapshot: Snapshot) -> dict[Place, int]:
    """The free bytes of each volume whose space is known."""
    return {
        (volume.host, volume.name): volume.free_bytes
        for volume in snapshot.volumes
        if volume.free_bytes is not None
    }


def _last_free(snapshot: Snapshot, moment: Moment) -> Iterator[tuple[Place, Reading]]:
    known = free_space(moment.snapshot)
    readings = {place: Reading(moment.snapshot.taken_at, free) for place, free in known.items()}
    for last in moment.last_known:
        if isinstance(last.thing, Volume) and last.thing.free_bytes is not None:
            readings[last.host, last.name] = Reading(last.seen_at, last.thing.free_bytes)
    for volume in snapshot.volumes:
        place = (volume.host, volume.name)
        if volume.state is VolumeState.UNKNOWN and place in readings:
            yield place, readings[place]


def _last_known(snapshot: Snapshot, moment: Moment) -> Iterator[tuple[str, Snapshot]]:
    """By host whose containers are unknown: the last snapshot that saw them."""
    for host in snapshot.hosts:
        unknown = [s for s in snapshot.on(host.name) if s.state is ServiceState.UNKNOWN]
        if not unknown:
            continue
        services = [s for s in moment.snapshot.on(host.name) if s.state is not ServiceState.UNKNOWN]
        at = moment.snapshot.taken_at
        for last in moment.last_known:
            if isinstance(last.thing, Service) and last.host == host.name:
                services.append(last.thing)
                at = min(at, last.seen_at)
        if services:
            yield host.name, replace(moment.snapshot, taken_at=at, services=tuple(services))
