"""Counting a day's imports, asked of the look-alike of Radarr, Sonarr and Lidarr on loopback."""

import dataclasses
import json
import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest
from realhosts import ArrServer, History

from recorder.bindings.stack import HealthBinding, ImportBinding, KeyBinding
from recorder.collect import arr, elements, http
from recorder.collect.arr import App, count_imports, no_count, parse_history, site_of
from recorder.collect.elements import NoArrayError
from recorder.collect.local import LocalShell
from recorder.collect.shell import Connection, Shell, Unreachable
from recorder.collect.web import Site
from recorder.model import Day, ImportCount, ImportedTitle, ImportState, Reason, day_of

from .examples import FakeShell, host, service
from .servers import (
    Behaviour,
    answering,
    free_port,
    hanging_up,
    make_certificate,
    over_tls,
    request_of,
    saying,
    serving,
    silent,
    trickling,
)

KEY = "0123456789abcdef0123456789abcdef"
BERLIN = ZoneInfo("Europe/Berlin")
TODAY = day_of(date(2026, 2, 16), BERLIN)
DAY_BEFORE = TODAY.begin - timedelta(days=1)
NOON = datetime(2026, 2, 16, 12, tzinfo=UTC)
BY_ENV = KeyBinding(env="ARR_KEY")


def _proved() -> Shell:
    """SSH has found the host to be who it should be, here on loopback."""
    return LocalShell()


def _count(
    port: int,
    *,
    app: str = "radarr",
    key: KeyBinding = BY_ENV,
    day: Day = TODAY,
    url_base: str = "",
    scheme: str = "http",
    via_ssh: bool = False,
    way: Callable[[], Shell] = _proved,
    env: str = KEY,
) -> ImportCount:
    binding = ImportBinding(app, app, app, key, url_base)
    site = Site(host(), port, scheme, via_ssh=via_ssh)
    return count_imports(binding, site, day, way, {"ARR_KEY": env} if env else {})


def _unknown(reason: Reason, detail: str, hint: str | None = None) -> ImportCount:
    return ImportCount(
        "radarr", "movie", ImportState.UNKNOWN, reason=reason, detail=detail, hint=hint
    )


def _counted(
    count: int,
    titles: tuple[ImportedTitle, ...] = (),
    earlier: tuple[ImportedTitle, ...] = (),
    *,
    app: str = "radarr",
    noun: str = "movie",
) -> ImportCount:
    return ImportCount(
        app,
        noun,
        ImportState.OK,
        count,
        titles=titles,
        earlier=earlier,
        told_since=DAY_BEFORE,
    )


def _unreachable(detail: str) -> ImportCount:
    return _unknown(Reason.UNREACHABLE, detail)


@pytest.mark.parametrize(
    ("app", "noun", "other"),
    [
        ("radarr", "movie", "movieFileDeleted"),
        ("sonarr", "episode", "grabbed"),
        ("lidarr", "track", "trackFileRetagged"),
    ],
)
def test_each_app_counts_its_imports_of_the_day(app: str, noun: str, other: str) -> None:
    """Upgrades are imports again; other events, and other days, are not counted; newest first.

    The day before comes with it, for the history.
    """
    with ArrServer(app, api_key=KEY) as server:
        server.history.add("the day before that", DAY_BEFORE - timedelta(seconds=1))
        before = server.history.add("yesterday", TODAY.begin - timedelta(seconds=1))
        first = server.history.add("Big Buck Bunny 720p", NOON)
        server.history.add("not an import", NOON, other)
        second = server.history.add("Big Buck Bunny 1080p", NOON + timedelta(minutes=1))
        server.history.add("tomorrow", TODAY.end)
        counted = _count(server.server_port, app=app)
    titles = (
        ImportedTitle(NOON + timedelta(minutes=1), "Big Buck Bunny 1080p", second["id"]),
        ImportedTitle(NOON, "Big Buck Bunny 720p", first["id"]),
    )
    earlier = (ImportedTitle(TODAY.begin - timedelta(seconds=1), "yesterday", before["id"]),)
    assert counted == _counted(2, titles, earlier, app=app, noun=noun)


def test_a_key_goes_only_to_a_host_that_ssh_has_proved() -> None:
    """Away from home the LAN address may be a stranger's: no host key, no API key."""

    def strangers() -> Shell:
        raise Unreachable(Reason.HOST_KEY_CHANGED, "host key changed")

    with ArrServer("radarr", api_key=KEY) as server:
        counted = _count(server.server_port, way=strangers)
        asked = [*server.requests]
    assert (counted.state, counted.reason, asked) == (ImportState.UNKNOWN, Reason.HOST_DOWN, [])


def test_an_app_without_imports_counts_none() -> None:
    """Nothing imported is zero, and known."""
    with ArrServer("radarr", api_key=KEY) as server:
        counted = _count(server.server_port)
        asked = server.requests
    assert counted == _counted(0)
    assert asked == [
        "/api/v3/history/since?date=2026-02-14T23%3A00%3A00Z&eventType=downloadFolderImported"
    ]


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-02-16", 24)]
)
def test_a_day_is_as_long_as_its_clocks_make_it(day: str, hours: int) -> None:
    """Each hour of a day of 23 or 25 counts, its first second does, its end is the next day's."""
    window = day_of(date.fromisoformat(day), BERLIN)
    history = History("radarr")
    with ArrServer("radarr", api_key=KEY, history=history) as server:
        for hour in range(-1, 27):
            history.add(f"hour {hour}", window.begin + timedelta(hours=hour))
        history.add("last second", window.end - timedelta(seconds=1))
        counted = _count(server.server_port, day=window)
    assert counted.count == hours + 1
    assert counted.titles[0].title == "last second"
    assert counted.titles[-1].title == "hour 0"


def test_an_app_below_a_url_base_is_asked_there() -> None:
    """`/radarr/api/...`, with or without a slash at its end."""
    with ArrServer("radarr", api_key=KEY, url_base="/radarr") as server:
        server.history.add("one", NOON)
        counts = [
            _count(server.server_port, url_base=base).count for base in ("/radarr", "/radarr/")
        ]
    assert counts == [1, 1]


def test_a_wrong_key_is_told_apart() -> None:
    """A refused key is no silence and no zero."""
    with ArrServer("radarr", api_key="another") as server:
        counted = _count(server.server_port)
    assert counted == _unknown(Reason.AUTH_FAILED, "answered 401: the API key is wrong")


class TestKey:
    """Where the key comes from, and that it goes nowhere."""

    @pytest.mark.parametrize("value", ["", "   "])
    def test_without_a_key_nobody_is_asked(self, value: str) -> None:
        """The variable to set is named."""
        with ArrServer("radarr", api_key=KEY) as server:
            counted = _count(server.server_port, env=value)
            asked = list(server.requests)
        hint = "export ARR_KEY=…"
        assert (counted, asked) == (_unknown(Reason.NO_KEY, "$ARR_KEY is not set", hint), [])

    def test_a_key_file_of_ones_own_is_read(self, tmp_path: Path) -> None:
        """Its line break is not part of the key."""
        file = tmp_path / "key"
        file.write_text(f"{KEY}\n")
        file.chmod(0o600)
        with ArrServer("radarr", api_key=KEY) as server:
            assert _count(server.server_port, key=KeyBinding(file=file), env="").count == 0

    @pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o610])
    def test_a_key_file_others_may_touch_is_refused(self, mode: int, tmp_path: Path) -> None:
        """What to type is told, and the app is not asked."""
        file = tmp_path / "key"
        file.write_text(KEY)
        file.chmod(mode)
        expected = _unknown(Reason.NO_KEY, f"{file} may be read by others", f"chmod 600 {file}")
        assert _count(free_port(), key=KeyBinding(file=file)) == expected

    @pytest.mark.parametrize(
        ("prepare", "detail"),
        [
            (lambda _file: None, "{file}: no such file or directory"),
            (lambda file: file.mkdir(0o700), "{file}: is a directory"),
            (lambda file: os.close(os.open(file, os.O_CREAT, 0o600)), "{file} is empty"),
        ],
        ids=["absent", "folder", "empty"],
    )
    def test_a_key_file_without_a_key_says_why(
        self, prepare: Callable[[Path], None], detail: str, tmp_path: Path
    ) -> None:
        """A missing file is a missing key, with the path to put it."""
        file = tmp_path / "key"
        prepare(file)
        hint = f"put the key in {file}, mode 600"
        expected = _unknown(Reason.NO_KEY, detail.format(file=file), hint)
        assert _count(free_port(), key=KeyBinding(file=file)) == expected

    @pytest.mark.parametrize("key", ["a\r\nX-Other: b", "schlüssel", "a\x00b", "a\tb"])
    def test_a_key_that_is_none_is_not_sent(self, key: str) -> None:
        """A key can't smuggle a header into the request."""
        detail = "the key holds characters that no key has"
        expected = _unknown(Reason.NO_KEY, detail, "copy it again")
        assert _count(free_port(), env=key) == expected

    @pytest.mark.parametrize(
        "behave",
        [
            answering("401 Unauthorized", KEY.encode()),
            answering("200 OK", f'{{"error": "{KEY}"}}'.encode()),
            answering(f"500 {KEY}", KEY.encode()),
            saying(f"{KEY}\r\n".encode()),
            saying(f"HTTP/1.1 {KEY}\r\n\r\n".encode()),
            hanging_up,
        ],
    )
    def test_the_key_is_in_nothing_that_is_told(self, behave: Behaviour) -> None:
        """Not even a server that echoes the key gets it into the result."""
        with serving(behave) as port:
            counted = _count(port)
        assert KEY not in repr(counted)
        assert KEY not in json.dumps(dataclasses.asdict(counted))

    def test_the_key_is_in_no_error(self, tmp_path: Path) -> None:
        """A file that can't be used is named, not quoted."""
        file = tmp_path / "key"
        file.write_text(f"{KEY}\u00e9")
        file.chmod(0o600)
        assert KEY not in repr(_count(free_port(), key=KeyBinding(file=file)))

    def test_the_key_goes_into_one_header_of_one_request(self) -> None:
        """Never into the URL, which servers log."""
        seen: list[bytes] = []

        def behave(connection: socket.socket) -> None:
            seen.append(request_of(connection))
            connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n\r\n")

        with serving(behave) as port:
            counted = _count(port)
        assert [request.count(KEY.encode()) for request in seen] == [1]
        assert f"\r\nX-Api-Key: {KEY}\r\n".encode() in seen[0]
        assert counted == _unreachable("answered 302")


NOT_ITS_API = "what answers there is not radarr's API"
BROKE_OFF = "its answer broke off"
ODD: dict[str, tuple[Behaviour, str]] = {
    "HTML": (answering("200 OK", b"<!doctype html><title>Radarr</title>"), NOT_ITS_API),
    "an object": (answering("200 OK", b'{"page": 1, "records": []}'), NOT_ITS_API),
    "nothing": (answering("200 OK"), NOT_ITS_API),
    "deep nesting": (answering("200 OK", b"[" * 200_000), NOT_ITS_API),
    "half an array": (answering("200 OK", b'[{"id": 1,'), BROKE_OFF),
    "an array of numbers": (answering("200 OK", b"[1, 2]"), NOT_ITS_API),
    "an element without an end": (
        answering("200 OK", b'["' + b"x" * (elements.ELEMENT_LIMIT + 1) + b'"]'),
        NOT_ITS_API,
    ),
    "500": (answering("500 Internal Server Error"), "answered 500"),
    "not HTTP": (saying(b"SSH-2.0-OpenSSH_9.2p1\r\n"), "not HTTP"),
    "less than it promised": (
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n["),
        BROKE_OFF,
    ),
    "hanging up": (hanging_up, "connection closed by the other side"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_answer_that_is_no_history_is_unknown(name: str) -> None:
    """No answer of any kind counts as nothing imported."""
    behave, detail = ODD[name]
    with serving(behave) as port:
        assert _count(port) == _unreachable(detail)


def test_a_server_that_closes_behind_its_answer_is_read() -> None:
    """`Connection: close` is asked for, and apps that say so themselves answer whole."""
    body = b'[{"id": 7, "date": "2026-02-16T12:00:00Z", "eventType": "downloadFolderImported"}]'
    with serving(answering("200 OK", body, "Connection: close")) as port:
        counted = _count(port)
    assert counted.titles == (ImportedTitle(NOON, "", 7),)


@pytest.mark.parametrize(
    ("module", "limit", "detail"),
    [
        (http, "STREAM_LIMIT_BYTES", "it sent more than 0 MiB"),
        (arr, "MOST_TOLD", "it tells of more than 100 imports"),
    ],
)
def test_a_huge_answer_is_cut_off(
    module: ModuleType, limit: str, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An app can't fill our memory; what did not fit is unknown, not part of a count."""
    monkeypatch.setattr(module, limit, 100)
    event = b'{"id": 7, "date": "2026-02-16T12:00:00Z", "eventType": "downloadFolderImported"}'
    with serving(answering("200 OK", b"[" + b",".join([event] * 101) + b"]")) as port:
        assert _count(port) == _unreachable(detail)


@pytest.mark.parametrize("behave", [silent, trickling(b"HTTP/1.1 200 OK\r\n\r\n[")])
def test_an_app_that_never_ends_its_answer_times_out(
    behave: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One limit holds for the whole answer."""
    monkeypatch.setattr(arr, "REPLY_LIMIT_SEC", 0.4)
    began = time.monotonic()
    with serving(behave) as port:
        assert _count(port) == _unreachable("timed out after 0.4 s")
        assert time.monotonic() - began < 3


def test_a_certificate_nobody_vouches_for_is_told(tmp_path: Path) -> None:
    """The same words as at a health URL."""
    certificate = make_certificate(tmp_path / "own.pem", "127.0.0.1")
    with serving(over_tls(answering("200 OK", b"[]"), certificate)) as port:
        counted = _count(port, scheme="https")
    assert (counted.detail or "").startswith("certificate: self")


def test_a_closed_port_is_unreachable() -> None:
    """Nobody listens there."""
    assert _count(free_port()) == _unreachable("connection refused")


class TestThroughSsh:
    """An app that listens on its host's localhost only."""

    def test_it_is_asked_through_its_host(self) -> None:
        """The same history, by another way."""

        def dial(port: int, timeout_sec: float) -> Connection:
            return socket.create_connection(("127.0.0.1", port), timeout_sec)

        with ArrServer("radarr", api_key=KEY) as server:
            server.history.add("one", NOON)
            way = FakeShell(dial=dial)
            counted = _count(server.server_port, via_ssh=True, way=lambda: way)
        assert counted.count == 1

    def test_a_host_that_is_away_is_the_reason(self) -> None:
        """It is the host that is down; the app is not wrong a second time."""

        def way() -> Shell:
            raise Unreachable(Reason.TIMEOUT, "timed out after 5 s")

        assert _count(7878, via_ssh=True, way=way) == dataclasses.replace(
            _unreachable(""), reason=Reason.HOST_DOWN, detail=None
        )


def _event(**more: object) -> dict[str, object]:
    event = {"id": 1, "date": "2026-02-16T12:00:00Z", "eventType": "e", "sourceTitle": "t"}
    return {**event, **more}


def _parsed(*events: object) -> tuple[ImportedTitle, ...]:
    return parse_history([json.dumps(events).encode()], "e", TODAY.begin, TODAY.end)


def test_an_event_that_comes_twice_counts_once() -> None:
    """Pages that shift while they are read repeat events; their number tells."""
    assert _parsed(_event(), _event(), _event(id=2)) == (
        ImportedTitle(NOON, "t", 2),
        ImportedTitle(NOON, "t", 1),
    )


@pytest.mark.parametrize(
    "event",
    [
        _event(eventType="grabbed"),
        {"eventType": "grabbed"},
        _event(date="2026-02-15T22:59:59Z"),
        _event(date="2026-02-16T23:00:00Z"),
    ],
)
def test_what_is_no_import_of_the_day_is_not_counted(event: object) -> None:
    """Another event, another day."""
    assert _parsed(event) == ()


@pytest.mark.parametrize(
    "event",
    [
        None,
        7,
        [],
        {},
        _event(eventType=3),
        _event(id="1"),
        _event(id=True),
        _event(id=None),
        _event(id=10**400),
        _event(date="yesterday"),
        _event(date=7),
        _event(date="2026-02-16"),
    ],
)
def test_what_is_no_event_makes_the_answer_none(event: object) -> None:
    """Passed over, it would count as nothing imported."""
    with pytest.raises(NoArrayError):
        _parsed(_event(), event)


def test_titles_are_text_of_bounded_length() -> None:
    """Whatever an app calls a title stays text that can be stored and shown."""
    titles = _parsed(
        _event(id=3, sourceTitle="x" * 5000),
        _event(id=2, sourceTitle="half \ud83d"),
        _event(id=1, sourceTitle={"a": 1}),
    )
    assert [title.title for title in titles] == ["x" * 300, "half ?", ""]


def test_an_app_is_found_where_its_health_url_is() -> None:
    """Scheme, port and way are those of the health URL; without one, the service's port."""
    health = HealthBinding(443, "/ping", "https", verify_tls=False, host="media.example")
    home = host()
    assert site_of(home, service("radarr", port=7878, health=health)) == Site(
        home, 443, "https", verify_tls=False, elsewhere="media.example"
    )
    assert site_of(home, service("radarr", port=7878)) == Site(home, 7878)
    bound = service("radarr", port=7878, health_reason="localhost_bound")
    assert site_of(home, bound) == Site(home, 7878, via_ssh=True)


def test_an_app_nobody_waits_for_any_more_is_unreachable() -> None:
    """A question that outlives every limit."""
    binding = ImportBinding("radarr", "radarr", "radarr", BY_ENV)
    assert no_count(binding, "no answer in 21 s") == _unreachable("no answer in 21 s")


def test_every_kind_of_app_is_known() -> None:
    """The three kinds, and how each spells its history."""
    assert dict(arr.APPS) == {
        "radarr": App("movie", "v3", "downloadFolderImported"),
        "sonarr": App("episode", "v3", "downloadFolderImported"),
        "lidarr": App("track", "v1", "trackFileImported"),
    }
