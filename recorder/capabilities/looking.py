"""What the looking capabilities share: their options, and the way from a stack to a snapshot.

Model, bindings and collection are loaded when they are used: the process that records is forked
before, and loads what it needs meanwhile.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from recorder.errors import ExitCode, RecorderError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from recorder.bindings.stack import Stack
    from recorder.collect.snapshot import Look, Part
    from recorder.model import Day, Snapshot, Trigger

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Choice:
    """What a person asked to see, and how."""

    root: Path | None  # what --root names
    hosts: tuple[str, ...]
    services: tuple[str, ...]
    as_json: bool
    ascii_only: bool
    everything: bool = False  # each of many hosts, too

    @property
    def each(self) -> bool:
        """Whether every host is shown by itself, however many there are."""
        return self.everything or bool(self.hosts)

    @property
    def narrowed(self) -> bool:
        """Whether only a part of the stack was asked for."""
        return bool(self.hosts or self.services)

    @cached_property
    def folder(self) -> Path | None:
        """Where the bindings are; None: this machine is the stack. Raises UsageError."""
        return bindings_folder(self.root)

    def stack(self) -> "Stack":
        """The stack, as much of it as must be asked. Raises UsageError, BindingError."""
        from recorder.bindings import narrow, stack_of  # noqa: PLC0415 - as the module says

        return narrow(stack_of(self.folder), self.hosts, self.services)


def bindings_folder(root: Path | None) -> Path | None:
    """Where the bindings of this call are."""
    from recorder.bindings import find_folder  # noqa: PLC0415 - as the module says

    return find_folder(root, os.environ, Path.cwd(), CHECKOUT)


def looking(command: Callable[..., ExitCode]) -> Callable[..., ExitCode]:
    """Give a command the options every look has; it is called with a Choice."""

    @wraps(command)
    @click.pass_context
    def chosen(
        ctx: click.Context,
        /,
        hosts: tuple[str, ...],
        services: tuple[str, ...],
        *,
        as_json: bool,
        ascii_only: bool,
        **others: Any,  # noqa: ANN401 - whatever the command's own options are
    ) -> ExitCode:
        root = ctx.find_object(Path)
        return command(Choice(root, hosts, services, as_json, ascii_only), **others)

    for option in (
        click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII only."),
        click.option("--json", "as_json", is_flag=True, help="One JSON object: docs/json.md."),
        click.option(
            "--service",
            "services",
            multiple=True,
            metavar="NAME",
            shell_complete=_complete_services,
            help="Only this service; may be given again.",
        ),
        click.option(
            "--host",
            "--vm",
            "hosts",
            multiple=True,
            metavar="NAME",
            shell_complete=complete_hosts,
            help="Only this host; may be given again.",
        ),
    ):
        chosen = option(chosen)
    return chosen


def begin(
    stack: "Stack",
    parts: "Part | None" = None,
    day: "Day | None" = None,
    trigger: "Trigger | None" = None,
) -> "Look":
    """Start asking for a person: everything, where no parts are named; the imports of today."""
    from recorder.collect.snapshot import Asking, Look, Part  # noqa: PLC0415 - as the module says
    from recorder.collect.ways import make_ready  # noqa: PLC0415
    from recorder.model import LocalTime, Trigger, day_of  # noqa: PLC0415

    today = day or day_of(datetime.now(LocalTime()).date(), LocalTime())
    make_ready(stack)
    return Look(stack, Asking(today, os.environ, parts or Part.ALL, trigger or Trigger.PERSON))


def finish(look: "Look", choice: Choice) -> "Snapshot":
    """Wait, and keep of the look what was asked for; UsageError where there is no such service."""
    return chosen_of(_waited(look), choice)


def chosen_of(snapshot: "Snapshot", choice: Choice) -> "Snapshot":
    """What a person named, all where nothing is; UsageError where there is no such service."""
    from recorder.bindings.spelling import did_you_mean  # noqa: PLC0415 - as the module says

    if choice.hosts:
        bound = [host.name for host in snapshot.hosts]
        for name in choice.hosts:
            if name not in bound:
                raise UsageError(f'no host "{name}"{did_you_mean(name, bound)}')
        snapshot = snapshot.of_hosts(choice.hosts)
    if not choice.services:
        return snapshot
    known = {
        name: None for service in snapshot.services for name in (service.name, service.container)
    }
    for name in choice.services:
        if name not in known:
            raise UsageError(
                f'no service "{name}" here{did_you_mean(name, known)}; '
                "`ops media.service.status` lists them"
            )
    return snapshot.of_services(choice.services)


def _waited(look: "Look") -> "Snapshot":
    """Wait; after a second, tell a person at a terminal for whom."""
    from recorder.capabilities.awaiting import AFTER_SEC, telling  # noqa: PLC0415 - as above

    def lines() -> list[str]:
        from recorder.render.progress import waiting  # noqa: PLC0415 - only to draw

        return waiting(look.waiting_for(), AFTER_SEC)

    with telling(lines):
        return look.wait()


def screen(choice: Choice) -> "Console":
    """Standard output as a screen."""
    from recorder.render.screen import screen as screen_of  # noqa: PLC0415 - while hosts are asked

    return screen_of(sys.stdout, ascii_only=choice.ascii_only)


def check(
    choice: Choice,
    asked: "Part",
    part: "Callable[[Snapshot], Snapshot]",
    document: Callable[[], Callable[..., Any]],
    drawing: "Callable[[], Callable[[Snapshot], Any]]",
) -> ExitCode:
    """Look, and show the one part of it a check is about.

    `document` and `drawing` load what renders the snapshot, as JSON or on the screen; they are
    called while hosts are being asked.
    """
    look = begin(choice.stack(), asked)
    if choice.as_json:
        as_document = document()
        snapshot = finish(look, choice)
        print_json(as_document(snapshot, generated_at=now()))
    else:
        draw, console = drawing(), screen(choice)
        snapshot = finish(look, choice)
        console.print(draw(snapshot))
    return outcome(part(snapshot))


def print_json(document: Any) -> None:  # noqa: ANN401 - a JSON object
    """One document on standard output."""
    from recorder.render.document import as_json  # noqa: PLC0415 - while hosts are asked

    click.echo(as_json(document))


def outcome(shown: "Snapshot") -> ExitCode:
    """The exit code of a look, by the part of it that was shown."""
    from recorder.model import Verdict, findings, verdict  # noqa: PLC0415 - as the module says

    return ExitCode.WRONG if verdict(findings(shown)) is Verdict.FAIL else ExitCode.WELL


def now() -> datetime:
    """The time at which a document is made."""
    return datetime.now(UTC)


def complete_hosts(
    ctx: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The hosts of the bindings whose names begin so."""
    return _complete(ctx, incomplete, lambda stack: [host.name for host in stack.hosts])


def _complete_services(
    ctx: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    return _complete(ctx, incomplete, lambda stack: [service.name for service in stack.services])


def _complete(
    ctx: click.Context, incomplete: str, names: Callable[["Stack"], list[str]]
) -> list[CompletionItem]:
    """Names that begin so; none while the bindings hold mistakes."""
    from recorder.bindings import load  # noqa: PLC0415 - as the module says

    try:
        stack = load(bindings_folder(ctx.find_object(Path)))
    except RecorderError:
        return []
    return [CompletionItem(name) for name in names(stack) if name.startswith(incomplete)]
