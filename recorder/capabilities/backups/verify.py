"""media.backup.verify: whether archives are as they were written, and their databases sound."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recorder.capabilities.backups.asking import folder_option, of_services, on_each, shelf_here
from recorder.capabilities.looking import Choice, looking, now, print_json, screen
from recorder.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from recorder.bindings.stack import HostBinding
    from recorder.collect.shell import Shell
    from recorder.model.archive import Archive, Checked


@click.command("media.backup.verify")
@click.argument("names", nargs=-1)
@looking
@folder_option
@click.option(
    "--from",
    "here",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="FOLDER",
    help="Check those that `media.backup.create --to FOLDER` brought here.",
)
def command(choice: Choice, names: tuple[str, ...], base: str, here: Path | None) -> ExitCode:
    """Check archives, or those of these NAMES: checksum, list, and each database inside.

    Exits 1 when one is bad, a host could not be asked, or there is none.
    """
    from dataclasses import replace  # noqa: PLC0415 - only to run

    from recorder.collect.ways import make_ready  # noqa: PLC0415
    from recorder.render import backups as drawing  # noqa: PLC0415

    stack = choice.stack()
    make_ready(stack)
    hosts = [replace(host, local=True) if here else host for host in stack.hosts]

    def work(host: "HostBinding", shell: "Shell") -> "tuple[Checked, ...]":
        shelf = str(shelf_here(here, host.name)) if here else base
        return _checked(shell, host.name, shelf, choice.services, names)

    found, away = on_each(hosts, work)
    checked = tuple(it for some in found for it in some)
    unknown = [name for name in names if name not in [it.archive.name for it in checked]]
    if unknown and not away:
        raise UsageError(f'no archive "{unknown[0]}"; `ops media.backup.verify` lists them')
    if choice.as_json:
        print_json(drawing.checked_document(checked, away, generated_at=now()))
    else:
        screen(choice).print(drawing.checked_screen(checked, away))
    bad = away or not checked or any(it.trouble for it in checked)
    return ExitCode.WRONG if bad else ExitCode.WELL


def _checked(
    shell: "Shell", host: str, base: str, services: Sequence[str], names: Sequence[str]
) -> "tuple[Checked, ...]":
    """What a check of one shelf found."""
    from recorder.collect.archives.shelf import archives, check  # noqa: PLC0415 - only to run

    some: list[Archive] = of_services(archives(shell, base), services)
    return check(shell, host, base, [it for it in some if not names or it.name in names])
