"""The look-alike of Radarr, Sonarr and Lidarr speaks their API as far as it goes."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from realhosts import ArrServer
from realhosts.history import APPS

KEY = "right"
NOON = datetime(2026, 2, 16, 12, tzinfo=UTC)
EVENING = datetime(2026, 2, 16, 20, tzinfo=UTC)


def _get(url: str, key: str | None = KEY) -> Any:  # noqa: ANN401 -- JSON is anything
    headers = {"X-Api-Key": key} if key else {}
    with urlopen(Request(url, headers=headers), timeout=5) as answer:  # noqa: S310 -- loopback
        return json.load(answer)


@pytest.mark.parametrize("key", [None, "wrong", ""])
def test_history_wants_the_right_key(key: str | None) -> None:
    """Without the key, or with another, the answer is 401."""
    with ArrServer("radarr", api_key=KEY) as radarr:
        with pytest.raises(HTTPError) as refused:
            _get(f"{radarr.url}/api/v3/history/since?date=2026-02-16T00:00:00Z", key)
        refused.value.close()
    assert refused.value.code == 401


def test_ping_wants_no_key() -> None:
    """Anybody may ask whether it lives."""
    with ArrServer("sonarr", api_key=KEY, url_base="/sonarr") as sonarr:
        assert _get(f"{sonarr.url}/ping", None) == {"status": "OK"}


@pytest.mark.parametrize("name", APPS)
def test_since_gives_the_events_of_a_type_from_a_moment_on(name: str) -> None:
    """A plain array, oldest first, of the app's own event type."""
    app = APPS[name]
    with ArrServer(name, api_key=KEY) as server:
        server.history.add("too old", NOON)
        server.history.add("only grabbed", EVENING, "grabbed")
        wanted = [server.history.add(title, EVENING) for title in ("one", "two")]
        since = quote("2026-02-16T20:00:00+00:00")
        asked = f"history/since?date={since}&eventType={app.imported}"
        assert wanted == _get(f"{server.url}/api/{app.api}/{asked}")


def test_history_comes_in_pages_newest_first() -> None:
    """Pages are of the size asked for, with the total beside them."""
    with ArrServer("radarr", api_key=KEY) as radarr:
        events = [radarr.history.add(f"film {n}", NOON.replace(minute=n)) for n in range(5)]
        answer = _get(f"{radarr.url}/api/v3/history?page=2&pageSize=2&sortKey=date")
    expected = {
        "page": 2,
        "pageSize": 2,
        "totalRecords": 5,
        "records": [events[2], events[1]],
    }
    assert expected == answer


def test_the_same_number_is_another_event_elsewhere() -> None:
    """Event types have numbers, and each app its own."""
    with ArrServer("radarr", api_key=KEY) as radarr, ArrServer("lidarr", api_key=KEY) as lidarr:
        radarr.history.add("deleted", NOON, "movieFileDeleted")
        lidarr.history.add("deleted", NOON, "trackFileRenamed")
        found = [
            len(_get(f"{server.url}/api/{api}/history/since?eventType=6"))
            for server, api in ((radarr, "v3"), (lidarr, "v1"))
        ]
    assert found == [1, 1]
