"""Which stored thing each sighting is: found, woken, taken over or new."""

from collections.abc import Iterable, Sequence
from typing import Any

from recorder.frozen import frozen
from recorder.model import Kind, Service
from recorder.store.identity import Key, Sighting
from recorder.store.library import sa
from recorder.store.live import Live
from recorder.store.rows import Definition, text
from recorder.store.tables import entity, site


@frozen
class Match:
    """A sighting and the stored thing it is of."""

    sighting: Sighting
    id: int
    live: Live | None  # None: it has no open span, being new or back after it was gone


def site_id(db: sa.Connection, name: str) -> int:
    """The one site, called as the binding calls it now."""
    called = text(name) or ""
    known = db.execute(sa.select(site.c.id, site.c.name)).first()
    if known is None:
        return _id(db.execute(site.insert().values(name=called)))
    if known.name != called:
        db.execute(site.update().values(name=called))
    return int(known.id)


def match(
    db: sa.Connection, home: int, seen: Sequence[Sighting], live: Iterable[Live]
) -> tuple[list[Match], list[Live]]:
    """Find every sighting's stored thing; returns them, and the live things nobody sighted."""
    left = {(thing.kind, thing.parent_id, thing.identity): thing for thing in live}
    ids: dict[Key, int] = {}
    matches = []
    for kind in Kind:  # parents first
        unmatched = []
        for sighting in seen:
            key = sighting.key
            if key.kind is not kind:
                continue
            parent_id = None if key.parent is None else ids[key.parent]
            found = left.pop((kind, parent_id, key.identity), None)
            if found is None:
                unmatched.append((sighting, parent_id))
                continue
            _keep_name(db, sighting, found)
            matches.append(Match(sighting, found.id, found))
            ids[key] = found.id
        for sighting, parent_id in unmatched:
            made = _unmatched(db, home, sighting, parent_id, left)
            matches.append(made)
            ids[sighting.key] = made.id
    return matches, list(left.values())


def _keep_name(db: sa.Connection, sighting: Sighting, live: Live) -> None:
    if (live.name, live.position) != (sighting.name, sighting.position):
        _change(db, live.id, name=sighting.name, position=sighting.position)


def _unmatched(
    db: sa.Connection,
    home: int,
    sighting: Sighting,
    parent_id: int | None,
    left: dict[tuple[Kind, int | None, str], Live],
) -> Match:
    kind, identity = sighting.key.kind, sighting.key.identity
    known = db.scalar(
        sa.select(entity.c.id).where(
            entity.c.site_id == home,
            entity.c.kind == kind.value,
            sa.func.ifnull(entity.c.parent_id, sa.literal_column("0")) == (parent_id or 0),
            entity.c.identity == identity,
        )
    )
    if known is not None:
        _change(db, known, name=sighting.name, position=sighting.position, retired_ts=None)
        return Match(sighting, known, None)
    same = _same_container(sighting, parent_id, left.values())
    if same is not None:
        del left[kind, parent_id, same.identity]
        _change(db, same.id, identity=identity, name=sighting.name, position=sighting.position)
        return Match(sighting, same.id, same)
    values = {"kind": kind.value, "identity": identity, "name": sighting.name}
    new = entity.insert().values(
        site_id=home, parent_id=parent_id, position=sighting.position, **values
    )
    return Match(sighting, _id(db.execute(new)), None)


def _same_container(sighting: Sighting, parent_id: int | None, left: Iterable[Live]) -> Live | None:
    """The live service a binding's edit gave another identity: same labels, or same container."""
    service = sighting.thing
    if not isinstance(service, Service):
        return None
    for live in left:
        if live.kind is not Kind.SERVICE or live.parent_id != parent_id:
            continue
        known: Definition = live.row["definition_id"]
        labels = (service.project, service.compose_service)
        same_labels = all(labels) and labels == (known.project, known.compose_service)
        if same_labels or service.container == known.container:
            return live
    return None


def retire(db: sa.Connection, live: Live, ts: int) -> None:
    """Note that a thing is no more."""
    _change(db, live.id, retired_ts=ts)


def _change(db: sa.Connection, entity_id: int, **values: Any) -> None:  # noqa: ANN401 - columns
    db.execute(entity.update().where(entity.c.id == entity_id).values(**values))


def _id(result: sa.CursorResult[Any]) -> int:
    key = result.inserted_primary_key
    if key is None:
        raise TypeError(result)
    return int(key[0])
