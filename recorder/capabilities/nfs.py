"""media.nfs.verify: every declared mount."""

from collections.abc import Callable
from typing import Any

import click

from recorder.capabilities.looking import Choice, check, looking
from recorder.collect.snapshot import Part
from recorder.errors import ExitCode
from recorder.render import parts


@click.command("media.nfs.verify")
@looking
def command(choice: Choice) -> ExitCode:
    """Every declared mount: there, right source, right mode, answering, and its space.

    Exits 0 when all are well, 1 when one is not.
    """
    return check(choice, Part.HOSTS, parts.mounts, _document, _drawing)


def _document() -> Callable[..., Any]:
    from recorder.render.document import mounts  # noqa: PLC0415 - while hosts are asked

    return mounts


def _drawing() -> Callable[..., Any]:
    from recorder.render.nfs import screen  # noqa: PLC0415 - while hosts are asked

    return screen
