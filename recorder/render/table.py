"""Rows of a person's query on a terminal: a table, or records where that is too wide.

Columns of words give way first, folding at spaces; what is as short as a time stays whole.
What still does not fit is shown as records, a line a column, so that nothing is left out.
"""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from recorder.render.grid import fold
from recorder.render.marks import to_ascii
from recorder.render.rows import Row, Value, in_text
from recorder.render.safe import safe

CELL = 400  # cells; a longer value is cut with an ellipsis
GAP = "  "
NULL = "-"
RULE = "─"
_FOLDED_CELLS = 12  # a column of words gets narrower than this only if all it holds does
_WHOLE_CELLS = len("2026-02-16T13:02:00Z")  # a longer word may be broken


def table(
    columns: Sequence[str], rows: Sequence[Row], width: int, *, ascii_only: bool = False
) -> Iterator[str]:
    """The lines to print, without their ends, each of at most `width` cells."""
    names = [safe(name) for name in columns]
    shown = [[cell(value) for value in row] for row in rows]
    if ascii_only:
        names = [to_ascii(name) for name in names]
        shown = [[to_ascii(text) for text in row] for row in shown]
    widths = _widths(names, shown, width)
    rule = "-" if ascii_only else RULE
    if widths is None:
        yield from _records(names, shown, width, rule)
        return
    right = [_numeric(rows, place) for place in range(len(names))]
    yield from _folded(names, widths, right)
    yield GAP.join(rule * cells for cells in widths)
    for row in shown:
        yield from _folded(row, widths, right)


def cell(value: Value) -> str:
    """A value as one harmless line."""
    if value is None:
        return NULL
    return safe(str(in_text(value)), CELL)


def _numeric(rows: Sequence[Row], place: int) -> bool:
    values = [row[place] for row in rows if row[place] is not None]
    return bool(values) and all(isinstance(value, int | float) for value in values)


def _widths(names: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """The cells of each column; None where they don't fit, however words are folded."""
    texts = [[name, *(row[place] for row in rows)] for place, name in enumerate(names)]
    widths = [max(cell_len(text) for text in column) for column in texts]
    least = [_least(column, cells) for column, cells in zip(texts, widths, strict=True)]
    over = sum(widths) + len(GAP) * (len(widths) - 1) - width
    while over > 0:
        spare = [cells - few for cells, few in zip(widths, least, strict=True)]
        if max(spare) <= 0:
            return None
        widest = max(
            (place for place, cells in enumerate(spare) if cells > 0), key=widths.__getitem__
        )
        widths[widest] -= 1
        over -= 1
    return widths


def _least(column: Sequence[str], cells: int) -> int:
    """What a column can be folded to: its longest word, of those that are not broken."""
    words = (cell_len(word) for text in column for word in text.split(" "))
    whole = max((word for word in words if word <= _WHOLE_CELLS), default=0)
    return min(cells, max(whole, _FOLDED_CELLS))


def _folded(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> Iterator[str]:
    cells = [_lines(text, most) for text, most in zip(row, widths, strict=True)]
    for place in range(max(map(len, cells), default=0)):
        pieces = [lines[place] if place < len(lines) else "" for lines in cells]
        padded = (
            " " * (most - cell_len(text)) + text if number else text + " " * (most - cell_len(text))
            for text, most, number in zip(pieces, widths, right, strict=True)
        )
        yield GAP.join(padded).rstrip()


def _lines(text: str, width: int) -> list[str]:
    if cell_len(text) <= width:
        return [text]
    return [line.plain for line in fold(Text(text), width, width)]


def _records(
    names: Sequence[str], rows: Sequence[Sequence[str]], width: int, rule: str
) -> Iterator[str]:
    """A block of lines a row: name and value."""
    most = max((cell_len(name) for name in names), default=0)
    most = min(most, max(1, width // 2))
    for number, row in enumerate(rows, 1):
        yield f"{rule * 2} {number} ".ljust(width, rule)
        for name, text in zip(names, row, strict=True):
            first, *others = _lines(text, max(1, width - most - len(GAP)))
            head = _lines(name, most)[0]
            yield f"{head}{' ' * (most - cell_len(head))}{GAP}{first}".rstrip()
            yield from (f"{' ' * most}{GAP}{line}" for line in others)
