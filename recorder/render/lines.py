"""Lines that are never folded: for results whose paths and commands a person copies."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from recorder.render.marks import to_ascii
from recorder.render.safe import safe

_MOST_CELLS = 4096


def tell(console: Console, lines: Iterable[str], style: str = "") -> None:
    """Print each on a line of its own, harmless, and in ASCII where nothing else can be shown."""
    for line in lines:
        shown = safe(line, _MOST_CELLS)
        text = Text(to_ascii(shown) if console.options.ascii_only else shown, style)
        console.print(text, soft_wrap=True)
