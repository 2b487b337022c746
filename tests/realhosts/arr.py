"""A look-alike of Radarr, Sonarr and Lidarr: the part of their API that tells what was imported.

Written from their published OpenAPI documents: `GET /ping` needs no key, everything else wants the
header `X-Api-Key` and answers 401 without it. The history is what a test puts in; with a file
behind it, other processes can put in while the server runs.

    with ArrServer("radarr", api_key="k") as radarr:
        radarr.history.add("Big Buck Bunny", at=datetime.now(UTC))
        urlopen(f"{radarr.url}/ping")
"""

import json
import threading
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from realhosts.history import History

PAGE_SIZE = 10


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
        self.pages = HTTPStatus.OK  # what it answers whoever asks for a page
        self.pages_free = threading.Event()  # it answers them once this is set, as it is at first
        self.pages_free.set()
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
        self.server.pages_free.wait()
        if self.server.pages is not HTTPStatus.OK:
            self._answer(self.server.pages, {"message": "database is locked"})
            return
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
