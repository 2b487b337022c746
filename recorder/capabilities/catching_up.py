"""What hosts and apps know of the time before, asked and recorded behind the picture.

Needed on a first day, and after nobody looked for a day. What is not told, or can't be recorded,
is asked again behind a later look.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Iterator

import click

from recorder.bindings import Stack
from recorder.collect.past import Asked
from recorder.errors import StoreError
from recorder.model.past import Untold
from recorder.store.site import Location

TOLD_AFTER_SEC = 1.0


def take_in(place: Location, stack: Stack, untold: Untold) -> None:
    """Ask, and record what was told; a failure to record is told and no more."""
    asked = Asked(stack, untold, os.environ)
    from recorder.store.engine import opened  # noqa: PLC0415 - slow; loaded while hosts are asked
    from recorder.store.told import take_in as record  # noqa: PLC0415

    with _saying(untold):
        told = asked.wait()
    if not told:
        return
    try:
        with opened(place) as engine:
            record(engine, told)
    except StoreError as error:
        click.echo(f"ops: what was before is not recorded: {error}", err=True)


@contextlib.contextmanager
def _saying(untold: Untold) -> Iterator[None]:
    """Say at a terminal, after a second, what the prompt is waiting for."""
    if not sys.stderr.isatty():
        yield
        return
    timer = threading.Timer(TOLD_AFTER_SEC, click.echo, (_what(untold),), {"err": True})
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _what(untold: Untold) -> str:
    if not untold.apps:
        return "asking when hosts booted before ..."
    days = max((hole.until - hole.since).days for hole in untold.apps)
    return f"taking in the imports of the last {days} days ..."
