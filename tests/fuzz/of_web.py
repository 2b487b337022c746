"""What web servers answer, byte for byte, to the real client: endpoints and the apps' histories."""

import contextlib
import json
import socket
from collections.abc import Callable
from datetime import UTC, timedelta

from recorder.bindings.stack import HealthBinding, HostBinding, ImportBinding, KeyBinding
from recorder.collect.app_past import ask_app, is_last, records
from recorder.collect.arr import TITLE_LIMIT, count_imports, parse_history, title_of
from recorder.collect.elements import NoArrayError
from recorder.collect.endpoints import ask_endpoint
from recorder.collect.web import Site
from recorder.model import ImportCount, ImportedTitle, ImportState, Reason, Snapshot, Trigger
from recorder.model.past import Hole
from recorder.model.states import EndpointState
from recorder.render.imports import screen

from .said import Said
from .target import DAY, NOW, Target, chosen, drawn, harmless, in_pieces

HOST = HostBinding("h", ("192.0.2.9",))
APP = ImportBinding("radarr", "radarr", "radarr", KeyBinding(env="K"))
KEYS = {"K": "the-key"}
EVENT = "downloadFolderImported"
SINCE = NOW - timedelta(days=9)
MOST_SENT = 60_000  # a socket's buffer holds it
FIRST_ERROR_STATUS = 400
UTMOST_SEC = 5.0  # nobody is waited for: all that is ever said is there


def web(data: bytes) -> None:
    """A server's bytes: to a health check, in TLS too, and to both questions to an app."""
    kind, said = chosen(data, 4)
    if kind < 2:
        endpoint(said, "https" if kind else "http")
    elif kind == 2:
        imports(said)
    else:
        site = Site(HOST, 80, via_ssh=True)
        past = _asked(
            said, lambda shell: ask_app(APP, site, Hole("radarr", SINCE, NOW), shell, KEYS)
        )
        if past:
            _titled(past.titles)


def endpoint(data: bytes, scheme: str) -> None:
    path = "/api?mode=queue&apikey=the-key"
    health = HealthBinding(80, path, scheme, verify_tls=False, via_ssh=True)
    asked = _asked(data, lambda shell: ask_endpoint(HOST, health, shell))
    found = asked.endpoint
    assert asked.reached
    assert "the-key" not in f"{found.url} {found.detail}"
    assert found.state is not EndpointState.UNKNOWN
    well = found.state is EndpointState.OK
    assert well == (found.reason is None)
    assert well == (found.http_status is not None and found.http_status < FIRST_ERROR_STATUS)
    assert well or found.detail
    assert found.reason is not Reason.TIMEOUT


def imports(data: bytes) -> None:
    site = Site(HOST, 80, via_ssh=True)
    counted = _asked(data, lambda shell: count_imports(APP, site, DAY, shell, KEYS))
    assert isinstance(counted, ImportCount)
    known = counted.state is ImportState.OK
    assert known == (counted.count is not None)
    assert known == (counted.reason is None)
    assert counted.count in (None, len(counted.titles))
    _titled((*counted.titles, *counted.earlier))
    seen = Snapshot(NOW, 1, Trigger.PERSON, "home", imports=(counted,))
    harmless(drawn(screen(seen, tz=UTC, sample=99, day=NOW.date())), len(data))


def _titled(titles: tuple[ImportedTitle, ...]) -> None:
    """Fails where imports are not in order, each once, and as short as they should be."""
    assert [*titles] == sorted(titles, key=lambda it: (it.at, it.event_id), reverse=True)
    assert len({it.event_id for it in titles}) == len(titles)
    assert all(len(it.title) <= TITLE_LIMIT and abs(it.event_id) < 1 << 31 for it in titles)


def _asked(data: bytes, ask_it: Callable[[Callable[[], Said]], object]) -> object:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(UTMOST_SEC)
        theirs.sendall(data[:MOST_SENT])
        theirs.shutdown(socket.SHUT_WR)
        shell = Said(b"", ours)
        return ask_it(lambda: shell)


def history(data: bytes) -> None:
    """What an app says of its history: the same however it arrives, and in pages."""
    read = [_read(pieces) for pieces in ([data], *in_pieces(data))]
    assert read[0] == read[1] == read[2]
    _titled(read[0] or ())
    events = records(data)
    for said in events or ():
        with contextlib.suppress(NoArrayError):
            title_of(said, EVENT)
    is_last(events or [], SINCE)


def _read(pieces: list[bytes]) -> tuple[ImportedTitle, ...] | None:
    try:
        return parse_history(pieces, EVENT, SINCE, NOW)
    except NoArrayError:
        return None


def _event(number: int, **more: object) -> dict[str, object]:
    at = f"2026-02-16T1{number % 4}:00:00Z"
    named = {
        "id": number,
        "eventType": EVENT,
        "date": at,
        "sourceTitle": f"Big Buck Bunny {number}",
    }
    return {**named, **more}


_EVENTS = json.dumps([*map(_event, range(3)), _event(3, eventType="grabbed")]).encode()
_PAGE = b'{"page": 1, "records": ' + _EVENTS + b"}"
_JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def _whole(body: bytes) -> bytes:
    return _JSON + b"Content-Length: %d\r\n\r\n" % len(body) + body


_WEB = [
    b"\0" + _whole(b"pong"),
    b"\0HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 302 Found\r\nLocation: /\r\n\r\n",
    b"\0HTTP/1.1 503 Service Unavailable\r\n\r\n",
    b"\0SSH-2.0-OpenSSH_9.2\r\n",
    b"\1" + bytes.fromhex("16030300020200"),
    b"\1" + bytes.fromhex("15030300020228"),
    b"\2" + _whole(_EVENTS),
    b"\2"
    + _JSON
    + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(_EVENTS)
    + _EVENTS
    + b"\r\n0\r\n",
    b"\2HTTP/1.1 401 Unauthorized\r\n\r\n",
    b"\2" + _whole(b"<html>"),
    b"\3" + _whole(_PAGE),
]
_HISTORIES = [
    _EVENTS,
    _PAGE,
    b"\xef\xbb\xbf[]",
    b'[{"eventType": "grabbed"}, 1]',
    json.dumps(
        [_event(1, sourceTitle="\ud800 \x1b[31m", date="2026-02-16 12:00:00.1234567+01:00")]
    ).encode(),
]
TARGETS = {
    "web": Target(web, lambda: _WEB),
    "history": Target(history, lambda: _HISTORIES, examples=100),
}
