"""Which stored thing each sighting is: found, woken, taken over or new.

A fleet's first look is tens of thousands of new things, and one container more moves all behind it
by a place: so statements are made once, and what is new or moved is written many at a time.
"""

from collections.abc import Iterable, Sequence

from recorder.frozen import frozen
from recorder.model import Kind, Service
from recorder.store.connection import Connection
from recorder.store.identity import Key, Sighting
from recorder.store.live import Live
from recorder.store.rows import Definition, text
from recorder.store.tables import insertion

KNOWN = """
    SELECT id FROM entity WHERE site_id = :home AND kind = :kind
        AND ifnull(parent_id, 0) = :parent AND identity = :identity"""
HIGHEST = "SELECT max(id) FROM entity"
NEWER = "SELECT id FROM entity WHERE id > :highest ORDER BY id"
MADE = """
    INSERT INTO entity (site_id, kind, parent_id, identity, name, position)
    VALUES (:site_id, :kind, :parent_id, :identity, :name, :position)"""
MOVE = "UPDATE entity SET name = :name, position = :position WHERE id = :id"
WAKE = "UPDATE entity SET name = :name, position = :position, retired_ts = NULL WHERE id = :id"
RENAME = "UPDATE entity SET identity = :identity, name = :name, position = :position WHERE id = :id"
RETIRE = "UPDATE entity SET retired_ts = :ts WHERE id = :id"


@frozen
class Match:
    """A sighting and the stored thing it is of."""

    sighting: Sighting
    id: int
    live: Live | None  # None: it has no open span, being new or back after it was gone


def site_id(db: Connection, name: str) -> int:
    """The one site, called as the binding calls it now."""
    called = text(name) or ""
    known = db.first("SELECT id, name FROM site")
    if known is None:
        return int(db.scalar(f"{insertion('site', with_key=False)} RETURNING id", {"name": called}))
    if known.name != called:
        db.change("UPDATE site SET name = :name", {"name": called})
    return int(known.id)


def match(
    db: Connection, home: int, seen: Sequence[Sighting], live: Iterable[Live]
) -> tuple[list[Match], list[Live]]:
    """Find every sighting's stored thing; returns them, and the live things nobody sighted."""
    left = {(thing.kind, thing.parent_id, thing.identity): thing for thing in live}
    ids: dict[Key, int] = {}
    matches: list[Match] = []
    moved = []
    fresh: set[int | None] = set()  # the things of which nothing can be known yet
    for kind in Kind:  # parents first
        unmatched: list[tuple[Sighting, int | None]] = []
        new: list[tuple[Sighting, int | None]] = []
        for sighting in seen:
            key = sighting.key
            if key.kind is not kind:
                continue
            parent_id = None if key.parent is None else ids[key.parent]
            found = left.pop((kind, parent_id, key.identity), None)
            if found is None:
                unmatched.append((sighting, parent_id))
                continue
            if (found.name, found.position) != (sighting.name, sighting.position):
                moved.append(_place(sighting, found.id))
            matches.append(Match(sighting, found.id, found))
            ids[key] = found.id
        for sighting, parent_id in unmatched:
            made = None
            if parent_id not in fresh:
                made = _unmatched(db, home, sighting, parent_id, left)
            if made is None:
                new.append((sighting, parent_id))
                continue
            matches.append(made)
            ids[sighting.key] = made.id
        made_now = _made(db, home, new)
        matches += made_now
        ids |= {match.sighting.key: match.id for match in made_now}
        fresh |= {match.id for match in made_now}
    if moved:
        db.change_all(MOVE, moved)
    return matches, list(left.values())


def _place(sighting: Sighting, entity_id: int) -> dict[str, object]:
    return {"id": entity_id, "name": sighting.name, "position": sighting.position}


def _made(db: Connection, home: int, new: Sequence[tuple[Sighting, int | None]]) -> list[Match]:
    """Things that never were before; their ids grow in the order in which they are written."""
    if not new:
        return []
    highest = db.scalar(HIGHEST) or 0
    rows = [
        {
            "site_id": home,
            "parent_id": parent_id,
            "kind": sighting.key.kind.value,
            "identity": sighting.key.identity,
            "name": sighting.name,
            "position": sighting.position,
        }
        for sighting, parent_id in new
    ]
    db.change_all(MADE, rows)
    made = db.rows(NEWER, {"highest": highest})
    return [Match(sighting, row.id, None) for (sighting, _), row in zip(new, made, strict=True)]


def _unmatched(
    db: Connection,
    home: int,
    sighting: Sighting,
    parent_id: int | None,
    left: dict[tuple[Kind, int | None, str], Live],
) -> Match | None:
    """The thing that is back, or goes on under another name; None where it never was."""
    kind, identity = sighting.key.kind, sighting.key.identity
    known = db.scalar(
        KNOWN,
        {"home": home, "kind": kind.value, "parent": parent_id or 0, "identity": identity},
    )
    if known is not None:
        db.change(WAKE, _place(sighting, known))
        return Match(sighting, known, None)
    same = _same_container(sighting, parent_id, left.values())
    if same is not None:
        del left[kind, parent_id, same.identity]
        db.change(RENAME, {**_place(sighting, same.id), "identity": identity})
        return Match(sighting, same.id, same)
    return None


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


def retire(db: Connection, live: Live, ts: int) -> None:
    """Note that a thing is no more."""
    db.change(RETIRE, {"id": live.id, "ts": ts})
