"""media.health.check: every health endpoint."""

from collections.abc import Callable
from typing import Any

import click

from recorder.capabilities.looking import Choice, check, looking
from recorder.collect.snapshot import Part
from recorder.errors import ExitCode
from recorder.render import parts


@click.command("media.health.check")
@looking
def command(choice: Choice) -> ExitCode:
    """Ask every health endpoint: what it answered, how fast, or why it did not.

    Exits 0 when all answer well, 1 when one does not.
    """
    return check(choice, Part.HOSTS | Part.ENDPOINTS, parts.endpoints, _document, _drawing)


def _document() -> Callable[..., Any]:
    from recorder.render.document import health  # noqa: PLC0415 - while hosts are asked

    return health


def _drawing() -> Callable[..., Any]:
    from recorder.render.health import screen  # noqa: PLC0415 - while hosts are asked

    return screen
