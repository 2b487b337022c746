"""What apps imported before, asked page by page of the look-alike of Radarr, Sonarr and Lidarr."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from realhosts import ArrServer

from recorder.bindings.stack import ImportBinding, KeyBinding
from recorder.collect import app_past
from recorder.collect.app_past import PAGE_SIZE, ask_app, is_last, records
from recorder.collect.local import LocalShell
from recorder.collect.shell import Shell, Unreachable
from recorder.collect.web import Site
from recorder.model import ImportedTitle, Reason
from recorder.model.past import AppPast, Hole

from .examples import host
from .servers import Behaviour, answering, hanging_up, serving

KEY = "0123456789abcdef0123456789abcdef"
NOON = datetime(2026, 2, 16, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _ask(
    port: int,
    since: datetime,
    *,
    app: str = "radarr",
    url_base: str = "",
    way: Callable[[], Shell] = LocalShell,
) -> AppPast | None:
    binding = ImportBinding(app, app, app, KeyBinding(env="ARR_KEY"), url_base)
    return ask_app(binding, Site(host(), port), Hole(app, since, NOON), way, {"ARR_KEY": KEY})


@pytest.mark.parametrize(
    ("app", "other"),
    [
        ("radarr", "movieFileDeleted"),
        ("sonarr", "episodeFileDeleted"),
        ("lidarr", "trackFileRetagged"),
    ],
)
def test_each_app_tells_its_imports_since_a_moment(app: str, other: str) -> None:
    """From the moment on, newest first; what is no import, or older, is not among them."""
    with ArrServer(app, api_key=KEY) as server:
        server.history.add("too old", NOON - 721 * HOUR)
        first = server.history.add("first", NOON - 720 * HOUR)
        server.history.add("no import", NOON - 2 * HOUR, other)
        last = server.history.add("last", NOON - HOUR)
        told = _ask(server.server_port, NOON - 720 * HOUR, app=app)
    titles = (
        ImportedTitle(NOON - HOUR, "last", last["id"]),
        ImportedTitle(NOON - 720 * HOUR, "first", first["id"]),
    )
    assert told == AppPast(app, NOON, titles)


def test_a_long_history_is_not_walked_to_its_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are asked for until one reaches behind the moment, and no further."""
    monkeypatch.setattr(app_past, "PAGE_SIZE", 10)
    with ArrServer("radarr", api_key=KEY, url_base="/radarr") as server:
        for number in range(95):
            server.history.add(f"film {number}", NOON - (94 - number) * HOUR)
        told = _ask(server.server_port, NOON - 24 * HOUR, url_base="/radarr/")
        asked = [*server.requests]
    assert (
        [title.title for title in told.titles]
        if told
        else [f"film {number}" for number in range(94, 69, -1)] == []
    )
    assert asked == [
        f"/radarr/api/v3/history?page={page}&pageSize=10&sortKey=date"
        "&sortDirection=descending&eventType=3"
        for page in (1, 2, 3)
    ]


def test_no_history_is_walked_further_than_so_many_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an app imported in so many pages has to do."""
    monkeypatch.setattr(app_past, "PAGE_SIZE", 2)
    monkeypatch.setattr(app_past, "MOST_PAGES", 3)
    with ArrServer("radarr", api_key=KEY) as server:
        for number in range(9):
            server.history.add(f"film {number}", NOON - (8 - number) * HOUR)
        told = _ask(server.server_port, NOON - 720 * HOUR)
        asked = len(server.requests)
    assert told is not None
    assert ([title.title for title in told.titles], asked) == (
        [f"film {number}" for number in range(8, 2, -1)],
        3,
    )


def test_an_import_that_comes_while_pages_are_read_hides_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Pages shift by it: what is told twice is one import, and none falls between two pages."""
    monkeypatch.setattr(app_past, "PAGE_SIZE", 2)
    with ArrServer("radarr", api_key=KEY) as server:
        for number in range(5):
            server.history.add(f"film {number}", NOON - (9 - number) * HOUR)

        def way() -> Shell:
            if len(server.requests) == 1:
                server.history.add("meanwhile", NOON)
            return LocalShell()

        told = _ask(server.server_port, NOON - 720 * HOUR, way=way)
    assert told is not None
    assert [title.title for title in told.titles] == [f"film {n}" for n in (4, 3, 2, 1, 0)]


PAGE = json.dumps({"page": 1, "records": []}).encode()
ODD: dict[str, Behaviour] = {
    "no page": answering("200 OK", b"[]"),
    "records that are none": answering("200 OK", b'{"records": 7}'),
    "HTML": answering("200 OK", b"<!doctype html>"),
    "deep nesting": answering("200 OK", b'{"records":' + b"[" * 200_000),
    "denied": answering("401 Unauthorized", PAGE),
    "500": answering("500 Internal Server Error", PAGE),
    "hanging up": hanging_up,
}


@pytest.mark.parametrize("name", ODD)
def test_an_app_that_does_not_tell_all_has_told_nothing(name: str) -> None:
    """Part of a history taken for all of it would leave a hole that nobody sees."""
    with serving(ODD[name]) as port:
        assert _ask(port, NOON - HOUR) is None


def test_half_the_pages_are_no_history(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app went away between two pages."""
    monkeypatch.setattr(app_past, "PAGE_SIZE", 2)
    with ArrServer("radarr", api_key=KEY) as server:
        for number in range(5):
            server.history.add(f"film {number}", NOON - number * HOUR)

        def way() -> Shell:
            if server.requests:
                raise Unreachable(Reason.TIMEOUT, "timed out after 5 s")
            return LocalShell()

        assert _ask(server.server_port, NOON - 720 * HOUR, way=way) is None


def test_a_key_goes_only_to_a_host_that_ssh_has_proved() -> None:
    """No host key, no API key: neither for a look nor for what was before."""

    def strangers() -> Shell:
        raise Unreachable(Reason.HOST_KEY_CHANGED, "host key changed")

    with ArrServer("radarr", api_key=KEY) as server:
        assert _ask(server.server_port, NOON, way=strangers) is None
        assert server.requests == []


def test_without_a_key_nobody_is_asked() -> None:
    """A key that is gone since the look is no reason to fail."""
    binding = ImportBinding("radarr", "radarr", "radarr", KeyBinding(env="ARR_KEY"))
    with ArrServer("radarr", api_key=KEY) as server:
        site = Site(host(), server.server_port)
        assert ask_app(binding, site, Hole("radarr", NOON, NOON), LocalShell, {}) is None
        assert server.requests == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.binary(max_size=50) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_page_or_none(body: bytes) -> None:
    """Whatever an app answers."""
    found = records(body)
    assert found is None or isinstance(found, list)


@given(st.lists(JSON, max_size=4))
def test_a_page_of_anything_ends_or_not(events: list[object]) -> None:
    """A page that is not full is the last; a full one goes on unless it reaches back."""
    assert is_last(events, NOON)
    assert not is_last([{"date": "2026-02-16T12:00:00Z"}] * PAGE_SIZE, NOON)
    assert is_last([*([{}] * PAGE_SIZE), {"date": "2026-02-16T11:59:59Z"}], NOON)
