"""A run of Recyclarr: its plan, its output line by line, and how it ended."""

import shlex

from recorder.acting.sync import Sync, Synced
from recorder.render.plans import Plan
from recorder.render.safe import safe
from recorder.render.things import Object

LINE_CELLS = 2000


def plan(sync: Sync) -> Plan:
    """What would be done."""
    where = f"in {sync.folder}" if sync.container is None else f"in its container {sync.container}"
    return Plan(
        "RECYCLARR SYNC",
        (
            f"`{shlex.join(sync.command)}` on {sync.host}, {where}",
            "it changes settings of Radarr and Sonarr; --preview shows which",
        ),
    )


def line(said: str) -> str:
    """A line of its output, harmless."""
    return safe(said.expandtabs(), LINE_CELLS)


def ended(it: Synced) -> str:
    """How it ended, in a line."""
    told = "previewed" if it.sync.preview else "synced"
    return f"{it.sync.host}: {safe(it.trouble or told, LINE_CELLS)}"


def data(it: Synced, *, recorded: bool) -> Object:
    """The data of the document of recyclarr.sync."""
    return {
        "host": it.sync.host,
        "service": it.sync.service,
        "container": it.sync.container,
        "folder": None if it.sync.container else it.sync.folder,
        "command": shlex.join(it.sync.command),
        "preview": it.sync.preview,
        "exit_status": it.status,
        "trouble": it.trouble,
        "lines": it.count,
        "said": [*it.said],
        "recorded": recorded,
    }
