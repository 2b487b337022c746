"""A table of strips: of each thing a mark, its name, its state over time, and a few figures.

All tables of a screen share one scale. Where a line is narrow, figures are left out from the right
before the strip gets too short to be read. How much of the time a thing was well goes last, after
the strip was made shorter and names were cut.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo

from rich.cells import cell_len
from rich.text import Text

from recorder.frozen import frozen
from recorder.history.window import Window
from recorder.render.grid import cropped, fold
from recorder.render.marks import ELLIPSIS, UNDER, to_ascii
from recorder.render.retrospect.scale import axis, edges, sign_sec
from recorder.render.safe import ends

_MARK, _GAP = 2, 2
LONGEST_LABEL = 20
_SHORTEST_STRIP, _LONGEST_STRIP = 14, 72
_LEAST_STRIP = 7  # beside how much of the time it was well
_SHORTEST_LABEL = 6
COLUMNS = (("well", 9), ("down", 6), ("longest", 9), ("\N{CLOCKWISE OPEN CIRCLE ARROW}", 4))


@frozen
class StripRow:
    """One thing: `draw` gives its strip for the edges between signs."""

    label: str
    draw: Callable[[Sequence[datetime]], Text]
    figures: Sequence[str]
    mark: str = " "
    style: str = "plain"
    under: str | None = None  # a line below


@frozen
class Scale:
    """What the tables of one screen share."""

    window: Window
    zone: tzinfo
    label_cells: int

    def strip_cells(self, width: int) -> tuple[int, int, int]:
        """The cells of a label and of the longest strip, and how many figures stand beside."""
        for figures in range(len(COLUMNS), 0, -1):
            taken = _MARK + _GAP + sum(cells for _, cells in COLUMNS[:figures])
            room = width - taken - self.label_cells
            if room >= _SHORTEST_STRIP:
                return self.label_cells, min(room, _LONGEST_STRIP), figures
        room = width - _MARK - _GAP - COLUMNS[0][1]  # how much of the time it was well stays
        label = min(self.label_cells, room - _LEAST_STRIP)
        if label >= _SHORTEST_LABEL:
            return label, room - label, 1
        label = max(_SHORTEST_LABEL, width // 3)
        return label, max(1, width - _MARK - _GAP - label), 0

    def edges(self, width: int) -> list[datetime]:
        """Where the signs of a strip on a line so wide begin and end."""
        _, cells, _ = self.strip_cells(width)
        return edges(self.window, sign_sec(self.window, cells))


@frozen
class Strips:
    """Rows on a scale, with a line of times above them."""

    scale: Scale
    rows: Sequence[StripRow]
    heads: Sequence[str] = tuple(name for name, _ in COLUMNS)

    def lines(self, width: int, *, ascii_only: bool) -> list[Text]:
        """The lines to draw, each of at most `width` cells."""
        label, _, figures = self.scale.strip_cells(width)
        cells = self.scale.edges(width)
        times = Text(axis(self.scale.window, cells, self.scale.zone))
        head = StripRow("", lambda _: times, self.heads)
        lines = []
        for row in (head, *self.rows):
            line = Text.assemble((row.mark, row.style), " ")
            line.append_text(_fitted(row.label, label, ascii_only=ascii_only))
            line.append(" " * _GAP)
            line.append_text(_padded(row.draw(cells), len(cells) - 1))
            for shown, (_, room) in zip(row.figures, COLUMNS[:figures], strict=False):
                line.append(f"{' ' * (room - cell_len(shown))}{shown}")
            if row is head:
                line.stylize("quiet")
            lines.append(line)
            if row.under:
                lines.extend(_under(row.under, width))
        drawn = [_in_ascii(line) if ascii_only else line for line in lines]
        ellipsis = to_ascii(ELLIPSIS) if ascii_only else ELLIPSIS
        return [_stripped(cropped(line, width, ellipsis)) for line in drawn]


def _under(text: str, width: int) -> list[Text]:
    """A line below a row, folded under itself."""
    head = Text.assemble("  ", (UNDER, "quiet"), " ")
    first, *others = fold(Text(text), width - head.cell_len, width - head.cell_len)
    hang = " " * head.cell_len
    return [Text.assemble(head, first), *(Text.assemble(hang, line) for line in others)]


def _fitted(label: str, cells: int, *, ascii_only: bool) -> Text:
    shown = to_ascii(label) if ascii_only else label
    return _padded(Text(ends(shown, cells, to_ascii(ELLIPSIS) if ascii_only else ELLIPSIS)), cells)


def _padded(text: Text, cells: int) -> Text:
    line = text.copy()
    line.append(" " * (cells - line.cell_len))
    return line


def _stripped(line: Text) -> Text:
    line.rstrip()
    return line


def _in_ascii(line: Text) -> Text:
    """In ASCII, a cell for a cell, so that columns stay."""
    made = Text(style=line.style)
    for place, char in enumerate(line.plain):
        piece = to_ascii(char)
        styles = [span.style for span in line.spans if span.start <= place < span.end]
        made.append(piece, styles[-1] if styles else None)
    return made
