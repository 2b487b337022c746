"""An archive brought to where it is wanted, and put in place there."""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recorder.capabilities.backups.asking import on_each
from recorder.capabilities.looking import now

if TYPE_CHECKING:
    from recorder.bindings.stack import HostBinding, ServiceBinding
    from recorder.collect.archives.restoring import Place
    from recorder.collect.shell import Shell
    from recorder.model.archive import Archive, Restored


@dataclass(frozen=True)
class Shelf:
    """Where archives are."""

    host: "HostBinding"
    path: str
    base: str  # where programs may work, on any host
    here: Path | None = None  # it is on this machine, brought here


@dataclass(frozen=True)
class Job:
    """What to put where."""

    service: "ServiceBinding"
    archive: "Archive"
    shelf: Shelf
    target: "HostBinding"
    place: "Place"


def put(job: Job) -> "Restored":
    """Have the archive on its target, and put in place there; what goes wrong is a value too."""
    from recorder.collect.archives.script import Failed  # noqa: PLC0415 - only to run
    from recorder.collect.shell import Unreachable  # noqa: PLC0415
    from recorder.collect.ways import open_shell  # noqa: PLC0415
    from recorder.model.archive import Restored  # noqa: PLC0415

    try:
        shell = open_shell(job.target)
    except Unreachable as failure:
        return Restored(job.place.folder, trouble=failure.detail)
    try:
        return _put(job, shell)
    except Failed as failure:
        return Restored(job.place.folder, trouble=str(failure))  # before anything began
    except OSError as failure:
        return Restored(job.place.folder, trouble=f"{failure.filename}: {failure.strerror}")
    finally:
        shell.close()


def _put(job: Job, shell: "Shell") -> "Restored":
    from recorder.collect.archives import restoring  # noqa: PLC0415 - only to run

    def restore(archive: str) -> "Restored":
        base = job.shelf.base
        return restoring.restore(shell, archive, job.place, base=base, at=now(), tell=_tell)

    if job.shelf.host == job.target:
        return restore(f"{job.shelf.path}/{job.archive.label}/{job.archive.name}")
    with tempfile.TemporaryDirectory(prefix="media-recorder-") as folder:
        sent = restoring.send(shell, job.shelf.base, _brought(job, Path(folder)))
        try:
            return restore(sent)
        finally:
            restoring.forget(shell, job.shelf.base, job.archive.name)


def _brought(job: Job, folder: Path) -> Path:
    """The archive on this machine."""
    from recorder.collect.archives.restoring import fetch  # noqa: PLC0415 - only to run
    from recorder.collect.archives.script import Failed  # noqa: PLC0415

    shelf = job.shelf
    if shelf.here:
        return shelf.here / job.archive.label / job.archive.name
    found, away = on_each(
        [shelf.host], lambda _, shell: fetch(shell, shelf.path, job.archive, folder)
    )
    if away:
        raise Failed(f"{away[0].host}: {away[0].trouble}")
    return found[0]


def _tell(line: str) -> None:
    """Tell a person at a terminal how far it is."""
    from recorder.render.safe import TEXT_CELLS, safe  # noqa: PLC0415 - only to run

    if sys.stderr.isatty():
        click.echo(safe(line, TEXT_CELLS), err=True)
