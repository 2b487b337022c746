"""Whether the image a container was made from is the one a compose file names.

References as https://docs.docker.com/reference/cli/docker/image/tag/ has them: without a registry
it is docker.io, without a path there `library`, without a tag `latest`. What stands in a variable
is not in the file: its default counts, and so does anything else in its place.
"""

import re
from enum import Enum, auto

VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?::?([-+?])([^{}]*))?\}|\$(\w+)")
REGISTRIES = ("docker.io/library/", "docker.io/", "index.docker.io/library/", "index.docker.io/",
              "localhost/")  # fmt: skip
MOST_CHARS = 500


class Match(Enum):
    """How a container's image compares with the one that is wanted."""

    SAME = auto()
    OTHER = auto()
    UNTOLD = auto()  # the file leaves it to a variable


def matches(runs: str | None, wanted: str) -> Match:
    """Compare the reference of a container's image with that of a compose file."""
    if not runs or len(wanted) > MOST_CHARS or len(runs) > MOST_CHARS:
        return Match.UNTOLD
    if "${" in VARIABLE.sub("", wanted):  # a variable within another's default
        return Match.UNTOLD
    if _whole(runs) == _whole(_with_defaults(wanted)):
        return Match.SAME
    parts = _fixed(wanted)
    if len(parts) == 1:
        return Match.OTHER
    if not any(re.search(r"\w", part) for part in parts):
        return Match.UNTOLD
    return Match.SAME if _fits(_bare(runs), parts) else Match.OTHER


def _with_defaults(text: str) -> str:
    """The text with each variable's default, or nothing, in its place."""

    def value(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        return (found[3] or "") if found[2] == "-" else ""

    return VARIABLE.sub(value, text)


def _fixed(text: str) -> list[str]:
    """The parts of a reference that stand between its variables."""
    parts, begin = [""], 0
    for found in VARIABLE.finditer(text):
        parts[-1] += text[begin : found.start()]
        begin = found.end()
        if found[0] == "$$":
            parts[-1] += "$"
        else:
            parts.append("")
    parts[-1] += text[begin:]
    return [_bare(parts[0]), *parts[1:]]


def _fits(runs: str, parts: list[str]) -> bool:
    """Whether the parts stand in it in this order, the first and the last at its ends."""
    first, *middle, last = parts
    if not (runs.startswith(first) and runs.endswith(last)):
        return False
    place, end = len(first), len(runs) - len(last)
    for part in middle:
        found = runs.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return place <= end


def _bare(reference: str) -> str:
    """Without the registry that goes without saying."""
    for registry in REGISTRIES:
        if reference.startswith(registry):
            return reference.removeprefix(registry)
    return reference


def _whole(reference: str) -> str:
    """With its tag, and without the registry that goes without saying."""
    bare = _bare(reference)
    named = "@" in bare or ":" in bare.rpartition("/")[2]
    return bare if named else f"{bare}:latest"
