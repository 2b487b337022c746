"""What hosts and apps know of the time before, asked and recorded behind the picture.

Needed on a first day, and after nobody looked for a day. What is not told, or can't be recorded,
is asked again behind the next look.
"""

import os
from pathlib import Path

import click

from recorder.bindings import Stack
from recorder.collect.past import Asked
from recorder.errors import StoreError
from recorder.model.past import Untold


def take_in(path: Path, stack: Stack, untold: Untold) -> None:
    """Ask, and record what was told; a failure to record is told and no more."""
    asked = Asked(stack, untold, os.environ)
    from recorder.store.engine import opened  # noqa: PLC0415 - slow; loaded while hosts are asked
    from recorder.store.told import take_in as record  # noqa: PLC0415

    told = asked.wait()
    if not told:
        return
    try:
        with opened(path) as engine:
            record(engine, told)
    except StoreError as error:
        click.echo(f"ops: what was before is not recorded: {error}", err=True)
