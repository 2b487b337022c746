"""A damaged SQLite file, read page by page.

What a page holds is read though what leads to it is lost: the pointer map, which an auto-vacuum
file has, tells of every page which page is above it, and so which tree it is of. Pages that are
free in it are never read: what stands there was deleted.

The format, and every offset here: https://www.sqlite.org/fileformat2.html
"""

from collections.abc import Iterator
from enum import IntEnum

from recorder.frozen import frozen
from recorder.store.records import BrokenError, Value, record, varint

PAGE_BYTES = 4096
HEADER_BYTES = 100  # of the file, before the content of its first page
FIRST_MAP, ENTRY_BYTES = 2, 5
MAPPED = PAGE_BYTES // ENTRY_BYTES  # pages that one page of the map tells of: those behind it


class Place(IntEnum):
    """What the map says a page is."""

    ROOT, FREE, OVERFLOW, OVERFLOW_NEXT, BELOW = 1, 2, 3, 4, 5


class Form(IntEnum):
    """What a page of a tree is; a table WITHOUT ROWID is kept as an index is."""

    INNER_INDEX, INNER_TABLE, LEAF_INDEX, LEAF_TABLE = 2, 5, 10, 13


INNER = (Form.INNER_INDEX, Form.INNER_TABLE)
TABLE = (Form.INNER_TABLE, Form.LEAF_TABLE)


@frozen
class Row:
    """A record; `rowid` is None where the tree has none."""

    rowid: int | None
    values: tuple[Value, ...]


class Pages:
    """The pages of one file, numbered from 1."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.count = len(content) // PAGE_BYTES
        self.orphans: dict[int, list[int]] = {}  # of a root: pages the map says are below it
        self.roots = {1}
        self.strays: list[int] = []  # leaves of tables, of which the map says nothing
        for page in range(2, self.count + 1):
            place, _ = self.mapped(page)
            if place is Place.ROOT:
                self.roots.add(page)
            elif place is Place.BELOW:
                self.orphans.setdefault(self._top(page), []).append(page)
            elif place is None and self.content[(page - 1) * PAGE_BYTES] == Form.LEAF_TABLE:
                self.strays.append(page)

    def mapped(self, page: int) -> tuple[Place | None, int]:
        """What the map says of a page, and the page above it; None where it says nothing."""
        index = (page - FIRST_MAP) % (MAPPED + 1)
        if index == 0 or page < FIRST_MAP:
            return None, 0  # a page of the map itself; the file's first page
        at = (page - index - 1) * PAGE_BYTES + (index - 1) * ENTRY_BYTES
        kind, above = self.content[at], int.from_bytes(self.content[at + 1 : at + 5], "big")
        sane = above == 0 if kind in (Place.ROOT, Place.FREE) else 0 < above <= self.count
        return (Place(kind), above) if sane and kind in tuple(Place) else (None, 0)

    def _top(self, page: int) -> int:
        """The root above a page by the map; 0 where it leads nowhere."""
        for _ in range(20):  # deeper than any tree
            place, above = self.mapped(page)
            if place is not Place.BELOW:
                return page if place is Place.ROOT or page == 1 else 0
            page = above
        return 0


class Tree:
    """One tree of a file: its rows, in order while nothing is lost, then what the map finds."""

    def __init__(self, pages: Pages, root: int) -> None:
        self.pages, self.root = pages, root
        self.whole = True  # so far as was read
        self._seen: set[int] = set()

    def rows(self) -> Iterator[Row]:
        yield from self._below(self.root)
        for page in self.pages.orphans.get(self.root, ()):
            if page not in self._seen:
                self.whole = False
                yield from self._below(page)

    def _below(self, page: int) -> Iterator[Row]:
        """The rows of a page and of those below it; a page is read once."""
        if page in self._seen or not 1 <= page <= self.pages.count:
            self.whole = False
            return
        self._seen.add(page)
        at = (page - 1) * PAGE_BYTES
        body = self.pages.content[at : at + PAGE_BYTES]
        head = HEADER_BYTES if page == 1 else 0
        form, cells = body[head], int.from_bytes(body[head + 3 : head + 5], "big")
        inner = form in INNER
        first = head + (12 if inner else 8)
        if form not in tuple(Form) or first + 2 * cells > PAGE_BYTES:
            self.whole = False
            return
        for index in range(first, first + 2 * cells, 2):
            yield from self._cell(page, body, int.from_bytes(body[index : index + 2], "big"))
        if inner:
            yield from self._child(page, body[head + 8 : head + 12])

    def _cell(self, page: int, body: bytes, at: int) -> Iterator[Row]:
        form = body[HEADER_BYTES if page == 1 else 0]
        if form in INNER:
            yield from self._child(page, body[at : at + 4])
            at += 4
        if form == Form.INNER_TABLE:
            return
        try:
            size, at = varint(body, at)
            rowid = None
            if form == Form.LEAF_TABLE:
                rowid, at = varint(body, at)
            yield Row(rowid, record(self._payload(body, at, size, table=rowid is not None)))
        except (BrokenError, IndexError):
            self.whole = False

    def _child(self, page: int, pointer: bytes) -> Iterator[Row]:
        child = int.from_bytes(pointer, "big")
        place, above = self.pages.mapped(child) if child <= self.pages.count else (None, 0)
        if place is None or (place, above) == (Place.BELOW, page):
            yield from self._below(child)
        else:
            self.whole = False

    def _payload(self, body: bytes, at: int, size: int, *, table: bool) -> bytes:
        """A record's bytes; of a long one the rest stands on a chain of other pages."""
        if size > len(self.pages.content):
            raise BrokenError
        most = PAGE_BYTES - 35 if table else (PAGE_BYTES - 12) * 64 // 255 - 23
        if size <= most:
            return body[at : at + size]
        least = (PAGE_BYTES - 12) * 32 // 255 - 23
        here = least + (size - least) % (PAGE_BYTES - 4)
        here = here if here <= most else least
        parts, left = [body[at : at + here]], size - here
        following = int.from_bytes(body[at + here : at + here + 4], "big")
        while left > 0:
            if not 1 < following <= self.pages.count:
                raise BrokenError
            begin = (following - 1) * PAGE_BYTES
            link = self.pages.content[begin : begin + PAGE_BYTES]
            parts.append(link[4 : 4 + left])
            left -= len(parts[-1])
            following = int.from_bytes(link[:4], "big")
        return b"".join(parts)
