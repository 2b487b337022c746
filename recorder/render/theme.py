"""Every style a screen uses, by name. Only the sixteen colours each terminal lets its owner choose.

Colour adds and never tells alone: what a style says, a mark or a word says too.
"""

STYLES = {
    "frame": "dim",
    "heading": "bold",
    "name": "bold",
    "plain": "none",
    "quiet": "dim",
    "ok": "green",
    "warn": "yellow",
    "fail": "bold red",
    "unknown": "magenta",
    "hint": "cyan",
}
