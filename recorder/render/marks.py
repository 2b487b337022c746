"""The marks of a screen, and what stands for each where only ASCII can be shown."""

from recorder.model import Declared, EndpointState, HostState, MountState, Verdict

OK = "✓"
FAIL = "✗"
WARN = "!"
UNKNOWN = "?"
IDLE = "○"  # does not run, and need not
AGAIN = "↻"  # restarted, rebooted, re-created
NEWER = "⬆"  # another image
OLDER = "⬇"
NOTED = "·"  # a change, for better or worse
UNDER = "└"  # brought about by what stands above
MANY = "*"  # more than one instance
NEXT = "→"  # what to type next
ELLIPSIS = "…"
MINUS = "\u2212"
TO = "\u2013"  # between the ends of a range
TIMES = "\u00d7"  # how often
HEIGHTS = "▁▂▃▄▅▆▇█"

GLUE = "\ue000"  # a space no line is broken at; private use, so no text from outside holds it

ASCII = {
    OK: "+",
    FAIL: "X",
    IDLE: "o",
    AGAIN: "@",
    NEWER: "^",
    OLDER: "v",
    NOTED: "-",
    UNDER: "`",
    NEXT: "->",
    ELLIPSIS: "...",
    MINUS: "-",
    TO: "-",
    TIMES: "x",
    **dict(zip(HEIGHTS, "_.:-=+*#", strict=True)),
    GLUE: GLUE,
}

OF_VERDICT = {Verdict.OK: OK, Verdict.WARN: WARN, Verdict.FAIL: FAIL}
OF_HOST = {HostState.UP: OK, HostState.DOWN: FAIL, HostState.UNKNOWN: UNKNOWN}
OF_ENDPOINT = {EndpointState.OK: OK, EndpointState.FAILED: FAIL, EndpointState.UNKNOWN: UNKNOWN}
UNWANTED = (Declared.PARKED, Declared.STOPPED)

_STYLES = {OK: "ok", FAIL: "fail", WARN: "warn", UNKNOWN: "unknown", IDLE: "quiet"}


def of_mount(state: MountState) -> str:
    """The mark of a mount: slow is a warning, not a failure."""
    known = {MountState.OK: OK, MountState.SLOW: WARN, MountState.UNKNOWN: UNKNOWN}
    return known.get(state, FAIL)


def style(mark: str) -> str:
    """The name of the style a mark and its word are drawn in."""
    return _STYLES[mark]


def glued(text: str, longest: int = 40) -> str:
    """The text as one word no line is broken in, unless it is long."""
    return text.replace(" ", GLUE) if len(text) <= longest else text


def to_ascii(text: str) -> str:
    """The text in ASCII; a character no mark stands for is shown as its code."""
    return "".join(char if char.isascii() else ASCII.get(char) or _code(char) for char in text)


def _code(char: str) -> str:
    return char.encode("ascii", "backslashreplace").decode("ascii")
