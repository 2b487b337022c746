"""media.backup.restore: an archive in the place of a service's configuration."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from recorder.capabilities.approval import approval_option, approve, report
from recorder.capabilities.backups.asking import folder_option, of_services, on_each, shelf_here
from recorder.capabilities.backups.putting import Job, Shelf, put
from recorder.capabilities.looking import bindings_folder
from recorder.capabilities.recording import history_option
from recorder.errors import ActionError, ExitCode, UsageError
from recorder.store.site import Location

if TYPE_CHECKING:
    from recorder.bindings.stack import HostBinding, ServiceBinding, Stack
    from recorder.collect.archives.restoring import Place
    from recorder.model.archive import Archive, Restored

NAME = "media.backup.restore"


@click.command(NAME)
@click.argument("service")
@history_option
@folder_option
@click.option("--archive", "name", metavar="NAME", help="This one. Default: the newest sure one.")
@click.option(
    "--from",
    "here",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="FOLDER",
    help="One that `media.backup.create --to FOLDER` brought here.",
)
@click.option(
    "--into",
    metavar="[HOST:]/PATH",
    help="Unpack it there instead, and leave the service alone.",
)
@approval_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    service: str,
    history: Location,
    base: str,
    name: str | None,
    here: Path | None,
    into: str | None,
    approved: bool,
) -> ExitCode:
    """Put an archive of SERVICE in the place of its configuration.

    It is unpacked and compared first. Then the container is stopped, the folder that is there kept
    aside with the time in its name, the new one put in its place, and the container started again.
    Shows its plan, and does it after a yes. Exits 2 when nothing was changed, 4 when it failed, 3
    when the history can't be written.
    """
    from recorder.capabilities.acting import acting  # noqa: PLC0415 - only to run
    from recorder.collect.ways import make_ready  # noqa: PLC0415
    from recorder.render import backups as drawing  # noqa: PLC0415

    stack = _stack(ctx.find_object(Path))
    make_ready(stack)
    job = _job(stack, service, _shelf(stack, service, base, here), name, into)
    place = (job.place.folder, job.place.container)
    plan = drawing.restore_plan(job.archive, job.shelf.host.name, job.target.name, *place)
    approve(plan, approved=approved)
    stopped = (
        ["--host", job.target.name, "--service", service] if into is None else ["--into", into]
    )
    arguments = [*stopped, "--archive", job.archive.name]
    with acting(history, NAME, arguments) as act:
        done = put(job)
        if done.trouble:
            raise ActionError(_failure(job, done))
        act.exit_code = ExitCode.ACTION_FAILED if done.left_stopped else ExitCode.WELL
        act.note = f"the old folder is {done.aside}" if done.aside else None
    report(drawing.restored(done, job.archive, job.target.name))
    return act.outcome


def _failure(job: Job, done: "Restored") -> str:
    """Why it failed, and what that leaves."""
    where = f"{job.place.folder} of {job.target.name}"
    state = "is as it was" if done.certain else "may be half restored; look, or restore again"
    return "; ".join([f"{where} {state}: {done.trouble}", *done.notes])


def _stack(root: Path | None) -> "Stack":
    from recorder.bindings import load  # noqa: PLC0415 - only to run

    return load(bindings_folder(root))


def _job(stack: "Stack", name: str, shelf: "Shelf", archive: str | None, into: str | None) -> Job:
    """What to put where. Raises UsageError."""
    service = _service(stack, name)
    found = _archive(shelf, service, archive)
    target, place = _place(stack, service, found, into)
    return Job(service, found, shelf, target, place)


def _service(stack: "Stack", name: str) -> "ServiceBinding":
    from recorder.bindings.spelling import did_you_mean  # noqa: PLC0415 - only to run

    services = {it.name: it for it in stack.services}
    if name not in services:
        raise UsageError(f'no service "{name}" is bound here{did_you_mean(name, services)}')
    return services[name]


def _shelf(stack: "Stack", service: str, base: str, here: Path | None) -> "Shelf":
    from recorder.bindings.stack import HostBinding  # noqa: PLC0415 - only to run

    home = stack.host(_service(stack, service).host)
    if here is None:
        return Shelf(home, base, base)
    place = shelf_here(here, home.name)
    return Shelf(HostBinding("this machine", (), local=True), str(place), base, place)


def _archive(shelf: Shelf, service: "ServiceBinding", name: str | None) -> "Archive":
    """The archive that was named, or the newest that can be relied on."""
    from recorder.collect.archives.shelf import archives  # noqa: PLC0415 - only to run

    found, away = on_each([shelf.host], lambda _, shell: archives(shell, shelf.path))
    if away:
        raise UsageError(f"{away[0].host}: {away[0].trouble}")
    alike = of_services(found[0], [service.name])
    if name is not None:
        named = [it for it in alike if it.name == name]
        if not named:
            raise UsageError(
                f'no archive "{name}" of {service.name} in {shelf.path} of {shelf.host.name}'
            )
        return named[0]
    sure = sorted((it for it in alike if it.sure), key=lambda it: it.at)
    if not sure:
        unsure = "; an unsure one can be named: --archive" if alike else ""
        raise UsageError(
            f"no archive of {service.name} in {shelf.path} of {shelf.host.name}{unsure}"
        )
    if len({it.label for it in sure}) > 1:
        raise UsageError(f"{service.name} has several folders: name one's archive with --archive")
    return sure[-1]


def _place(
    stack: "Stack", service: "ServiceBinding", archive: "Archive", into: str | None
) -> "tuple[HostBinding, Place]":
    """Where to put it: where a person says, else where its service has its configuration."""
    from recorder.bindings.spelling import did_you_mean  # noqa: PLC0415 - only to run
    from recorder.collect.archives.restoring import Place  # noqa: PLC0415
    from recorder.collect.archives.sources import find_sources  # noqa: PLC0415

    home = stack.host(service.host)
    if into is not None:
        host, colon, path = into.partition(":") if not into.startswith("/") else ("", "", into)
        names = {it.name: it for it in stack.hosts}
        if colon and host not in names:
            raise UsageError(f'no host "{host}"{did_you_mean(host, names)}')
        parts = path.split("/")
        if not path.startswith("/") or not path.strip("/") or ".." in parts:
            raise UsageError("--into takes /PATH, or HOST:/PATH")
        whole = "/" + "/".join(part for part in parts if part not in ("", "."))
        return names.get(host, home), Place(whole, None)
    found, away = on_each([home], lambda _, shell: find_sources(shell, [service]))
    if away:
        raise UsageError(f"{away[0].host}: {away[0].trouble}")
    for folder in found[0][0]:
        if folder.label == archive.label:
            return home, Place(folder.path, folder.container)
    raise UsageError(
        f"nothing tells where {service.name} keeps its configuration: say it with --into"
    )
