"""What everything is called that ever had a state, by its number."""

from recorder.model import Kind
from recorder.store.connection import Connection
from recorder.store.selecting import place_of
from recorder.store.things import Place

EVERYTHING = """
SELECT entity.id, entity.kind, entity.name, parent.name AS parent_name,
    grandparent.name AS home_name
FROM entity
LEFT JOIN entity AS parent ON parent.id = entity.parent_id
LEFT JOIN entity AS grandparent ON grandparent.id = parent.parent_id"""


def places(db: Connection) -> dict[int, tuple[Kind, Place]]:
    """Kind and place of each thing. There are as many as the stack ever had, not as the days."""
    found = {}
    for row in db.mappings(EVERYTHING):
        kind = Kind(row["kind"])
        found[row["id"]] = (kind, place_of(kind, row))
    return found
