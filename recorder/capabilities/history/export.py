"""media.history.export: the history for other programs."""

from pathlib import Path

import click

from recorder.capabilities.recording import history_option, moment_of
from recorder.errors import ExitCode
from recorder.history.when import FORMS
from recorder.store.site import Location

CONTENTS = ("spans", "samples", "events")
STEPS = {"raw": "sample", "hour": "rollup_hour", "day": "rollup_day"}


@click.command("media.history.export")
@click.argument("content", type=click.Choice(CONTENTS))
@history_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl"]),
    default="csv",
    show_default=True,
    help="CSV with a header, or a JSON object a line.",
)
@click.option("--since", metavar="TIME", help=f"From then on: {FORMS}.")
@click.option("--until", metavar="TIME", help="Up to then.")
@click.option(
    "--step",
    type=click.Choice(list(STEPS)),
    default="raw",
    show_default=True,
    help="Of samples: each one (kept 30 days), or those of an hour or a UTC day in one.",
)
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write there, not to standard output.",
)
@click.option("--force", is_flag=True, help="Overwrite the file, if there is one.")
def command(
    *,
    content: str,
    history: Location,
    form: str,
    since: str | None,
    until: str | None,
    step: str,
    target: Path | None,
    force: bool,
) -> ExitCode:
    """Spans (every state of every thing), samples (numbers) or events, as CSV or lines of JSON.

    Times are ISO 8601 in UTC. Exits 3 when the history can't be read.
    """
    from recorder.render.extract import Format, lines  # noqa: PLC0415 - only to run
    from recorder.store.extract import Content, Wanted, extract  # noqa: PLC0415
    from recorder.store.values import Step  # noqa: PLC0415

    from .writing import to_file, to_output  # noqa: PLC0415

    wanted = Wanted(
        Content(content),
        moment_of(since) if since else None,
        moment_of(until) if until else None,
        Step(STEPS[step]),
    )
    text = lines(extract(history, wanted), Format(form))
    if target is None:
        to_output(text)
    else:
        to_file(target, text, force=force)
    return ExitCode.WELL
