"""Rows that others need, in place of those that could not be read.

Without its parent a row can't be kept, and one lost page may hold the parents of all. What they
were stands in their indexes too; else what hangs on them tells that they were there. What is not
known is NULL, or what is said of a thing that no binding names. The next look puts it right.
"""

import sqlite3
from collections.abc import Mapping

from recorder.model import Kind
from recorder.store.pages import Pages, Tree
from recorder.store.repair import retired

# By index: the row that an entry of it stands for.
FROM_INDEXES: Mapping[str, str] = {
    "entity_identity": """
        INSERT OR IGNORE INTO entity (site_id, kind, parent_id, identity, id, name, position)
        VALUES (?1, ?2, nullif(?3, 0), ?4, ?5, ?4, ?5)""",
    "series_identity": "INSERT OR IGNORE INTO series (entity_id, metric, id) VALUES (?, ?, ?)",
}
FROM_CHILDREN = (
    "INSERT OR IGNORE INTO site (id, name) SELECT DISTINCT site_id, 'home' FROM entity",
    """
    INSERT OR IGNORE INTO definition (id, container, declared)
    SELECT DISTINCT span.definition_id, entity.name, 'undeclared'
    FROM service_span AS span JOIN entity ON entity.id = span.entity_id""",
    """
    INSERT OR IGNORE INTO image (id)
    SELECT DISTINCT image_id FROM service_span WHERE image_id IS NOT NULL""",
)


def replace_lost(new: sqlite3.Connection, pages: Pages, roots: Mapping[str, int]) -> None:
    """Put rows where the children of lost ones look for them; what was read stays as it is."""
    for index, insert in FROM_INDEXES.items():
        if index not in roots:
            continue
        for row in Tree(pages, roots[index]).rows():
            try:
                new.execute(insert, row.values)
            except sqlite3.Error:  # a damaged entry
                continue
    for insert in FROM_CHILDREN:
        new.execute(insert)
    for kind in Kind:
        new.execute(retired(kind))
