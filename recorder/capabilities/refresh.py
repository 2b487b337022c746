"""media.refresh: the three checks from one look, and the binding's summary."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from recorder.capabilities.looking import Choice, begin, finish, now, print_json, screen
from recorder.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from recorder.bindings.summary import Summary
    from recorder.render.refresh import Section


@click.command("media.refresh")
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII only.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: docs/json.md.")
@click.option("--no-write", is_flag=True, help="Leave the binding as it is.")
@click.pass_context
def command(ctx: click.Context, *, ascii_only: bool, as_json: bool, no_write: bool) -> ExitCode:
    """Health, services and mounts from one look, a line each; and the binding's summary.

    Writes to `summary:` of media.services.yaml how many services stand how on each host, and leaves
    every other byte as it was. Exits 0 when all passed, 1 when one did not, 3 when the summary
    could not be written.
    """
    from recorder.collect.snapshot import Part  # noqa: PLC0415 - loaded when needed
    from recorder.model import LocalTime  # noqa: PLC0415
    from recorder.render import refresh  # noqa: PLC0415

    choice = Choice(ctx.find_object(Path), (), (), as_json=as_json, ascii_only=ascii_only)
    look = begin(choice.stack(), Part.HOSTS | Part.ENDPOINTS)
    snapshot = finish(look, choice)
    done = refresh.checks(snapshot, look.took_ms(Part.HOSTS), look.took_ms(Part.ENDPOINTS))
    section = _written(choice.folder, refresh.counts_of(snapshot), no_write=no_write)
    if as_json:
        print_json(refresh.document(snapshot, done, section, generated_at=now()))
    else:
        screen(choice).print(refresh.screen(snapshot, done, section, tz=LocalTime()))
    if section.fate is refresh.Fate.FAILED:
        return ExitCode.NOT_RECORDED
    return ExitCode.WELL if all(check.passed for check in done) else ExitCode.WRONG


def _written(folder: Path | None, counts: "Summary", *, no_write: bool) -> "Section":
    """The summary put where it belongs, or why it was not."""
    from recorder.bindings.folder import SERVICES  # noqa: PLC0415 - loaded when needed
    from recorder.bindings.summary import write_summary  # noqa: PLC0415
    from recorder.render.refresh import Fate, Section  # noqa: PLC0415

    if folder is None:
        return Section(counts, Fate.NO_BINDING)
    file = str(folder / SERVICES)
    if no_write:
        return Section(counts, Fate.NOT_WANTED, file)
    try:
        written = write_summary(folder, counts)
    except UsageError as error:
        return Section(counts, Fate.FAILED, file, str(error))
    except OSError as error:
        return Section(counts, Fate.FAILED, file, f"{file}: {error.strerror}")
    return Section(counts, Fate.WRITTEN if written else Fate.UNCHANGED, file)
