"""What makes a screen whole: lines that fit, boxes that close, nothing a terminal would obey."""

from rich.cells import cell_len

TOP, SIDE, BOTTOM = ("┌", "┐"), ("│", "│"), ("└", "┘")


def flaws(text: str, columns: int = 80) -> list[str]:
    """The lines that break the screen; none when it is whole."""
    lines = text.splitlines()
    wide = [f"wide: {line!r}" for line in lines if cell_len(line) > columns]
    obeyed = [f"obeyed: {line!r}" for line in lines if not line.isprintable()]
    return [*wide, *obeyed, *_open_boxes(lines)]


def _open_boxes(lines: list[str]) -> list[str]:
    flaws, inside = [], 0
    for line in lines:
        edges = (line[:1], line[-1:])
        if edges == TOP and not inside:
            inside = cell_len(line)
        elif inside and edges == BOTTOM and cell_len(line) == inside:
            inside = 0
        elif inside and (edges != SIDE or cell_len(line) != inside):
            flaws.append(f"edge: {line!r}")
        elif not inside and {*edges} & {*TOP, *SIDE, *BOTTOM}:
            flaws.append(f"outside: {line!r}")
    return [*flaws, "a box without a bottom"] if inside else flaws
