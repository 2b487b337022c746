r"""Text from outside, made fit for a line of a screen. It is data: shown, never obeyed.

A control character, terminal escape, line break, bidirectional override or other invisible
character is shown as its code (`\x1b`, `\n`, `\u202e`). What comes out is one line, measures the
sum of its characters' cells, and holds nothing that changes how its neighbours are drawn.
"""

import unicodedata
from collections.abc import Iterable

from rich.cells import cell_len

from recorder.render.marks import ELLIPSIS

NAME_CELLS = 32
TEXT_CELLS = 160
PATH_CELLS = 2000

_DELETE = 0x7F
_TURNS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SHOWN_AS_CODE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SPACE = "Zs"
_MARKS_A_BASE = 2  # accents above one another; more would paint over other lines

# They pick another drawing of the character before them, and with it another width.
_SELECTORS = {
    *range(0x180B, 0x180E),
    0x180F,
    *range(0xFE00, 0xFE10),
    *range(0x1F3FB, 0x1F400),
    *range(0xE0100, 0xE01F0),
}
_DROPPED = dict.fromkeys(_SELECTORS)


def safe(text: str, limit: int = NAME_CELLS) -> str:
    """The text as one harmless line of at most `limit` cells, cut with an ellipsis."""
    head = text[: limit * (1 + _MARKS_A_BASE) + 1]
    pieces = _pieces(unicodedata.normalize("NFC", head.translate(_DROPPED)))
    cells = [cell_len(piece) for piece in pieces]
    if len(head) == len(text) and sum(cells) <= limit:
        return "".join(pieces)
    room, kept = limit - cell_len(ELLIPSIS), 0
    for piece_cells in cells:
        if piece_cells > room:
            break
        room, kept = room - piece_cells, kept + 1
    return "".join((*pieces[:kept], ELLIPSIS))


def ends(text: str, limit: int = NAME_CELLS, ellipsis: str = ELLIPSIS) -> str:
    """As `safe`, but a long text loses its middle: paths that begin alike end differently."""
    shown = safe(text, PATH_CELLS)
    if cell_len(shown) <= limit:
        return shown
    room = limit - cell_len(ellipsis)
    head = _first(shown, room - room // 2)
    tail = _first(reversed(shown), room // 2)[::-1]
    while tail and not cell_len(tail[0]):
        tail = tail[1:]  # an accent, and what it stood on is left out
    return f"{head}{ellipsis[:limit]}{tail}"


def _first(chars: Iterable[str], room: int) -> str:
    """As many as fit into so many cells."""
    kept = ""
    for char in chars:
        room -= cell_len(char)
        if room < 0:
            break
        kept += char
    return kept


def _pieces(text: str) -> list[str]:
    """What is shown for each character; a piece is kept or cut as a whole."""
    pieces: list[str] = []
    marks = _MARKS_A_BASE  # a mark with nothing to stand on is shown as its code
    for char in text:
        category = unicodedata.category(char)
        if category in _SHOWN_AS_CODE:
            pieces.append(code(char))
            marks = _MARKS_A_BASE
        elif category == _SPACE:
            pieces.append(" ")
            marks = _MARKS_A_BASE
        elif cell_len(char):
            pieces.append(char)
            marks = 0
        else:
            pieces.append(char if marks < _MARKS_A_BASE else code(char))
            marks += 1
    return pieces


def code(char: str) -> str:
    r"""A character's code as Python writes it: `\x1b`, `\n`, `\u202e`."""
    return char.encode("unicode_escape").decode("ascii")


# What acts where it is printed, by number: controls, and marks that turn the direction of text.
ACTING = {number: code(chr(number)) for number in (*range(0x20), *range(_DELETE, 0xA0), *_TURNS)}
