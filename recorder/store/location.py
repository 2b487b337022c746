"""Where the history lies, and whether it can be kept there.

SQLite's write-ahead log needs memory shared between processes and locks that hold: a network
filesystem has neither (https://www.sqlite.org/wal.html, section 2.2).
"""

import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from recorder.errors import PlaceError, UsageError
from recorder.filesystems import NETWORK_TYPES
from recorder.store.site import Location, Site, is_url, site_at

VARIABLE = "MEDIA_RECORDER_DB"
MOUNTINFO = Path("/proc/self/mountinfo")
BACKUP_NAME = "%Y%m%dT%H%M%SZ"
POINT_AT = 4  # of the fields of its lines, counted from 0


def history_place(
    given: str | None, environ: Mapping[str, str], called: Callable[[], str]
) -> Location:
    """Where the history is: as given, else $MEDIA_RECORDER_DB, else the user's state folder.

    A path, or the URL of a server's site; `called` tells what the bindings call this home. Raises
    UsageError for a `~` that is nobody's home, for the root, and for a URL that names no site.
    """
    by = "--db"
    if given is None and environ.get(VARIABLE):
        by, given = VARIABLE, environ[VARIABLE]
    if given is None:
        return Path(os.path.abspath(state_folder() / "history.db"))  # noqa: PTH100 - as below
    if is_url(given):
        return site_at(given, called)
    try:
        home = Path(given).expanduser()
    except RuntimeError as error:  # pathlib's word for a home nobody has
        told = f"{by} {given}: the ~ is nobody's home here: write the whole path"
        raise UsageError(told) from error
    path = Path(os.path.abspath(home))  # noqa: PTH100 - resolve() may hang on a mount
    if not path.name:
        raise UsageError(f"{by} {given} is a folder; give the path of a file")
    return path


def state_folder() -> Path:
    """Where this program keeps what it has of its own."""
    import platformdirs  # noqa: PLC0415 - loaded when needed

    return platformdirs.user_state_path("media-recorder")


def check_place(path: Path) -> None:
    """Refuse a network filesystem; PlaceError. Asks the mount table before it touches the path."""
    mounts = _mounts()
    for place in (str(path), os.path.realpath(path)):
        mounted = filesystem_of(place, mounts)
        if mounted in NETWORK_TYPES:
            raise PlaceError(
                f"{path} lies on a network filesystem ({mounted}), where SQLite can't keep a "
                f"history whole; give a path on a local disk with --db or ${VARIABLE}"
            )


def filesystem_of(path: str, mounts: Iterable[tuple[str, str]]) -> str | None:
    """The type of the filesystem a path lies on, by (mount point, type); the last mount wins."""
    best, found = "", None
    for point, kind in mounts:
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, found = point, kind
    return found


def _mounts() -> list[tuple[str, str]]:
    if sys.platform == "darwin":
        import subprocess  # noqa: PLC0415 - a look waits for what it loads

        listed = subprocess.run(
            ["/sbin/mount"], capture_output=True, text=True, check=False, errors="replace"
        )
        return read_mac_mounts(listed.stdout)
    try:
        return read_mountinfo(MOUNTINFO.read_text("utf-8", "surrogateescape"))
    except OSError:
        return []


def read_mountinfo(text: str) -> list[tuple[str, str]]:
    """(mount point, type) of each line of mountinfo, proc_pid_mountinfo(5)."""
    mounts = []
    for line in text.split("\n"):  # a name may hold what other ends of lines are written with
        before, dash, behind = line.partition(" - ")
        fields = before.split(" ")
        if dash and len(fields) > POINT_AT:
            point = re.sub(r"\\([0-3][0-7]{2})", lambda m: chr(int(m[1], 8)), fields[POINT_AT])
            mounts.append((point, behind.split(" ")[0]))
    return mounts


def read_mac_mounts(text: str) -> list[tuple[str, str]]:
    """(mount point, type) of each line of mount(8) on a Mac: `//nas/x on /Volumes/x (smbfs, …)`."""
    return re.findall(r"^.* on (/.*) \((\w+)[,)]", text, re.MULTILINE)


def make_folder(path: Path) -> None:
    """The folder the history lies in, the user's own where it must be made."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def backups_folder(place: Location) -> Path:
    """Where the verified copies of a history lie: beside its file, or of a site on this machine."""
    if isinstance(place, Site):
        parts = urlsplit(place.shown)
        called = "-".join((parts.netloc.rpartition("@")[2], parts.path.strip("/"), place.name))
        return state_folder() / f"{re.sub(r'[^a-zA-Z0-9._-]+', '-', called).strip('-')}.backups"
    return place.with_name(f"{place.name}.backups")


def backups(place: Location) -> list[Path]:
    """The verified copies of a history, oldest first. They bear their names once verified."""
    return sorted(it for it in backups_folder(place).glob("[0-9]*Z.db") if made_at(it))


def made_at(copy: Path) -> datetime | None:
    """When a copy was made, by its name; None where it bears another name."""
    try:
        return datetime.strptime(copy.stem, BACKUP_NAME).replace(tzinfo=UTC)
    except ValueError:
        return None
