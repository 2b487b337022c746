"""NFS: each network mount, whether it answers, and if not, why."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from rich.console import Group
from rich.text import Text

from recorder.model import Host, Mount, MountState, Snapshot
from recorder.render import marks, words
from recorder.render.box import Box
from recorder.render.crowd import cut
from recorder.render.grid import Grid, Row
from recorder.render.hosts import unanswered
from recorder.render.safe import TEXT_CELLS, safe
from recorder.render.summary import summary
from recorder.render.units import elapsed, size

_PATH_CELLS = 40
_TOLD_CELLS = 10  # what is told of a mount folds below itself before its columns give way
_USUAL_TYPE = "nfs"
_QUIET = (MountState.OK, MountState.UNKNOWN)  # in a crowd, counted


def box(snapshot: Snapshot, label_cells: int, calm: Collection[str] | None = None) -> Box | None:
    """The dashboard's box: a mount a line, with its path where a host has several.

    Beside hosts that are `calm`, mounts that are well or that nobody could ask are counted.
    """
    if not snapshot.mounts:
        return None
    mounts = [mount for mount in snapshot.mounts if calm is None or mount.state not in _QUIET]
    with_path = max(Counter(mount.host for mount in snapshot.mounts).values()) > 1
    rows = []
    for mount, label in zip(mounts, _labels(mounts), strict=True):
        path = (Text(safe(mount.path, _PATH_CELLS)),) if with_path else ()
        cells = (_mode(mount), state(mount), Text(_told(mount)))
        rows.append(Row((Text(label), *path, *cells)))
    if calm is not None:
        rows = [*cut([[row] for row in rows], "mount", crowded=True), _counted(snapshot.mounts)]
    gaps = (2, 3, 3) if with_path else (2, 4, 4)
    return Box("NFS", [[Grid(rows, gaps, label_cells, last_cells=_TOLD_CELLS)]])


def labels(snapshot: Snapshot) -> Iterable[str]:
    """The labels of its lines, for boxes that line up; a host is named on its first."""
    return _labels(snapshot.mounts)


def _counted(mounts: Sequence[Mount]) -> Row:
    """How many mounts there are that have no line of their own."""
    counts = Counter(mount.state for mount in mounts)
    told = [
        Text(f"{mark} {counts[it]:,} {words.MOUNT_STATES[it]}", marks.style(mark))
        for it in _QUIET
        if counts[it]
        for mark in (marks.of_mount(it),)
    ]
    return Row((Text(" | ").join(told),))


def _labels(mounts: Sequence[Mount]) -> Iterable[str]:
    before = None
    for mount in mounts:
        yield "" if mount.host == before else f"{safe(mount.host)}:"
        before = mount.host


def screen(snapshot: Snapshot) -> Group:
    """The screen of media.nfs.verify: a box a host, and how many mounts stand how."""
    boxes = [box for host in snapshot.hosts if (box := _of_host(host, snapshot.mounts))]
    counts = Counter(mount.state for mount in snapshot.mounts)
    told = [(counts[it], words.MOUNT_STATES[it].lower(), marks.of_mount(it)) for it in MountState]
    return Group(*boxes, summary(told))


def _of_host(host: Host, mounts: Sequence[Mount]) -> Box | None:
    here = [mount for mount in mounts if mount.host == host.name]
    away = unanswered(host)
    if not here and not away:
        return None
    rows = [row for mount in here for row in _in_full(mount)]
    return Box(safe(host.name), [[Grid(away), Grid(rows, (3, 3, 3))]])


def _in_full(mount: Mount) -> Iterable[Row]:
    path = Text(safe(mount.path, _PATH_CELLS), "name")
    told = "   ".join(part for part in (words.mount(mount), *_measured(mount)) if part)
    yield Row((path, _mode(mount), state(mount), Text(told)))
    if source := mount.source or mount.declared_source:
        fs_type = f"  {safe(mount.fs_type)}" if mount.fs_type else ""
        yield Row((Text(f"{safe(source, TEXT_CELLS)}{fs_type}", "quiet"),), 2)


def state(mount: Mount) -> Text:
    """Mark and word: "✓ OK", "✗ HUNG"."""
    mark = marks.of_mount(mount.state)
    return Text(f"{mark}{marks.GLUE}{words.MOUNT_STATES[mount.state]}", marks.style(mark))


def _mode(mount: Mount) -> Text:
    return Text(safe(mount.mode or mount.declared_mode or ""))


def _measured(mount: Mount) -> Sequence[str]:
    """Free space and how long the mount took to tell it."""
    free, total, took = mount.free_bytes, mount.total_bytes, mount.latency_ms
    space = f"{size(free)} free" if free is not None else ""
    space += f" of {size(total)}" if free is not None and total is not None else ""
    return marks.glued(space), "" if took is None else marks.glued(elapsed(took))


def _told(mount: Mount) -> str:
    """The dashboard's short account: what is wrong, free space, an unusual kind."""
    free = f"{size(mount.free_bytes)} free" if mount.free_bytes is not None else ""
    usual = mount.fs_type is None or mount.fs_type.startswith(_USUAL_TYPE)
    kind = "" if usual else safe(mount.fs_type or "")
    return "   ".join(part for part in (words.mount(mount), free, kind) if part)
