"""Mounts and volumes, as declared."""

from collections.abc import Collection

from recorder.bindings.section import Section
from recorder.bindings.spelling import quoted
from recorder.bindings.stack import MountBinding, VolumeBinding

MODES = ("rw", "ro")
MOUNT_KEYS = ("path", "source", "mode", "description", "note", "notes")
VOLUME_KEYS = ("name", "host", "path", "description", "note", "notes")


def read_mounts(host: Section) -> tuple[MountBinding, ...]:
    """The mounts a host declares; no two at one path."""
    mounts: dict[str, MountBinding] = {}
    for mount in host.listed("mounts"):
        mount.check_keys(MOUNT_KEYS)
        path = whole_path(mount, "path", required=True)
        if path in mounts:
            mount.wrong("path", f"{quoted(path)} is declared twice on this host")
        elif path is not None:
            mode = mount.choice("mode", MODES) or "rw"
            mounts[path] = MountBinding(path, mount.text("source"), mode)
    return tuple(mounts.values())


def read_volumes(root: Section, hosts: Collection[str]) -> tuple[VolumeBinding, ...]:
    """The volumes to watch; no two of one name."""
    volumes: dict[str, VolumeBinding] = {}
    for volume in root.listed("volumes"):
        volume.check_keys(VOLUME_KEYS)
        name = volume.text("name", required=True)
        path = whole_path(volume, "path", required=True)
        host = volume.known("host", hosts, "host")
        if name in volumes:
            volume.wrong("name", f"{quoted(name)} is declared twice")
        elif name is not None and host is not None and path is not None:
            volumes[name] = VolumeBinding(name, host, path)
    return tuple(volumes.values())


def whole_path(section: Section, key: str, *, required: bool = False) -> str | None:
    """A path as a host lists it: one slash between names, none at the end, no `.` and no `..`."""
    path = section.text(key, required=required)
    return None if path is None else _whole(section, key, path)


def whole_paths(section: Section, key: str) -> tuple[str, ...]:
    """Paths as hosts list them, each once."""
    paths = (_whole(section, key, path) for path in section.texts(key))
    return tuple(dict.fromkeys(path for path in paths if path is not None))


def _whole(section: Section, key: str, path: str) -> str | None:
    names = [name for name in path.split("/") if name not in ("", ".")]
    if not path.startswith("/"):
        section.wrong(key, f"must begin with a slash, not {quoted(path)}")
    elif ".." in names:
        section.wrong(key, f'must not hold "..": {quoted(path)}')
    else:
        return f"/{'/'.join(names)}"
    return None
