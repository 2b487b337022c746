"""What a server tells of a site as a whole: its size, and whether every row has its parent."""

from collections.abc import Iterator

from recorder.store.connection import Connection

SIZE = """
SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
"""
REFERENCES = """
SELECT conrelid::regclass::text, child.attname, confrelid::regclass::text, parent.attname
FROM pg_constraint
JOIN pg_attribute AS child ON child.attrelid = conrelid AND child.attnum = conkey[1]
JOIN pg_attribute AS parent ON parent.attrelid = confrelid AND parent.attnum = confkey[1]
WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
ORDER BY 1, 2
"""


def size_bytes(db: Connection) -> int:
    """What a site takes on the server, indices and all."""
    return int(db.scalar(SIZE))


def strays(db: Connection) -> Iterator[str]:
    """A line for each table with rows whose parents are not there. Reads every such row."""
    for table, column, parent, key in list(db.rows(REFERENCES)):
        query = f"""
            SELECT count(*) FROM {table} AS child LEFT JOIN {parent} AS parent
                ON parent.{key} = child.{column}
            WHERE child.{column} IS NOT NULL AND parent.{key} IS NULL"""  # noqa: S608 - its own
        if db.scalar(query):
            yield f"a row of {table} belongs to nothing in {parent}"
