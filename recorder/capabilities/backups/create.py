"""media.backup.create: an archive of each service's configuration."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recorder.capabilities.approval import approval_option, approve
from recorder.capabilities.backups.asking import folder_option, on_each, shelf_here
from recorder.capabilities.looking import Choice, looking, now, print_json, screen
from recorder.capabilities.recording import history_option
from recorder.errors import ExitCode, UsageError
from recorder.store.site import Location

if TYPE_CHECKING:
    from recorder.bindings.stack import HostBinding, ServiceBinding, Stack
    from recorder.collect.archives.packing import Order
    from recorder.collect.shell import Shell
    from recorder.model.archive import Away, Folder, Keeping, Made, Nothing, Packed

NAME = "media.backup.create"
KEEP = 7


@dataclass(frozen=True)
class Wish:
    """How a person wants it done."""

    base: str
    to: Path | None
    stop: bool
    excluded: tuple[str, ...]
    keeping: "Keeping"

    def shelf(self, host: str) -> Path | None:
        """Where a host's archives go on this machine; None: they stay on the host."""
        return None if self.to is None else shelf_here(self.to, host)


@click.command(NAME)
@looking
@history_option
@folder_option
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Bring the archives to this machine, in FOLDER/HOST, and leave none on the host.",
)
@click.option("--stop", is_flag=True, help="Stop each container while its folder is copied.")
@click.option(
    "--exclude",
    "excluded",
    multiple=True,
    metavar="PATTERN",
    help="Leave this out too: a name, a folder/, a path/from/the/top; may be given again.",
)
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=KEEP,
    show_default=True,
    metavar="N",
    help="How many archives of a service stay.",
)
@click.option(
    "--keep-days",
    type=click.IntRange(min=1, max=36500),
    metavar="N",
    help="Those older than that go as well, but never the newest.",
)
@approval_option
def command(
    choice: Choice,
    *,
    history: Location,
    base: str,
    to: Path | None,
    excluded: tuple[str, ...],
    keep: int,
    keep_days: int | None,
    stop: bool,
    approved: bool,
) -> ExitCode:
    """Pack the configuration of services, or of those named, into archives that were checked.

    They hold the services' secrets. Databases are copied by SQLite itself, where the host has
    sqlite3 or python3, or while their container is stopped (--stop); an archive with one that was
    not is called unsure. Shows its plan, and does it after a yes. Exits 2 when nothing was
    changed, 4 when one is missing or unsure, 3 when the history can't be written.
    """
    from recorder.model.archive import Keeping  # noqa: PLC0415 - only to run
    from recorder.render import backups as drawing  # noqa: PLC0415

    age = timedelta(days=keep_days) if keep_days else None
    wish = Wish(base, to, stop, excluded, Keeping(keep, age))
    stack = choice.stack()
    folders, nothing, away = _sources(stack, choice)
    if not folders:
        raise UsageError(_why_nothing(nothing, away))
    place = str(to.absolute()) if to else base
    plan = drawing.plan(folders, nothing, away, place, wish.keeping, here=bool(to), stop=stop)
    approve(plan, approved=approved, aside=choice.as_json)
    return _carry_out(stack, choice, history, wish, (folders, nothing, away))


def _sources(stack: "Stack", choice: Choice) -> "tuple[list[Folder], list[Nothing], list[Away]]":
    """What there is to pack of the services that were asked for."""
    from recorder.bindings.spelling import did_you_mean  # noqa: PLC0415 - only to run
    from recorder.collect.archives.sources import find_sources  # noqa: PLC0415
    from recorder.collect.ways import make_ready  # noqa: PLC0415

    names = [it.name for it in stack.services]
    for name in choice.services:
        if name not in names:
            raise UsageError(f'no service "{name}" is bound here{did_you_mean(name, names)}')

    def wanted(host: str) -> "list[ServiceBinding]":
        chosen = choice.services or names
        return [it for it in stack.services if it.host == host and it.name in chosen]

    make_ready(stack)
    hosts = [host for host in stack.hosts if wanted(host.name)]
    found, away = on_each(hosts, lambda host, shell: find_sources(shell, wanted(host.name)))
    folders = [folder for some, _ in found for folder in some]
    return folders, [one for _, none in found for one in none], away


def _why_nothing(nothing: "Sequence[Nothing]", away: "Sequence[Away]") -> str:
    if away:
        return "; ".join(f"{it.host}: {it.trouble}" for it in away)
    if nothing:
        names = ", ".join(it.service for it in nothing)
        return f"nothing to pack of {names}: name its folder in the binding, `config: /PATH`"
    return "nothing to pack: no binding names a service"


def _carry_out(
    stack: "Stack",
    choice: Choice,
    history: Location,
    wish: Wish,
    found: "tuple[list[Folder], list[Nothing], list[Away]]",
) -> ExitCode:
    from recorder.capabilities.acting import acting  # noqa: PLC0415 - only to run
    from recorder.model.archive import Made  # noqa: PLC0415

    folders, nothing, away = found
    hosts = [host for host in stack.hosts if any(it.host == host.name for it in folders)]
    arguments = _arguments(folders, wish)
    with acting(history, NAME, arguments) as act:
        packed, gone = on_each(hosts, lambda host, shell: _pack_all(host, shell, folders, wish))
        made = Made(tuple(it for some in packed for it in some), tuple(nothing), (*away, *gone))
        act.exit_code = ExitCode.WELL if made.well else ExitCode.ACTION_FAILED
        act.note = _note(made)
    _show(made, choice, wish, recorded=act.recorded)
    return act.outcome


def _arguments(folders: "Sequence[Folder]", wish: Wish) -> list[str]:
    """What it is about; named as a cause of what happens to services only where it stops them."""
    if not wish.stop:
        return list(dict.fromkeys(f"{it.host}:{it.service}" for it in folders))
    hosts = dict.fromkeys(it.host for it in folders)
    services = dict.fromkeys(it.service for it in folders)
    named = [word for name in hosts for word in ("--host", name)]
    return [*named, *(word for name in services for word in ("--service", name)), "--stop"]


def _pack_all(
    host: "HostBinding", shell: "Shell", folders: "Sequence[Folder]", wish: Wish
) -> "list[Packed]":
    """Pack one folder of a host after the other, and tidy up behind each."""
    from recorder.collect.archives.excluded import patterns_for  # noqa: PLC0415 - only to run
    from recorder.collect.archives.packing import Order, pack  # noqa: PLC0415

    packed = []
    for folder in folders:
        if folder.host != host.name:
            continue
        excluded = patterns_for(folder.service, folder.container or "", wish.excluded)
        order = Order(wish.base, wish.shelf(host.name), wish.stop, excluded)
        done = pack(shell, folder, order, datetime.now(UTC), _teller(host.name))
        packed.append(_tidied(done, shell, order, wish.keeping))
    return packed


def _tidied(done: "Packed", shell: "Shell", order: "Order", keeping: "Keeping") -> "Packed":
    """Take away what is past its keeping; that it can't be is no reason to doubt the archive."""
    from recorder.collect.archives.script import Failed  # noqa: PLC0415 - only to run
    from recorder.collect.archives.shelf import tidy  # noqa: PLC0415
    from recorder.collect.local import LocalShell  # noqa: PLC0415

    if done.archive is None:
        return done
    place = (LocalShell(), str(order.here)) if order.here else (shell, order.base)
    try:
        return replace(done, removed=tidy(*place, keeping, done.archive))
    except Failed as failure:
        return replace(done, notes=(*done.notes, f"older ones could not be removed: {failure}"))


def _teller(host: str) -> Callable[[str], None]:
    """Tells a person at a terminal how far it is."""
    from recorder.render.safe import TEXT_CELLS, safe  # noqa: PLC0415 - only to run

    if not sys.stderr.isatty():
        return lambda _line: None
    return lambda line: click.echo(f"{safe(host)}: {safe(line, TEXT_CELLS)}", err=True)


def _note(made: "Made") -> str:
    """What came of it, for the history."""
    well = sum(it.well for it in made.packed)
    troubles = [f"{it.folder.label}: {it.trouble or 'unsure'}" for it in made.packed if not it.well]
    troubles += [f"{it.host}: {it.trouble}" for it in made.away]
    return "; ".join([f"{well} of {len(made.packed)} packed", *troubles])


def _show(made: "Made", choice: Choice, wish: Wish, *, recorded: bool) -> None:
    from recorder.render import backups as drawing  # noqa: PLC0415 - only to run

    place = str(wish.to.absolute()) if wish.to else wish.base
    if choice.as_json:
        here = wish.to is not None
        document = drawing.made_document(
            made, place, here=here, recorded=recorded, generated_at=now()
        )
        print_json(document)
        return
    screen(choice).print(drawing.made_screen(made, place))
