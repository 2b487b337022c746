"""Rows of cells in aligned columns: the one way text is laid out on a screen.

The last cell of a row takes the rest of the line and folds under itself; the others set the
columns. Where the width cannot hold the columns, each row becomes one line that folds. No line is
ever wider than asked for.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from rich.cells import cell_len
from rich.text import Span, Text

from recorder.frozen import frozen
from recorder.render.marks import ELLIPSIS, GLUE, to_ascii

_FOLD_INDENT = 2
_WORD = re.compile(r"[^ ]+ *| +")


@frozen
class Row:
    """Cells from left to right. One cell alone is a whole line, and sets no column."""

    cells: tuple[Text, ...]
    indent: int = 0


@frozen
class Grid:
    """Rows that share columns. `gaps`: cells between columns; the last one goes on repeating."""

    rows: Sequence[Row]
    gaps: tuple[int, ...] = (3,)
    first_cells: int = 0  # of the first column, at least
    last_cells: int = 20  # a narrower rest of the line is no column any more
    cut: bool = False  # the last column is cut with an ellipsis, or left out, but not folded
    keep: int = 0  # where set: columns are left out from the right, but for so many; none folds

    def lines(self, width: int, *, ascii_only: bool) -> list[Text]:
        """The lines to draw, each of at most `width` cells."""
        rows = [_in_ascii(row) for row in self.rows] if ascii_only else self.rows
        columns = self._columns(rows)
        if all(self._fits(row, columns, width) for row in rows):
            ellipsis = self._ellipsis(ascii_only=ascii_only)
            drawn = [_in_columns(row, columns, width, ellipsis) for row in rows]
        elif self.keep and max(len(row.cells) for row in rows) > self.keep:
            shorter = [Row(row.cells[:-1] or row.cells, row.indent) for row in rows]
            return replace(self, rows=shorter).lines(width, ascii_only=ascii_only)
        elif self.cut:
            shorter = [Row(row.cells[:-1] or row.cells, row.indent) for row in rows]
            return replace(self, rows=shorter, cut=False).lines(width, ascii_only=ascii_only)
        else:
            drawn = [_on_one_line(row, width) for row in rows]
        return [_unglued(line) for lines in drawn for line in lines]

    def _ellipsis(self, *, ascii_only: bool) -> str:
        """What the last column is cut with; nothing when it is folded."""
        if not self.cut:
            return ""
        return to_ascii(ELLIPSIS) if ascii_only else ELLIPSIS

    def _fits(self, row: Row, columns: Sequence[int], width: int) -> bool:
        *before, last = row.cells
        rest = width - row.indent - sum(columns[: len(before)])
        return not before or rest >= min(last.cell_len, self.last_cells)

    def _columns(self, rows: Sequence[Row]) -> list[int]:
        """The cells each column takes, its gap included."""
        columns: list[int] = []
        for row in rows:
            for place, cell in enumerate(row.cells[:-1]):
                if place == len(columns):
                    columns.append(0 if place else self.first_cells)
                columns[place] = max(columns[place], cell.cell_len)
        last_gap = len(self.gaps) - 1
        return [cells + self.gaps[min(place, last_gap)] for place, cells in enumerate(columns)]


def _in_columns(row: Row, columns: Sequence[int], width: int, ellipsis: str) -> list[Text]:
    *before, last = row.cells
    if not before:
        return _on_one_line(row, width)
    head = Text(" " * row.indent)
    for cell, cells in zip(before, columns, strict=False):
        head.append_text(cell).append(" " * (cells - cell.cell_len))
    room = width - head.cell_len
    if ellipsis:
        return [head + cropped(last, room, ellipsis)]
    first, *others = fold(last, room, room)
    return [head + first, *(Text(" " * head.cell_len) + line for line in others)]


def _on_one_line(row: Row, width: int) -> list[Text]:
    """A row without columns; one that begins with an empty cell goes on below the row before it."""
    text = Text("  ").join(cell for cell in row.cells if cell.plain)
    indent = row.indent if row.cells[0].plain else row.indent + _FOLD_INDENT
    room = width - indent
    first, *others = fold(text, room, room - _FOLD_INDENT)
    hang = " " * (indent + _FOLD_INDENT)
    return [Text(" " * indent) + first, *(Text(hang) + line for line in others)]


def cropped(text: Text, width: int, ellipsis: str) -> Text:
    """The text on one line, cut with an ellipsis where it is too long."""
    line = text.copy()
    if line.cell_len > width:
        line.truncate(max(0, width - len(ellipsis)))
        line.append(ellipsis[:width])
    return line


def fold(text: Text, first: int, others: int) -> list[Text]:
    """The text as lines: the first of at most `first` cells, the others of at most `others`.

    Lines break at spaces; a word longer than a line at its glued spaces, or where the line ends.
    """
    first, others = max(2, first), max(2, others)
    loose = _WORD.sub(lambda word: _loosened(word[0], others), text.plain)
    lines = [*text.divide(_breaks(loose, first, others))]
    for line in lines[:-1]:
        line.plain = line.plain.rstrip(" " + GLUE)
    return lines


def _loosened(word: str, width: int) -> str:
    return word.replace(GLUE, " ") if cell_len(word.rstrip(" ")) > width else word


def _breaks(plain: str, first: int, others: int) -> list[int]:
    """The offsets at which the lines after the first one begin."""
    breaks: list[int] = []
    room = first
    for word in _WORD.finditer(plain):
        if breaks_before := room < cell_len(word[0].rstrip(" ")) and word.start():
            breaks.append(breaks_before)
            room = others
        for offset, char in enumerate(word[0].rstrip(" "), word.start()):
            if room < (cells := cell_len(char)):
                breaks.append(offset)
                room = others
            room -= cells
        room -= len(word[0]) - len(word[0].rstrip(" "))
    return breaks


def _unglued(line: Text) -> Text:
    line.plain = line.plain.replace(GLUE, " ")
    return line


def _in_ascii(row: Row) -> Row:
    return Row(tuple(_ascii_text(cell) for cell in row.cells), row.indent)


def _ascii_text(text: Text) -> Text:
    """The same text in ASCII, each style still on what it was on."""
    pieces = [to_ascii(char) for char in text.plain]
    ends = [0]
    for piece in pieces:
        ends.append(ends[-1] + len(piece))
    spans = [Span(ends[span.start], ends[span.end], span.style) for span in text.spans]
    return Text("".join(pieces), style=text.style, spans=spans)
