"""Taking a lab away, whole or half made: what it leaves on this machine, and how that goes.

Processes go first; namespaces, links, mounts and loop devices go with them. Control groups and
files are all that outlives them. Nothing is ever removed below a mount.
"""

import hashlib
import shutil
from contextlib import suppress
from pathlib import Path

from realhosts.cells import close_cells, find_cells
from realhosts.programs import run
from realhosts.waiting import wait_until

CGROUPS = Path("/sys/fs/cgroup")
OVERLAY = "overlay"


class WrongFilesystemError(Exception):
    """The lab's folder is where an engine can't keep its layers."""


def clear(folder: Path, *, keep_logs: bool = False) -> None:
    """Leave nothing of the lab in that folder; a missing one is fine."""
    _thaw(folder)
    close_cells(folder)
    wait_until(lambda: not loop_devices(folder), "the lab's loop devices to go")
    wait_until(lambda: not _remove_cgroups(folder), "the lab's control groups to empty")
    mounted = [line for line in _mount_points() if Path(line).is_relative_to(folder)]
    if mounted:
        raise WrongFilesystemError(f"still mounted below {folder}: {', '.join(mounted)}")
    shutil.rmtree(_logs(folder), ignore_errors=True)
    if keep_logs:
        _keep_logs(folder)
    if folder.exists():
        shutil.rmtree(folder)


def clear_abandoned(prefix: Path) -> None:
    """Clear the labs in `prefix` + a process id, where that process is no more."""
    for folder in prefix.parent.glob(f"{prefix.name}[0-9]*"):
        owner = folder.name.removeprefix(prefix.name)
        if owner.isdigit() and not Path("/proc", owner).exists():
            clear(folder)


def name_of(folder: Path) -> str:
    """The name of the lab in that folder, to this machine: of its control group and loop files."""
    return f"media-recorder-lab-{hashlib.sha256(str(folder).encode()).hexdigest()[:8]}"


def loop_devices(folder: Path) -> list[str]:
    """Loop devices whose files are the lab's, known by the lab's name in theirs."""
    listed = run(["losetup", "--list", "--noheadings", "--output", "NAME,BACK-FILE"])
    return [line for line in listed.splitlines() if name_of(folder) in line]


def remains(folder: Path) -> list[str]:
    """Everything of the lab that is still there, in words; empty after `clear`."""
    return [
        *(f"process {cell.pid} of {name}" for name, cell in find_cells(folder).items()),
        *(f"loop device {line}" for line in loop_devices(folder)),
        *(f"control group {path}" for path in cgroups(folder)),
        *(f"folder {path}" for path in (folder, _logs(folder)) if path.exists()),
    ]


def cgroups(folder: Path) -> list[Path]:
    """Control groups of the lab, in whichever hierarchies this kernel has."""
    name = name_of(folder)
    return [path for path in (CGROUPS / name, *CGROUPS.glob(f"*/{name}")) if path.is_dir()]


def require_real_filesystem(folder: Path) -> None:
    """Refuse a folder on an overlay: no engine can keep its layers there."""
    parent = next(path for path in (folder, *folder.parents) if path.exists())
    kind = run(["stat", "--file-system", "--format", "%T", str(parent)]).strip()
    if kind.startswith(OVERLAY):
        raise WrongFilesystemError(
            f"{folder} is on an overlay: set MEDIA_RECORDER_LAB to a folder on a disk"
        )


def _thaw(folder: Path) -> None:
    """Wake paused containers: in the first version of control groups not even SIGKILL does."""
    for top in cgroups(folder):
        for state in top.rglob("freezer.state"):
            with suppress(OSError):
                state.write_text("THAWED")


def _remove_cgroups(folder: Path) -> list[Path]:
    """Remove what is empty; what is still there."""
    for top in cgroups(folder):
        below = sorted((path for path in top.rglob("*") if path.is_dir()), reverse=True)
        for path in (*below, top):
            with suppress(OSError):  # busy for a moment after its last process
                path.rmdir()
    return cgroups(folder)


def _mount_points() -> list[str]:
    return [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]


def _logs(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-logs")


def _keep_logs(folder: Path) -> None:
    """Save the logs of a failed start beside the folder, until the next `clear`."""
    kept = _logs(folder)
    for log in folder.rglob("*.log"):
        if log.is_file() and "engine" not in log.relative_to(folder).parts:
            to = kept / log.relative_to(folder)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(log, to)
