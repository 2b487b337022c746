"""The one box every screen is made of: a title in the upper edge, grids or strips inside."""

from collections.abc import Sequence
from typing import Protocol

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from recorder.frozen import frozen
from recorder.render.grid import cropped
from recorder.render.marks import ELLIPSIS, to_ascii

_LEFT, _RIGHT = "  ", " "
_LINES = ("┌", "─", "┐", "│", "└", "┘")
_ASCII_LINES = ("+", "-", "+", "|", "+", "+")


class Part(Protocol):
    """What a box holds: a grid, or anything else that is drawn in lines."""

    def lines(self, width: int, *, ascii_only: bool) -> list[Text]:
        """The lines to draw, each of at most `width` cells."""


@frozen
class Box:
    """A titled box as wide as the console. An empty line is drawn between its parts."""

    title: str
    parts: Sequence[Sequence[Part]]

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        upper_left, across, upper_right, side, lower_left, lower_right = (
            _ASCII_LINES if options.ascii_only else _LINES
        )
        title = _title(self.title, width - 8, ascii_only=options.ascii_only)
        rest = across * (width - 5 - title.cell_len)
        yield Text.assemble(_edge(f"{upper_left}{across} "), title, _edge(f" {rest}{upper_right}"))
        for line in self._lines(width - 2 - len(_LEFT + _RIGHT), ascii_only=options.ascii_only):
            pad = " " * (width - 2 - len(_LEFT) - line.cell_len)
            yield Text.assemble(_edge(side), _LEFT, line, pad, _edge(side))
        yield _edge(lower_left + across * (width - 2) + lower_right)

    def _lines(self, width: int, *, ascii_only: bool) -> list[Text]:
        lines: list[Text] = []
        for part in self.parts:
            if lines:
                lines.append(Text())
            for drawn in part:
                lines.extend(drawn.lines(width, ascii_only=ascii_only))
        return lines


@frozen
class Plain:
    """Grids without a box: header and closing lines."""

    parts: Sequence[Part]

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        for grid in self.parts:
            yield from grid.lines(options.max_width, ascii_only=options.ascii_only)


def _title(title: str, width: int, *, ascii_only: bool) -> Text:
    shown = to_ascii(title) if ascii_only else title
    return cropped(Text(shown, "heading"), width, to_ascii(ELLIPSIS) if ascii_only else ELLIPSIS)


def _edge(line: str) -> Text:
    return Text(line, "frame")
