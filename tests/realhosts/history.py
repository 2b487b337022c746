"""What an *arr app did and when: its events, as its API gives them.

The apps are one family and differ in small things: where the API lives, what an import is called,
which number an event type has.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DATE_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class App:
    """One of the family: where its API lives, and what its events are called and numbered."""

    name: str
    api: str
    imported: str  # the event type of an import
    event_types: dict[str, int]
    ids: tuple[str, ...]  # what an event points at


APPS = {
    app.name: app
    for app in (
        App(
            "radarr",
            "v3",
            "downloadFolderImported",
            {
                "unknown": 0,
                "grabbed": 1,
                "downloadFolderImported": 3,
                "downloadFailed": 4,
                "movieFileDeleted": 6,
                "movieFolderImported": 7,
                "movieFileRenamed": 8,
                "downloadIgnored": 9,
            },
            ("movieId",),
        ),
        App(
            "sonarr",
            "v3",
            "downloadFolderImported",
            {
                "unknown": 0,
                "grabbed": 1,
                "seriesFolderImported": 2,
                "downloadFolderImported": 3,
                "downloadFailed": 4,
                "episodeFileDeleted": 5,
                "episodeFileRenamed": 6,
                "downloadIgnored": 7,
            },
            ("episodeId", "seriesId"),
        ),
        App(
            "lidarr",
            "v1",
            "trackFileImported",
            {
                "unknown": 0,
                "grabbed": 1,
                "artistFolderImported": 2,
                "trackFileImported": 3,
                "downloadFailed": 4,
                "trackFileDeleted": 5,
                "trackFileRenamed": 6,
                "albumImportIncomplete": 7,
                "downloadImported": 8,
                "trackFileRetagged": 9,
                "downloadIgnored": 10,
            },
            ("albumId", "artistId", "trackId"),
        ),
    )
}


class History:
    """The events of one app, oldest first; kept in `path` where one is given."""

    def __init__(self, app: str, path: Path | None = None) -> None:
        self.app = APPS[app]
        self._path = path
        self._events: list[dict[str, Any]] = []

    def events(self) -> list[dict[str, Any]]:
        """Every event, by date."""
        if self._path and self._path.exists():
            self._events = json.loads(self._path.read_text())
        return sorted(self._events, key=lambda event: (event["date"], event["id"]))

    def add(
        self, title: str, at: datetime, event_type: str | None = None, **ids: int
    ) -> dict[str, Any]:
        """Put in an event, an import unless told otherwise; its id is the highest so far."""
        kind = event_type or self.app.imported
        if kind not in self.app.event_types:
            raise ValueError(f"{self.app.name} has no event type {kind!r}")
        events = self.events()
        number = max((event["id"] for event in events), default=0) + 1
        event: dict[str, Any] = {
            "id": number,
            **{name: ids.get(name, number) for name in self.app.ids},
            "sourceTitle": title,
            "date": at.astimezone(UTC).strftime(DATE_FORMAT),
            "eventType": kind,
            "data": {},
        }
        self._keep([*events, event])
        return event

    def clear(self) -> None:
        """Forget every event."""
        self._keep([])

    def _keep(self, events: list[dict[str, Any]]) -> None:
        self._events = events
        if self._path:
            fresh = self._path.with_suffix(".new")
            fresh.write_text(json.dumps(events))
            fresh.replace(self._path)
