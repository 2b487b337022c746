"""The screens and documents of media.backup.*: the plan, what was packed, checked, put back."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import Group
from rich.text import Text

from recorder.model import Verdict
from recorder.model.archive import (
    Archive,
    Away,
    Checked,
    Copied,
    Folder,
    Keeping,
    Made,
    Nothing,
    Packed,
    Restored,
    Skipped,
)
from recorder.render import marks
from recorder.render.box import Box, Plain
from recorder.render.document import envelope
from recorder.render.grid import Grid, Row
from recorder.render.plans import Plan
from recorder.render.safe import TEXT_CELLS, safe
from recorder.render.things import Object, instant
from recorder.render.units import plural, size

CREATE, VERIFY = "media.backup.create", "media.backup.verify"
SKIPPED = {
    Skipped.NO_CONTAINER: "no container, and no binding names its folder",
    Skipped.NO_CONFIG: "its container has no /config, and no binding names its folder",
}
UNSURE = "not to be relied on: a database was copied while it may have been written"
ADVICE = "install sqlite3 or python3 on its host, or add --stop"


def plan(
    folders: Sequence[Folder],
    nothing: Sequence[Nothing],
    away: Sequence[Away],
    place: str,
    keeping: Keeping,
    *,
    here: bool,
    stop: bool,
) -> Plan:
    """`here`: `place` is on this machine, not on the hosts."""
    steps = []
    for host in dict.fromkeys(it.host for it in folders):
        some = [it for it in folders if it.host == host]
        where = f"{place}/{host} of this machine" if here else f"{place} of {host}"
        steps.append(f"{host}: pack {_listing(some)} into {where}")
        running = [it.service for it in some if it.running]
        if stop and running:
            names = ", ".join(dict.fromkeys(running))
            steps.append(f"{host}: stop each while it is copied, and start it again: {names}")
    age = f", and none older than {plural(keeping.age.days, 'day')}" if keeping.age else ""
    kept = f"keep the newest {plural(keeping.count, 'archive')} of each{age}"
    steps.append(f"{kept}; remove older ones once the new one is checked")
    steps += [f"{it.host}: {it.service} is left out: {SKIPPED[it.reason]}" for it in nothing]
    steps += [f"{it.host} is left out: {it.trouble}" for it in away]
    return Plan("BACKUP", tuple(steps))


def _listing(folders: Sequence[Folder]) -> str:
    return ", ".join(f"{it.label} ({it.path})" for it in folders)


def made_screen(made: Made, place: str) -> Group:
    """What was packed, and what was not."""
    boxes = []
    for host in dict.fromkeys(it.folder.host for it in made.packed):
        rows = [row for it in made.packed if it.folder.host == host for row in _packed_rows(it)]
        boxes.append(Box(safe(host), [[Grid(rows, gaps=(1, 3, 3))]]))
    others = [(it.service, f"left out: {SKIPPED[it.reason]}") for it in made.nothing]
    closing = [_row(marks.IDLE, name, words) for name, words in others]
    closing += [_row(marks.FAIL, it.host, it.trouble) for it in made.away]
    well = sum(it.well for it in made.packed)
    said = f"{well} of {plural(len(made.packed), 'folder')} packed into {place}"
    mark = marks.OK if made.well else marks.FAIL
    last = Row((Text(mark, marks.style(mark)), Text(safe(said, TEXT_CELLS))))
    return Group(*boxes, Plain([Grid([*closing, last], gaps=(1, 3))]))


def _packed_rows(it: Packed) -> Iterator[Row]:
    mark = marks.OK if it.well else marks.WARN if it.archive else marks.FAIL
    if it.archive is None:
        yield _row(mark, it.folder.label, it.trouble or "")
    else:
        words = [size(it.archive.size_bytes), plural(it.files, "file"), it.archive.name]
        words += [f"{len(it.removed)} removed"] if it.removed else []
        yield _row(mark, it.folder.label, "   ".join(words))
    if it.archive and not it.archive.sure:
        yield _row("", "", f"{UNSURE}; {ADVICE}")
    for database in it.databases:
        if database.how is Copied.UNSURE:
            why = f": {database.detail}" if database.detail else ""
            yield _row("", "", f"copied while it may be written: {database.file}{why}")
    for note in it.notes:
        yield _row("", "", note)


def _row(mark: str, name: str, words: str) -> Row:
    style = marks.style(mark) if mark else ""
    return Row((Text(mark, style), Text(safe(name)), Text(safe(words, 2 * TEXT_CELLS))))


def checked_screen(checked: Sequence[Checked], away: Sequence[Away]) -> Plain:
    """One line each."""
    rows = [_checked_row(it) for it in checked]
    rows += [_row(marks.FAIL, it.host, it.trouble) for it in away]
    if not rows:
        rows = [_row(marks.FAIL, "no archive", "`ops media.backup.create` makes some")]
    return Plain([Grid(rows, gaps=(1, 3))])


def _checked_row(it: Checked) -> Row:
    name = it.archive.name
    if it.trouble:
        words = f"bad: {it.trouble}"
    else:
        words = f"{size(it.archive.size_bytes)}, {plural(it.files, 'file')}"
        words += f", {plural(it.databases, 'database')}" if it.databases else ""
        words += f"; {it.note}" if it.note else ""
        words += "" if it.archive.sure else "; unsure"
    mark = marks.FAIL if it.trouble else marks.OK if it.archive.sure else marks.WARN
    cells = (Text(mark, marks.style(mark)), Text(safe(it.host)), Text(safe(name, TEXT_CELLS)))
    return Row((*cells, Text(safe(words, 2 * TEXT_CELLS))))


def restore_plan(
    archive: Archive, source: str, target: str, folder: str, container: str | None
) -> Plan:
    """What a restore would do."""
    sureness = "" if archive.sure else f"; {UNSURE}"
    steps = [
        f"unpack {archive.name} ({size(archive.size_bytes)}{sureness}) from {source}",
        f"compare it, beside {folder} of {target}",
    ]
    if container:
        steps.append(f"stop the container {container}, if it runs")
    steps.append(f"keep what is there as {folder}.before-TIME, and put the other in its place")
    if container:
        steps.append(f"start {container} again, if it ran")
    return Plan("RESTORE", tuple(steps))


def restored(done: Restored, archive: Archive, host: str) -> Iterator[str]:
    """What a restore did."""
    files = plural(done.files, "file")
    yield f"{done.folder} of {host} is now what {archive.name} holds: {files}"
    if done.aside:
        yield f"what was there before is {done.aside}; remove it when all is well"
    yield from done.notes


def made_document(
    made: Made, place: str, *, here: bool, recorded: bool, generated_at: datetime
) -> Object:
    """The document of media.backup.create."""
    data: Object = {
        "folder": place,
        "on_this_machine": here,
        "recorded": recorded,
        "archives": [_packed(it) for it in made.packed],
        "left_out": [
            {"host": it.host, "service": it.service, "reason": str(it.reason)}
            for it in made.nothing
        ],
        "away": [_away(it) for it in made.away],
    }
    return envelope(CREATE, Verdict.OK if made.well else Verdict.FAIL, data, generated_at)


def checked_document(
    checked: Sequence[Checked], away: Sequence[Away], *, generated_at: datetime
) -> Object:
    """The document of media.backup.verify."""
    good = checked and not away and not any(it.trouble for it in checked)
    data: Object = {
        "archives": [
            {
                "host": it.host,
                **_archive(it.archive),
                "good": it.trouble is None,
                "reason": it.trouble,
                "files": it.files,
                "databases": it.databases,
                "note": it.note,
            }
            for it in checked
        ],
        "away": [_away(it) for it in away],
    }
    return envelope(VERIFY, Verdict.OK if good else Verdict.FAIL, data, generated_at)


def _packed(it: Packed) -> Object:
    made = _archive(it.archive) if it.archive else dict.fromkeys(ARCHIVE_KEYS)
    return {
        "host": it.folder.host,
        "service": it.folder.service,
        "path": it.folder.path,
        "container": it.folder.container,
        **made,
        "reason": it.trouble,
        "files": it.files,
        "databases": [
            {"file": one.file, "copied": str(one.how), "reason": one.detail} for one in it.databases
        ],
        "notes": list(it.notes),
        "removed": [one.name for one in it.removed],
    }


ARCHIVE_KEYS = ("label", "name", "at", "size_bytes", "sure")


def _archive(it: Archive) -> Object:
    values = (it.label, it.name, instant(it.at), it.size_bytes, it.sure)
    return dict(zip(ARCHIVE_KEYS, values, strict=True))


def _away(it: Away) -> Object:
    return {"host": it.host, "reason": it.trouble}
