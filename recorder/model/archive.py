"""Archives of services' configuration: what is packed, what became of it, and which ones stay.

The name tells the time, and whether it can be relied on: `radarr-20260216T140205Z.tar.gz`, or
`….unsure.tar.gz` where a database was copied while it may have been written. Pure.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from recorder.frozen import frozen

STAMP = "%Y%m%dT%H%M%SZ"
ENDING = ".tar.gz"
UNSURE = ".unsure"
_NAME = re.compile(r"(?P<label>.+)-(?P<at>\d{8}T\d{6}Z)(?P<unsure>\.unsure)?\.tar\.gz")
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_LABEL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(\+[0-9]+)?")
_LONGEST = 100


class Copied(StrEnum):
    """How a database got into an archive."""

    COPIED = "copied"  # by SQLite's own backup: one state of it
    STILL = "still"  # as a file, while its container did not run
    UNSURE = "unsure"  # as a file, while it may have been written


class Skipped(StrEnum):
    """Why there is nothing to pack."""

    NO_CONTAINER = "no_container"  # none answers to its name
    NO_CONFIG = "no_config"  # its container has no mount at /config, and no binding names a folder


@frozen
class Folder:
    """A configuration folder on a host."""

    host: str
    service: str
    label: str  # of its archives; a service's folders have one each
    path: str
    container: str | None  # that uses it
    running: bool = False


@frozen
class Nothing:
    """A service of which nothing can be packed."""

    host: str
    service: str
    reason: Skipped


@frozen
class Archive:
    """An archive on a shelf."""

    label: str
    name: str
    at: datetime
    size_bytes: int
    sure: bool = True


@frozen
class Database:
    """A database in an archive."""

    file: str
    how: Copied
    detail: str | None = None


@frozen
class Packed:
    """What became of one folder."""

    folder: Folder
    archive: Archive | None  # None: there is none, `trouble` says why
    files: int = 0
    trouble: str | None = None
    databases: tuple[Database, ...] = ()
    notes: tuple[str, ...] = ()
    removed: tuple[Archive, ...] = ()
    left_stopped: bool = False  # its container could not be started again; a note says so

    @property
    def well(self) -> bool:
        """Whether there is an archive to rely on, and its service as it was."""
        return self.archive is not None and self.archive.sure and not self.left_stopped


@frozen
class Away:
    """A host that could not be asked, and why."""

    host: str
    trouble: str


@frozen
class Made:
    """What became of all that was to be packed."""

    packed: tuple[Packed, ...]
    nothing: tuple[Nothing, ...]
    away: tuple[Away, ...]

    @property
    def well(self) -> bool:
        """Whether there is an archive to rely on of everything."""
        return not self.away and all(it.well for it in self.packed)


@frozen
class Checked:
    """What a check found of an archive."""

    host: str
    archive: Archive
    trouble: str | None  # None: it is good
    files: int = 0
    databases: int | None = None  # how many were opened and found sound; None: none could be
    note: str | None = None


@frozen
class Restored:
    """What became of a restore."""

    folder: str
    files: int = 0
    aside: str | None = None  # where what was there before is now
    trouble: str | None = None
    certain: bool = True  # whether it is known what became of it: the way there did not break
    notes: tuple[str, ...] = ()
    left_stopped: bool = False  # its container could not be started again; a note says so


@frozen
class Keeping:
    """Which archives stay: so many of a label, and none older; the newest sure one always."""

    count: int
    age: timedelta | None = None


def label_of(service: str) -> str:
    """The service's name where it can name a file; else what can, and is of no other service."""
    if _PLAIN.fullmatch(service) and len(service) <= _LONGEST:
        return service
    digest = hashlib.sha256(service.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"_{re.sub('[^A-Za-z0-9._-]', '_', service)[:_LONGEST]}-{digest}"


def labels_of(service: str, count: int) -> tuple[str, ...]:
    """A label for each folder of a service: `radarr`, `radarr+2`, ..."""
    first = label_of(service)
    return tuple(first if number == 1 else f"{first}+{number}" for number in range(1, count + 1))


def stem_of(label: str, at: datetime) -> str:
    """An archive's name without its ending."""
    return f"{label}-{at.astimezone(UTC).strftime(STAMP)}"


def parse_archive(label: str, name: str, size_bytes: int) -> Archive | None:
    """The archive of that name below that label; None where it is no name of ours."""
    match = _NAME.fullmatch(name)
    if match is None or match["label"] != label or not _LABEL.fullmatch(label):
        return None
    try:
        at = datetime.strptime(match["at"], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Archive(label, name, at, size_bytes, sure=not match["unsure"])


def past_keeping(
    archives: Sequence[Archive], keeping: Keeping, made: Archive
) -> tuple[Archive, ...]:
    """The archives of one label to take away, oldest first, once `made` is complete.

    Unsure ones are counted by themselves, so that they push out no sure one; and one that was just
    made takes away only its like.
    """
    alike = [it for it in archives if it.sure == made.sure]
    newest_first = sorted(alike, key=lambda it: (it.at, it.name), reverse=True)
    gone = [
        it
        for place, it in enumerate(newest_first)
        if it.name != made.name
        and (place >= keeping.count or (keeping.age and it.at < made.at - keeping.age))
    ]
    return tuple(reversed(gone))
