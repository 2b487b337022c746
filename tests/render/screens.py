"""Every golden text: what is drawn, how wide, and on what kind of stream; and two documents.

`cd tests && python -m render.screens` writes them anew; read the difference before committing it.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from rich.console import RenderableType

from recorder.history.difference import Difference
from recorder.model import GateResult, Snapshot, Verdict
from recorder.render import (
    backups,
    census,
    changes,
    difference,
    difference_document,
    document,
    gaps,
    gaps_document,
    gates,
    gates_document,
    health,
    history_document,
    imports,
    nfs,
    refresh,
    restart,
    services,
    storage,
)
from recorder.render.past import Past
from recorder.render.plans import screen as planned
from recorder.render.refresh import Fate
from recorder.render.retrospect.document import document as back_document
from recorder.render.retrospect.screen import screen as looked_back
from recorder.render.retrospect.sheet import as_csv, as_markdown
from recorder.render.screen import screen
from recorder.render.status import dashboard
from recorder.store.figures import Census

from . import acts, archives, asked, differences, histories, pasts, retrospects
from . import examples as made
from . import gates_held as held

REGISTER = Path("ops/bindings/operational.gaps.yaml")
FOLDER = Path(__file__).parent / "screens"


class Stream(io.TextIOWrapper):
    """A text stream in memory, a terminal if told so."""

    def __init__(self, encoding: str = "utf-8", *, terminal: bool = False) -> None:
        self._bytes = io.BytesIO()
        self._terminal = terminal
        super().__init__(self._bytes, encoding=encoding, newline="\n")

    def isatty(self) -> bool:
        return self._terminal

    @property
    def text(self) -> str:
        self.flush()
        return self._bytes.getvalue().decode(self.encoding)


def drawn(
    renderable: RenderableType, width: int = 80, *, ascii_only: bool = False, colour: bool = False
) -> str:
    """What a renderable looks like on a pipe, or with colour on a terminal."""
    stream = Stream(terminal=colour)
    screen(stream, {"COLUMNS": str(width)}, ascii_only=ascii_only).print(renderable)
    return stream.text


@dataclass(frozen=True)
class Golden:
    """A screen whose whole text is kept in a file."""

    draw: Callable[[], RenderableType]
    width: int = 80
    options: dict[str, bool] = field(default_factory=dict)

    def text(self) -> str:
        return drawn(self.draw(), self.width, **self.options)


def _healthy() -> RenderableType:
    return dashboard(made.HEALTHY, made.GAPS, tz=made.TZ)


def _night() -> RenderableType:
    notes = ["the clock went back 0:02:00; recorded 121 s later"]
    return dashboard(made.NIGHT, made.GAPS, tz=made.TZ, notes=notes)


def _hostile() -> RenderableType:
    return dashboard(
        made.HOSTILE, made.HOSTILE_GAPS, tz=made.TZ, notes=list(made.HOSTILE_TEXTS[:3])
    )


def _remembered() -> RenderableType:
    return dashboard(pasts.NIGHT_SEEN, made.GAPS, tz=made.TZ, past=pasts.PAST)


def _calm() -> RenderableType:
    return dashboard(made.HEALTHY, tz=made.TZ, past=pasts.CALM)


def _storage() -> RenderableType:
    box = storage.box(made.HEALTHY, 0, made.TZ, pasts.CALM)
    if box is None:
        raise ValueError(made.HEALTHY)
    return box


def _changes(past: Past, snapshot: Snapshot = made.NIGHT) -> RenderableType:
    if past.changes is None:
        raise ValueError(past)
    return changes.box(past.changes, snapshot, made.TZ, asked=past.asked)


def _history(of: Census) -> RenderableType:
    return census.screen(of, tz=made.TZ, now=made.NOW)


def _refresh(snapshot: Snapshot, fate: Fate) -> tuple[tuple[refresh.Check, ...], refresh.Section]:
    reason = "ops/bindings/media.services.yaml: Permission denied" if fate is Fate.FAILED else None
    file = None if fate is Fate.NO_BINDING else "ops/bindings/media.services.yaml"
    section = refresh.Section(refresh.counts_of(snapshot), fate, file, reason)
    return refresh.checks(snapshot, 561, 206), section


def _refreshed(snapshot: Snapshot, fate: Fate) -> RenderableType:
    return refresh.screen(snapshot, *_refresh(snapshot, fate), tz=made.TZ)


def _differs(of: Difference) -> RenderableType:
    return difference.screen(of, tz=made.TZ)


def _gates(of: Sequence[GateResult]) -> RenderableType:
    return gates.screen(of, held.ILL.snapshot, tz=made.TZ)


def _backup_plan() -> RenderableType:
    away, left = archives.AWAY, archives.NOTHING
    return planned(
        backups.plan(
            archives.FOLDERS,
            left,
            away,
            "~/media-backups",
            archives.KEEPING,
            here=False,
            stop=True,
        )
    )


def _restore_plan() -> RenderableType:
    place = ("/opt/radarr/config", "radarr")
    host = "download-stack"
    return planned(backups.restore_plan(archives.archive("radarr"), host, host, *place))


def _json(make: Callable[[], document.Object]) -> str:
    return document.as_json(make()) + "\n"


def _looked_back(name: str, **more: bool) -> RenderableType:
    return looked_back(retrospects.told(name), tz=made.TZ, **more)


def _first_minutes() -> RenderableType:
    return looked_back(retrospects.minutes(), tz=made.TZ)


SCREENS = {
    "back-week-40.txt": Golden(lambda: _looked_back("week"), 40),
    "back-week-60.txt": Golden(lambda: _looked_back("week"), 60),
    "back-week-80.txt": Golden(lambda: _looked_back("week")),
    "back-week-120.txt": Golden(lambda: _looked_back("week"), 120),
    "back-week-80-ascii.txt": Golden(lambda: _looked_back("week"), options={"ascii_only": True}),
    "back-week-80-colour.ansi": Golden(lambda: _looked_back("week"), options={"colour": True}),
    "back-all-80.txt": Golden(lambda: _looked_back("week", everything=True)),
    "back-month-80.txt": Golden(lambda: _looked_back("month")),
    "back-day-80.txt": Golden(lambda: _looked_back("day")),
    "back-service-80.txt": Golden(lambda: _looked_back("lidarr", narrowed=True)),
    "back-host-80.txt": Golden(lambda: _looked_back("streaming", narrowed=True)),
    "back-gap-80.txt": Golden(lambda: _looked_back("gap")),
    "back-early-80.txt": Golden(lambda: _looked_back("early")),
    "back-minutes-80.txt": Golden(_first_minutes),
    "back-newest-80.txt": Golden(lambda: looked_back(retrospects.newest(), tz=made.TZ)),
    "back-newest-service-80.txt": Golden(
        lambda: looked_back(retrospects.newest(), tz=made.TZ, narrowed=True)
    ),
    "back-alone-80.txt": Golden(lambda: looked_back(retrospects.alone(), tz=made.TZ)),
    "status-healthy-60.txt": Golden(_healthy, 60),
    "status-healthy-80.txt": Golden(_healthy),
    "status-healthy-120.txt": Golden(_healthy, 120),
    "status-night-40.txt": Golden(_night, 40),
    "status-night-60.txt": Golden(_night, 60),
    "status-night-80.txt": Golden(_night),
    "status-night-120.txt": Golden(_night, 120),
    "status-night-80-ascii.txt": Golden(_night, options={"ascii_only": True}),
    "status-night-80-colour.ansi": Golden(_night, options={"colour": True}),
    "status-hostile-80.txt": Golden(_hostile),
    "status-hostile-80-ascii.txt": Golden(_hostile, options={"ascii_only": True}),
    "status-this-machine-80.txt": Golden(lambda: dashboard(made.THIS_MACHINE, tz=made.TZ)),
    "status-no-engine-80.txt": Golden(lambda: dashboard(made.NO_ENGINE, tz=made.TZ)),
    "status-empty-80.txt": Golden(lambda: dashboard(made.EMPTY, tz=made.TZ)),
    "status-remembered-60.txt": Golden(_remembered, 60),
    "status-remembered-80.txt": Golden(_remembered),
    "status-remembered-120.txt": Golden(_remembered, 120),
    "status-remembered-80-ascii.txt": Golden(_remembered, options={"ascii_only": True}),
    "status-remembered-80-colour.ansi": Golden(_remembered, options={"colour": True}),
    "status-calm-80.txt": Golden(_calm),
    "storage-60.txt": Golden(_storage, 60),
    "storage-80.txt": Golden(_storage),
    "storage-80-ascii.txt": Golden(_storage, options={"ascii_only": True}),
    "changes-40.txt": Golden(lambda: _changes(pasts.PAST), 40),
    "changes-long-ago-80.txt": Golden(lambda: _changes(pasts.LONG_AGO)),
    "changes-first-80.txt": Golden(lambda: _changes(pasts.FIRST)),
    "changes-at-once-80.txt": Golden(lambda: _changes(pasts.AT_ONCE, made.HEALTHY)),
    "health-night-80.txt": Golden(lambda: health.screen(made.NIGHT)),
    "health-hostile-80.txt": Golden(lambda: health.screen(made.HOSTILE)),
    "health-empty-80.txt": Golden(lambda: health.screen(made.EMPTY)),
    "services-night-60.txt": Golden(lambda: services.screen(made.NIGHT), 60),
    "services-night-80.txt": Golden(lambda: services.screen(made.NIGHT)),
    "services-night-120.txt": Golden(lambda: services.screen(made.NIGHT), 120),
    "services-hostile-120.txt": Golden(lambda: services.screen(made.HOSTILE), 120),
    "nfs-night-60.txt": Golden(lambda: nfs.screen(made.NIGHT), 60),
    "nfs-night-80.txt": Golden(lambda: nfs.screen(made.NIGHT)),
    "nfs-hostile-80.txt": Golden(lambda: nfs.screen(made.HOSTILE)),
    "imports-healthy-80.txt": Golden(lambda: imports.screen(made.HEALTHY, tz=made.TZ, sample=5)),
    "imports-night-80.txt": Golden(lambda: imports.screen(made.NIGHT, tz=made.TZ)),
    "imports-hostile-80.txt": Golden(lambda: imports.screen(made.HOSTILE, tz=made.TZ, sample=99)),
    "diff-60.txt": Golden(lambda: _differs(differences.NIGHTFALL), 60),
    "diff-80.txt": Golden(lambda: _differs(differences.NIGHTFALL)),
    "diff-120.txt": Golden(lambda: _differs(differences.NIGHTFALL), 120),
    "diff-80-ascii.txt": Golden(
        lambda: _differs(differences.NIGHTFALL), options={"ascii_only": True}
    ),
    "diff-morning-80.txt": Golden(lambda: _differs(differences.MORNING)),
    "diff-nothing-80.txt": Golden(lambda: _differs(differences.NOTHING)),
    "diff-hostile-80.txt": Golden(lambda: _differs(differences.HOSTILE)),
    "refresh-night-80.txt": Golden(lambda: _refreshed(made.NIGHT, Fate.WRITTEN)),
    "refresh-night-60.txt": Golden(lambda: _refreshed(made.NIGHT, Fate.FAILED), 60),
    "refresh-healthy-80.txt": Golden(lambda: _refreshed(made.HEALTHY, Fate.UNCHANGED)),
    "refresh-empty-80.txt": Golden(lambda: _refreshed(made.EMPTY, Fate.NO_BINDING)),
    "refresh-hostile-80.txt": Golden(lambda: _refreshed(made.HOSTILE, Fate.NOT_WANTED)),
    "restart-plan-60.txt": Golden(acts.planned, 60),
    "restart-plan-80.txt": Golden(acts.planned),
    "restart-60.txt": Golden(lambda: acts.done(acts.RESTARTED), 60),
    "restart-80.txt": Golden(lambda: acts.done(acts.RESTARTED)),
    "restart-80-ascii.txt": Golden(lambda: acts.done(acts.RESTARTED), options={"ascii_only": True}),
    "restart-away-80.txt": Golden(lambda: acts.done(acts.AWAY)),
    "restart-hostile-80.txt": Golden(lambda: acts.done(acts.HOSTILE)),
    "restart-plan-hostile-80.txt": Golden(lambda: acts.planned(acts.HOSTILE_JOB)),
    "backup-plan-80.txt": Golden(_backup_plan),
    "backup-60.txt": Golden(lambda: backups.made_screen(archives.MADE, "~/media-backups"), 60),
    "backup-80.txt": Golden(lambda: backups.made_screen(archives.MADE, "~/media-backups")),
    "backup-80-ascii.txt": Golden(
        lambda: backups.made_screen(archives.MADE, "~/media-backups"),
        options={"ascii_only": True},
    ),
    "backup-well-80.txt": Golden(lambda: backups.made_screen(archives.WELL, "/mnt/b")),
    "backup-hostile-80.txt": Golden(lambda: backups.made_screen(archives.HOSTILE, "/mnt/b")),
    "backup-verify-80.txt": Golden(lambda: backups.checked_screen(archives.CHECKED, archives.AWAY)),
    "backup-verify-none-80.txt": Golden(lambda: backups.checked_screen((), ())),
    "backup-restore-plan-80.txt": Golden(_restore_plan),
    "gaps-80.txt": Golden(lambda: gaps.screen(made.GAPS, REGISTER, None)),
    "gaps-hostile-80.txt": Golden(lambda: gaps.screen(made.HOSTILE_GAPS, REGISTER, None)),
    "gates-60.txt": Golden(lambda: _gates(held.HELD_ILL), 60),
    "gates-80.txt": Golden(lambda: _gates(held.HELD_ILL)),
    "gates-120.txt": Golden(lambda: _gates(held.HELD_ILL), 120),
    "gates-80-ascii.txt": Golden(lambda: _gates(held.HELD_ILL), options={"ascii_only": True}),
    "gates-well-80.txt": Golden(lambda: _gates(held.HELD_WELL)),
    "gates-hostile-80.txt": Golden(lambda: _gates(held.HOSTILE)),
    "history-60.txt": Golden(lambda: _history(histories.YEARS), 60),
    "history-80.txt": Golden(lambda: _history(histories.YEARS)),
    "history-80-ascii.txt": Golden(lambda: _history(histories.YEARS), options={"ascii_only": True}),
    "history-first-80.txt": Golden(lambda: _history(histories.FIRST)),
    "history-hostile-80.txt": Golden(lambda: _history(histories.HOSTILE)),
}


DOCUMENTS = {
    "restart.json": lambda: document.envelope(
        "media.stack.restart",
        Verdict.FAIL,
        restart.data([acts.RESTARTED, acts.AWAY], recorded=True),
        made.NOW,
    ),
    "refresh-night.json": lambda: refresh.document(
        made.NIGHT, *_refresh(made.NIGHT, Fate.FAILED), generated_at=made.NOW
    ),
    "gates.json": lambda: gates_document.gates(
        held.HELD_ILL, held.ILL.snapshot, generated_at=made.NOW
    ),
    "backup.json": lambda: backups.made_document(
        archives.MADE, "~/media-backups", here=False, recorded=True, generated_at=made.NOW
    ),
    "backup-verify.json": lambda: backups.checked_document(
        archives.CHECKED, archives.AWAY, generated_at=made.NOW
    ),
    "gaps.json": lambda: gaps_document.gaps(made.GAPS, REGISTER, None, generated_at=made.NOW),
    "diff.json": lambda: difference_document.difference(
        differences.NIGHTFALL, generated_at=made.NOW
    ),
    "back-week.json": lambda: back_document(retrospects.told("week"), generated_at=made.NOW),
    "history.json": lambda: history_document.census(histories.YEARS, generated_at=made.NOW),
    "status-night.json": lambda: document.status(made.NIGHT, made.GAPS, generated_at=made.NOW),
    "status-remembered.json": lambda: document.status(
        pasts.NIGHT_SEEN, generated_at=made.NOW, recorded=True, past=pasts.PAST
    ),
    "imports-healthy.json": lambda: document.imports(
        made.HEALTHY, generated_at=made.NOW, day=date(2026, 2, 16), zone="local", sample=1
    ),
}

ASKED = {
    "sql-events-80.txt": lambda: asked.shown(asked.saved("events")),
    "sql-problems-80.txt": lambda: asked.shown(asked.saved("problems")),
    "sql-queries-80.txt": asked.queries,
    "sql-record-60.txt": lambda: asked.shown("SELECT * FROM service_now LIMIT 1", 60),
}

TEXTS: dict[str, Callable[[], str]] = {
    **ASKED,
    **{name: golden.text for name, golden in SCREENS.items()},
    **{name: partial(_json, make) for name, make in DOCUMENTS.items()},
    "back-week.csv": lambda: as_csv(retrospects.told("week")),
    "back-week.md": lambda: as_markdown(retrospects.told("week"), made.TZ),
}


def write() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in TEXTS.items():
        (FOLDER / name).write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    write()
