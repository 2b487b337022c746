"""A look-alike of Radarr, Sonarr and Lidarr: the part of their API that tells what was imported.

Written from their published OpenAPI documents: `GET /ping` needs no key, everything else wants the
header `X-Api-Key` and answers 401 without it. The history is what a test puts in; with a file
behind it, other processes can put in while the server runs.

    with ArrServer("radarr", api_key="k") as radarr:
        radarr.history.add("Big Buck Bunny", at=datetime.now(UTC))
        urlopen(f"{radarr.url}/ping")
"""

import argparse
import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

__all__ = ["APPS", "App", "ArrServer", "History"]
PAGE_SIZE = 10
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
        event = {
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


class ArrServer(ThreadingHTTPServer):
    """A running look-alike; leave the `with` block and it is gone. Port 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        app: str,
        *,
        api_key: str,
        history: History | None = None,
        address: tuple[str, int] = ("127.0.0.1", 0),
        url_base: str = "",
    ) -> None:
        self.history = history or History(app)
        self.api_key = api_key
        self.url_base = url_base
        self.requests: list[str] = []  # what was asked, path and query, in order
        super().__init__(address, _Handler)

    @property
    def url(self) -> str:
        """Where it answers, without the slash at the end."""
        return f"http://127.0.0.1:{self.server_port}{self.url_base}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ArrServer

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        asked = urlsplit(self.path)
        base = self.server.url_base
        api = f"{base}/api/{self.server.history.app.api}"
        query = {key.lower(): values for key, values in parse_qs(asked.query).items()}
        if asked.path == f"{base}/ping":
            self._answer(HTTPStatus.OK, {"status": "OK"})
        elif not asked.path.startswith(f"{base}/api/"):
            self._answer(HTTPStatus.NOT_FOUND, {"message": "NotFound"})
        elif self.headers.get("X-Api-Key") != self.server.api_key:
            self._answer(HTTPStatus.UNAUTHORIZED, {"error": "Unauthorized"})
        elif asked.path == f"{api}/history/since":
            self._since(query)
        elif asked.path == f"{api}/history":
            self._page(query)
        else:
            self._answer(HTTPStatus.NOT_FOUND, {"message": "NotFound"})

    def _since(self, query: dict[str, list[str]]) -> None:
        """A plain array, oldest first; an event type goes by name or by number."""
        events = self.server.history.events()
        try:
            if "date" in query:
                start = _utc(query["date"][0])
                events = [event for event in events if _utc(event["date"]) >= start]
            if "eventtype" in query:
                wanted = self._event_type(query["eventtype"][0])
                events = [event for event in events if event["eventType"] == wanted]
        except ValueError as trouble:
            self._answer(HTTPStatus.BAD_REQUEST, {"message": str(trouble)})
        else:
            self._answer(HTTPStatus.OK, events)

    def _page(self, query: dict[str, list[str]]) -> None:
        """One page, newest first unless asked otherwise; event types go by number here."""
        events = self.server.history.events()
        numbers = self.server.history.app.event_types
        try:
            page = int(query.get("page", ["1"])[0])
            size = int(query.get("pagesize", [str(PAGE_SIZE)])[0])
            wanted = {int(text) for text in query.get("eventtype", [])}
        except ValueError as trouble:
            self._answer(HTTPStatus.BAD_REQUEST, {"message": str(trouble)})
            return
        if wanted:
            events = [event for event in events if numbers[event["eventType"]] in wanted]
        if query.get("sortdirection", ["descending"])[0] != "ascending":
            events.reverse()
        records = events[(page - 1) * size : page * size]
        self._answer(
            HTTPStatus.OK,
            {"page": page, "pageSize": size, "totalRecords": len(events), "records": records},
        )

    def _event_type(self, text: str) -> str:
        for name, number in self.server.history.app.event_types.items():
            if text.lower() == name.lower() or text == str(number):
                return name
        raise ValueError(f"The value '{text}' is not valid.")

    def _answer(self, status: HTTPStatus, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing; `requests` has it all."""


def _utc(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def main() -> None:
    """Serve for ever, with history and key from files: `arr.py APP PORT HISTORY KEY_FILE`."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("app", choices=sorted(APPS))
    parser.add_argument("port", type=int)
    parser.add_argument("history", type=Path)
    parser.add_argument("key_file", type=Path)
    asked = parser.parse_args()
    history = History(asked.app, asked.history)
    key = asked.key_file.read_text().strip()
    ArrServer(
        asked.app, api_key=key, history=history, address=("127.0.0.1", asked.port)
    ).serve_forever()


if __name__ == "__main__":
    main()
