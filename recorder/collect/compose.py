"""The `compose` section: which images a host's compose file names, and for which services.

A variable's value stands in files that hold secrets, which are never read: an image that names one
is compared as far as the file alone tells it.
"""

import re
from pathlib import PurePosixPath

from recorder.bindings.entry import Entry, Kind
from recorder.bindings.mistakes import Mistakes
from recorder.bindings.tree import parse
from recorder.collect.probe import Section
from recorder.frozen import frozen

MOST_BYTES = 262_144  # as the probe cuts it
TEXT_LIMIT = 500
NO_FILE, NOT_READABLE, NOT_TOLD = "3", "4", "5"
WHY = {
    NO_FILE: "there is no compose file",
    NOT_READABLE: "its compose file may not be read",
    NOT_TOLD: "the probe installed there may not tell its compose file: `ops media.access` anew",
}
SILENT = "its compose file did not arrive in time"


@frozen
class Composed:
    """A service of a compose file."""

    name: str
    container: str | None  # as `container_name` says
    image: str | None  # as written, with its variables; None: it is built


@frozen
class ComposeFile:
    """What a compose file says, or why nothing is known of it."""

    name: str | None = None  # "docker-compose.yml"
    project: str | None = None  # the name its containers bear as a label, where that is known
    services: tuple[Composed, ...] = ()
    trouble: str | None = None


def parse_compose(section: Section | None, path: str) -> ComposeFile:
    """Read the section; `path` is what was asked for: the file, or its folder."""
    status, size, *words = (*(section.words if section else ()), "", "")
    name = " ".join(words).strip() or None
    if section is None or status != "0":
        return ComposeFile(trouble=WHY.get(status, SILENT))
    if not size.isdecimal() or int(size[:12]) > MOST_BYTES:
        return ComposeFile(name, trouble=f"{name} is longer than {MOST_BYTES // 1024} KiB")
    mistakes = Mistakes(name or "")
    root = parse("\n".join(section.lines).encode(), name or "", mistakes, strict=False)
    if root is None or root.kind is not Kind.MAPPING:
        return ComposeFile(name, trouble=f"{name} is no YAML that can be read")
    services = _at(root, "services")
    if services is None or services.kind is not Kind.MAPPING:
        return ComposeFile(name, trouble=f"{name} has no services")
    found = tuple(_service(key, entry) for key, entry in services.fields.items())
    return ComposeFile(name, _project(root, path, name), found)


def _service(name: str, entry: Entry) -> Composed:
    return Composed(name[:TEXT_LIMIT], _text(entry, "container_name"), _text(entry, "image"))


def _project(root: Entry, path: str, file: str | None) -> str | None:
    """Its own name, else its folder's, as Compose spells it.

    https://docs.docker.com/compose/how-tos/project-name/: lowercase letters, digits, dashes and
    underscores, beginning with a letter or a digit.
    """
    own = _text(root, "name")
    if own is not None:
        return own
    folder = PurePosixPath(path)
    if folder.name == file:
        folder = folder.parent
    return re.sub(r"^[_-]+|[^a-z0-9_-]", "", folder.name.lower()) or None


def _at(entry: Entry, key: str) -> Entry | None:
    return entry.fields.get(key) if entry.kind is Kind.MAPPING else None


def _text(entry: Entry, key: str) -> str | None:
    found = _at(entry, key)
    scalar = found is not None and found.kind not in (Kind.LIST, Kind.MAPPING, Kind.NOTHING)
    return found.text[:TEXT_LIMIT] if found is not None and scalar and found.text else None
