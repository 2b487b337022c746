"""media.service.status: every container."""

from collections.abc import Callable
from typing import Any

import click

from recorder.capabilities.looking import Choice, check, looking
from recorder.collect.snapshot import Part
from recorder.errors import ExitCode
from recorder.render import parts


@click.command("media.service.status")
@looking
def command(choice: Choice) -> ExitCode:
    """Every container: state and since when, health, restarts, image.

    Exits 0 when all are as bound and well, 1 when one is not.
    """
    return check(choice, Part.HOSTS | Part.ENDPOINTS, parts.services, _document, _drawing)


def _document() -> Callable[..., Any]:
    from recorder.render.document import services  # noqa: PLC0415 - while hosts are asked

    return services


def _drawing() -> Callable[..., Any]:
    from recorder.render.services import screen  # noqa: PLC0415 - while hosts are asked

    return screen
