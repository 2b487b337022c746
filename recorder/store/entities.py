"""Which stored thing each sighting is: found, woken, taken over or new.

A fleet's first look is tens of thousands of new things, and one container more moves all behind it
by a place: so statements are made once, and what is new or moved is written many at a time.
"""

from collections.abc import Iterable, Sequence

from recorder.frozen import frozen
from recorder.model import Kind, Service
from recorder.store.adding import added
from recorder.store.connection import Connection
from recorder.store.identity import Key, Sighting
from recorder.store.live import Live
from recorder.store.rows import Definition, text
from recorder.store.tables import insertion

KNOWN = """
    SELECT id FROM entity WHERE site_id = :home AND kind = :kind
        AND ifnull(parent_id, 0) = :parent AND identity = :identity"""
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


Unmatched = tuple[Sighting, int | None]  # with what it is on
Left = tuple[Kind, int | None, str]


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
        unmatched: list[Unmatched] = []
        new: list[Unmatched] = []
        for sighting in seen:
            key = sighting.key
            if key.kind is not kind:
                continue
            parent_id = None if key.parent is None else ids[key.parent]
            found = left.pop((kind, parent_id, key.identity), None)
            if found is None:
                (new if parent_id in fresh else unmatched).append((sighting, parent_id))
                continue
            if (found.name, found.position) != (sighting.name, sighting.position):
                moved.append(_place(sighting, found.id))
            matches.append(Match(sighting, found.id, found))
            ids[key] = found.id
        again, others = _found_again(db, home, unmatched, left)
        made = _made(db, home, [*others, *new])
        matches += [*again, *made]
        ids |= {match.sighting.key: match.id for match in (*again, *made)}
        fresh |= {match.id for match in made}
    if moved:
        db.change_all(MOVE, moved)
    return matches, list(left.values())


def _found_again(
    db: Connection, home: int, unmatched: Sequence[Unmatched], left: dict[Left, Live]
) -> tuple[list[Match], list[Unmatched]]:
    """Of sightings of one kind, those of a thing that was before, and the others.

    A thing under another name is looked for among what its host had that nobody sighted, not among
    all that a fleet had; and is `left` no more.
    """
    kinds = {sighting.key.kind for sighting, _ in unmatched}
    strange: dict[int | None, list[Live]] = {}
    for thing in left.values() if kinds else ():
        if thing.kind in kinds:
            strange.setdefault(thing.parent_id, []).append(thing)
    again, others = [], []
    for sighting, parent_id in unmatched:
        made = _unmatched(db, home, sighting, parent_id, strange.get(parent_id, []))
        if made is None:
            others.append((sighting, parent_id))
            continue
        again.append(made)
        if made.live is not None:
            del left[made.live.kind, parent_id, made.live.identity]
    return again, others


def _place(sighting: Sighting, entity_id: int) -> dict[str, object]:
    return {"id": entity_id, "name": sighting.name, "position": sighting.position}


def _made(db: Connection, home: int, new: Sequence[Unmatched]) -> list[Match]:
    """Things that never were before."""
    rows = [
        {
            "site_id": home,
            "parent_id": parent_id,
            "kind": sighting.key.kind.value,
            "identity": sighting.key.identity,
            "name": sighting.name,
            "position": sighting.position,
            "retired_ts": None,
        }
        for sighting, parent_id in new
    ]
    made = added(db, "entity", rows)
    return [Match(sighting, one, None) for (sighting, _), one in zip(new, made, strict=True)]


def _unmatched(
    db: Connection,
    home: int,
    sighting: Sighting,
    parent_id: int | None,
    strange: list[Live],
) -> Match | None:
    """The thing that is back, or goes on under another name; None where it never was.

    `strange`: what its parent had that nobody sighted.
    """
    kind, identity = sighting.key.kind, sighting.key.identity
    known = db.scalar(
        KNOWN,
        {"home": home, "kind": kind.value, "parent": parent_id or 0, "identity": identity},
    )
    if known is not None:
        db.change(WAKE, _place(sighting, known))
        return Match(sighting, known, None)
    same = _same_container(sighting, strange)
    if same is not None:
        strange.remove(same)
        db.change(RENAME, {**_place(sighting, same.id), "identity": identity})
        return Match(sighting, same.id, same)
    return None


def _same_container(sighting: Sighting, strange: Iterable[Live]) -> Live | None:
    """The live service a binding's edit gave another identity: same labels, or same container."""
    service = sighting.thing
    if not isinstance(service, Service):
        return None
    for live in strange:
        known: Definition = live.row["definition_id"]
        labels = (service.project, service.compose_service)
        same_labels = all(labels) and labels == (known.project, known.compose_service)
        if same_labels or service.container == known.container:
            return live
    return None


def retire(db: Connection, live: Live, ts: int) -> None:
    """Note that a thing is no more."""
    db.change(RETIRE, {"id": live.id, "ts": ts})
