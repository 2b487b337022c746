"""Hosts asked side by side for their archives; one that is away is a value."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from recorder.errors import ExitCode

if TYPE_CHECKING:
    from recorder.bindings.stack import HostBinding
    from recorder.collect.shell import Shell
    from recorder.model.archive import Archive, Away

T = TypeVar("T")
BASE = "~/media-backups"


def folder_option(command: Callable[..., ExitCode]) -> Callable[..., ExitCode]:
    """Give a command `--folder`; it is called with the shelf on the hosts as `base`."""
    return click.option(
        "--folder",
        "base",
        default=BASE,
        show_default=True,
        metavar="FOLDER",
        callback=_whole_folder,
        help="Where archives lie on a host.",
    )(command)


def _whole_folder(_ctx: click.Context, _parameter: click.Parameter, given: str) -> str:
    if not given.startswith(("/", "~/")) or not given.strip("/~") or not given.isprintable():
        raise click.BadParameter("must begin with a slash, or with ~/ for the home on the host")
    return given.rstrip("/")


def on_each(
    hosts: Iterable["HostBinding"], work: "Callable[[HostBinding, Shell], T]"
) -> "tuple[list[T], list[Away]]":
    """Log in to all hosts at once and do the work there; the results in the hosts' order."""
    from recorder.collect.archives.script import Failed  # noqa: PLC0415 - only to run
    from recorder.collect.fanout import FanOut  # noqa: PLC0415
    from recorder.collect.shell import Unreachable  # noqa: PLC0415
    from recorder.model.archive import Away  # noqa: PLC0415

    pool = FanOut()
    asked = [(host, pool.submit(partial(_on, host, work))) for host in hosts]
    results: list[T] = []
    away: list[Away] = []
    for host, task in asked:
        try:
            results.append(task.result())
        except Unreachable as failure:
            away.append(Away(host.name, "; ".join(filter(None, (failure.detail, failure.hint)))))
        except Failed as failure:
            away.append(Away(host.name, str(failure)))
    return results, away


def _on(host: "HostBinding", work: "Callable[[HostBinding, Shell], T]") -> T:
    from recorder.collect.ways import open_shell  # noqa: PLC0415 - only to run

    shell = open_shell(host)
    try:
        return work(host, shell)
    finally:
        shell.close()


def shelf_here(folder: Path, host: str) -> Path:
    """The shelf of a host's archives on this machine."""
    from recorder.model.archive import label_of  # noqa: PLC0415 - only to run

    return folder.absolute() / label_of(host)


def of_services(some: "Sequence[Archive]", services: Sequence[str]) -> "list[Archive]":
    """Those of the services; all where none is named."""
    from recorder.model.archive import label_of  # noqa: PLC0415 - only to run

    labels = [label_of(name) for name in services]
    return [it for it in some if not labels or it.label.partition("+")[0] in labels]
