"""The `paths` and `mounts` sections: what is mounted where, and how each path answered."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum

from recorder.bindings.stack import MountBinding, VolumeBinding
from recorder.filesystems import NETWORK_TYPES
from recorder.frozen import frozen
from recorder.model import Mount, MountState, Reason, Volume, VolumeState

SLOW_MS = 1000
MOST_BYTES = (1 << 63) - 1
TEXT_LIMIT = 500
KILLED = 128
AUTOMOUNTER = "autofs"


@frozen
class Entry:
    """A line of /proc/self/mountinfo."""

    path: str
    source: str
    fs_type: str
    mode: str  # "rw", "ro": ro where either the mount or its filesystem is


class Reply(Enum):
    """How a path answered."""

    OK = "ok"
    HUNG = "hung"
    STALE = "stale"
    ERROR = "error"
    UNASKED = "unasked"  # the host's own tool could not put the question
    SILENT = "silent"  # no answer arrived


@frozen
class Space:
    """A path's answer to `stat -f`."""

    reply: Reply = Reply.SILENT
    free_bytes: int | None = None
    total_bytes: int | None = None
    latency_ms: int | None = None
    error: str | None = None


STALE_ERRORS = ("Stale file handle", "Stale NFS file handle", "Transport endpoint is not connected")
FORBIDDEN_ERRORS = ("Permission denied", "Operation not permitted")  # ours to look, not its fault
ABSENT_ERRORS = ("No such file or directory", "Not a directory")
USAGE_ERROR = re.compile(r"(\w+: )?(unrecognized|invalid|illegal) option|.*\bnot found$")
NO_TOOL = ("125", "126", "127")  # exit statuses of timeout(1) and sh(1) that could not start it
NOT_TOLD = "the host did not tell what is mounted"
NO_SIZE = "the host did not tell its size"


def parse_mountinfo(lines: Iterable[str]) -> dict[str, Entry]:
    """Read mountinfo (proc_pid_mountinfo(5)); of several mounts on a path the last, topmost, wins.

    An automounter's own entry is not the mount it stands for.
    """
    entries: dict[str, Entry] = {}
    for line in lines:
        before, dash, behind = line.partition(" - ")
        fields, kind = before.split(" "), behind.split(" ")
        if not dash or len(fields) < 6 or len(kind) < 3 or kind[0] == AUTOMOUNTER:  # noqa: PLR2004
            continue
        path = unescape(fields[4])
        read_only = "ro" in fields[5].split(",") or "ro" in kind[2].split(",")
        mode = "ro" if read_only else "rw"
        entries[path] = Entry(path, unescape(kind[1]), kind[0], mode)
    return entries


def unescape(text: str) -> str:
    r"""Undo mountinfo's spelling of space, tab, newline and backslash: `\040`."""
    return re.sub(r"\\([0-3][0-7]{2})", lambda match: chr(int(match[1], 8)), text)


def parse_paths(lines: Sequence[str], asked: Sequence[str]) -> tuple[dict[str, Space], list[str]]:
    """Read how each path answered, and which the host found by itself, in its order."""
    names = dict(enumerate(asked))
    found: list[str] = []
    sizes: dict[int, tuple[int, int]] = {}
    spaces: dict[int, Space] = {}
    for line in lines:
        kind, number, *words = (*line.split(" "), "")
        if not re.fullmatch(r"\d{1,6}", number, re.ASCII):
            continue
        index = int(number)
        if kind == "found" and words[0]:
            names[index] = unescape(words[0])
            found.append(names[index])
        elif kind == "space" and (said := _sizes(words)):
            sizes[index] = said
        elif kind == "asked":
            spaces[index] = _space(words)
    silent = Space()
    answers: dict[str, Space] = {}
    for index, path in names.items():
        space = spaces.get(index, silent)
        if space.reply is Reply.OK and index in sizes:
            free, total = sizes[index]
            space = replace(space, free_bytes=free, total_bytes=total)
        answers[path] = space
    return answers, found


def _sizes(words: Sequence[str]) -> tuple[int, int] | None:
    """Free and total bytes from block size, blocks, free blocks; None where that is not said."""
    said = [int(word) for word in words[:3] if re.fullmatch(r"\d{1,19}", word, re.ASCII)]
    if len(said) < 3:  # noqa: PLR2004
        return None
    size, blocks, free = said
    return min(size * min(free, blocks), MOST_BYTES), min(size * blocks, MOST_BYTES)


def _space(words: Sequence[str]) -> Space:
    """An `asked` line: exit status or `still`, hundredths of a second, an error's last words."""
    status, hundredths, *error = (*words, "", "")
    latency_ms = int(hundredths) * 10 if re.fullmatch(r"\d{1,9}", hundredths, re.ASCII) else None
    said = " ".join(error).strip()[:TEXT_LIMIT]
    if status == "0":
        return Space(Reply.OK, latency_ms=latency_ms)
    if status == "still":
        return Space(Reply.HUNG, error="an earlier question to it still hangs")
    if re.fullmatch(r"\d{3}", status, re.ASCII) and int(status) >= KILLED:
        seconds = (latency_ms or 0) // 1000
        return Space(Reply.HUNG, latency_ms=latency_ms, error=f"no answer in {seconds} s")
    return Space(_failed(status, said), latency_ms=latency_ms, error=said or None)


def _failed(status: str, said: str) -> Reply:
    """What an error is: the path's, or the tool's that should have asked it."""
    if status in NO_TOOL or USAGE_ERROR.match(said):
        return Reply.UNASKED
    return Reply.STALE if said in STALE_ERRORS else Reply.ERROR


def unseen_mount(
    host: str, wanted: MountBinding, reason: Reason | None, space: Space | None = None
) -> Mount:
    """A declared mount of which nobody told whether it is there; that its path hangs is told."""
    mount = Mount(
        host,
        wanted.path,
        MountState.UNKNOWN,
        source=wanted.source,
        declared_source=wanted.source,
        declared_mode=wanted.mode,
        reason=reason,
    )
    if space is None:
        return mount
    if space.reply is Reply.HUNG:
        return replace(mount, state=MountState.HUNG, reason=None, detail=space.error)
    return replace(mount, detail=NOT_TOLD)


def judge_mount(host: str, wanted: MountBinding, entry: Entry | None, space: Space) -> Mount:
    """Compare what is mounted with what should be; the worst that is true of it is its state."""
    seen = Mount(
        host,
        wanted.path,
        MountState.OK,
        source=entry.source if entry else wanted.source,
        declared_source=wanted.source,
        declared_mode=wanted.mode,
        mode=entry.mode if entry else None,
        fs_type=entry.fs_type if entry else None,
        free_bytes=space.free_bytes if entry else None,
        total_bytes=space.total_bytes if entry else None,
        latency_ms=space.latency_ms if entry else None,
    )
    if entry is None or space.reply is not Reply.OK:
        state, detail = _without_answer(entry, space)
        if entry is None or state is not MountState.OK:
            return replace(seen, state=state, detail=detail)
    if wanted.source and export(entry.source) != export(wanted.source):
        return replace(seen, state=MountState.WRONG_SOURCE, detail=f"should be {wanted.source}")
    if wanted.mode == "rw" and entry.mode == "ro":
        return replace(seen, state=MountState.WRONG_MODE, detail="mounted ro, should be rw")
    note = "declared ro, mounted rw" if wanted.mode != entry.mode else None
    if space.reply is Reply.UNASKED:
        seen = replace(seen, state=MountState.UNKNOWN, reason=Reason.PROBE_FAILED)
        return replace(seen, detail=space.error, note=note)
    slow = (space.latency_ms or 0) > SLOW_MS
    state = MountState.SLOW if slow else MountState.OK
    return replace(seen, state=state, detail=space.error, note=note)


def _without_answer(entry: Entry | None, space: Space) -> tuple[MountState, str | None]:
    """The state of a path that did not answer well, and why; ok where it only may not be read."""
    if space.reply is Reply.HUNG:  # mounted, or an automounter waits for its server
        return MountState.HUNG, space.error
    if entry is None:
        return MountState.MISSING, "nothing is mounted there"
    if space.reply is Reply.SILENT:
        return MountState.HUNG, "no answer"
    failed = space.reply is Reply.ERROR and space.error not in FORBIDDEN_ERRORS
    stale = space.reply is Reply.STALE or failed
    return MountState.STALE if stale else MountState.OK, space.error


def export(source: str) -> str:
    """The part of a source that tells exports apart; its server may go by several names.

    `pve:/media` and `192.0.2.1:/media/` give `/media`, `//nas/media` gives `/media`.
    """
    share = re.fullmatch(r"//[^/]+(/.*)", source)
    path = share[1] if share else source[source.find(":/") + 1 :]
    return path.rstrip("/") or "/"


def judge_volume(wanted: VolumeBinding, space: Space, *, mounted: bool | None) -> Volume:
    """The space of a volume.

    Not `mounted` says that the mount its path lies on is absent, so that another disk answers
    there; None, that nobody told.
    """
    volume = Volume(wanted.name, wanted.host, wanted.path, VolumeState.UNKNOWN)
    if mounted is False:
        return replace(volume, reason=Reason.PATH_MISSING, detail="nothing is mounted there")
    if mounted is None and space.reply is Reply.OK:
        return replace(volume, reason=Reason.PROBE_FAILED, detail=NOT_TOLD)
    if space.reply is Reply.OK and space.total_bytes is None:
        return replace(volume, reason=Reason.PROBE_FAILED, detail=NO_SIZE)
    if space.reply is Reply.OK:
        return replace(
            volume,
            state=VolumeState.OK,
            free_bytes=space.free_bytes,
            total_bytes=space.total_bytes,
        )
    return replace(volume, reason=_why(space), detail=space.error or "no answer")


def _why(space: Space) -> Reason:
    """Why the space of a path is not known."""
    if space.reply is Reply.UNASKED:
        return Reason.PROBE_FAILED
    if space.reply in (Reply.HUNG, Reply.SILENT):
        return Reason.PATH_HUNG
    if space.error in FORBIDDEN_ERRORS:
        return Reason.PERMISSION_DENIED
    return Reason.PATH_MISSING if space.error in ABSENT_ERRORS else Reason.PATH_ERROR


def network_entry(entries: Mapping[str, Entry], path: str) -> bool:
    """Whether what is mounted at a path comes over the network."""
    return path in entries and entries[path].fs_type in NETWORK_TYPES
