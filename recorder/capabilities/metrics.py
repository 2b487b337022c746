"""media.metrics.today: what the apps imported in a day."""

from datetime import UTC, date, datetime, tzinfo

import click

from recorder.capabilities.looking import (
    Choice,
    begin,
    finish,
    looking,
    now,
    outcome,
    print_json,
    screen,
)
from recorder.collect.snapshot import Part
from recorder.errors import ExitCode
from recorder.model import LocalTime, day_of
from recorder.render import parts

ZONES: dict[str, tzinfo] = {"local": LocalTime(), "utc": UTC}


@click.command("media.metrics.today")
@looking
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The day to count; today by default.",
)
@click.option(
    "--tz",
    "zone",
    type=click.Choice(list(ZONES)),
    default="local",
    show_default=True,
    help="Whose midnight a day begins at.",
)
@click.option(
    "--sample",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Show the newest N titles of each app.",
)
def command(choice: Choice, day: datetime | None, zone: str, sample: int) -> ExitCode:
    """What Radarr, Sonarr and Lidarr imported in a day.

    Exits 0 when every app told, 1 when one would not.
    """
    tz = ZONES[zone]
    counted: date = day.date() if day else datetime.now(tz).date()
    look = begin(choice.stack(), Part.IMPORTS, day_of(counted, tz))
    if choice.as_json:
        from recorder.render import document  # noqa: PLC0415 - while apps are asked

        snapshot = finish(look, choice)
        print_json(
            document.imports(snapshot, generated_at=now(), day=counted, zone=zone, sample=sample)
        )
    else:
        from recorder.render import imports  # noqa: PLC0415 - while apps are asked

        console = screen(choice)
        snapshot = finish(look, choice)
        shown_day = counted if day else None
        console.print(imports.screen(snapshot, tz=tz, sample=sample, day=shown_day))
    return outcome(parts.imports(snapshot))
