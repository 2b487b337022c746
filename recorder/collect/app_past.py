"""What an app imported before, from its history page by page, newest first.

`/api/VERSION/history?page=…&sortKey=date&sortDirection=descending&eventType=…` gives
`{page, pageSize, totalRecords, records}` (the apps' published API documents; an event type goes by
its number here, and imports have the same in all three). Reading stops where what is known begins,
and never goes further back than so many pages.
"""

import json
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from recorder.bindings.stack import ImportBinding
from recorder.collect.arr import APPS, OK, NoKeyError, api_path, ask, in_order, read_key, title_of
from recorder.collect.containers import parse_time
from recorder.collect.shell import Unreachable
from recorder.collect.web import OpenShell, Site
from recorder.model import ImportedTitle
from recorder.model.past import AppPast, Hole

PAGE_SIZE = 250  # events, of one to three kilobytes each
MOST_PAGES = 40
LIMIT_SEC = 20.0  # for all of them
IMPORTED = 3  # the number of the event type, for whoever filters by it


def ask_app(
    binding: ImportBinding,
    site: Site,
    hole: Hole,
    shell: OpenShell,
    environ: Mapping[str, str],
) -> AppPast | None:
    """What an app imported from a hole's begin on; None where it would not tell all of it.

    The key goes where `arr` lets it go.
    """
    deadline = time.monotonic() + LIMIT_SEC
    found: list[ImportedTitle] = []
    try:
        key = read_key(binding.api_key, environ)
        for page in range(1, MOST_PAGES + 1):
            with ask(site, api_path(binding, _asked(page)), key, shell, deadline) as response:
                events = records(response.body()) if response.status == OK else None
            if events is None:
                return None
            told = [title_of(said, APPS[binding.app].event) for said in events]
            found += [title for title in told if title and title.at >= hole.since]
            if is_last(events, hole.since):
                break
    except (NoKeyError, Unreachable, OSError, ValueError):
        return None
    return AppPast(binding.name, hole.until, in_order(found))


def _asked(page: int) -> str:
    order = {"sortKey": "date", "sortDirection": "descending"}
    return "history?" + urlencode(
        {"page": page, "pageSize": PAGE_SIZE, **order, "eventType": IMPORTED}
    )


def records(body: bytes | None) -> list[Any] | None:
    """The events of a page; None where this is no such page."""
    try:
        page = json.loads(body or b"")
    except (ValueError, RecursionError):
        return None
    events = page.get("records") if isinstance(page, dict) else None
    return events if isinstance(events, list) else None


def is_last(events: list[Any], since: datetime) -> bool:
    """Whether no page behind this one can hold anything since then."""
    if len(events) < PAGE_SIZE:
        return True
    dates = (parse_time(said.get("date")) for said in events if isinstance(said, dict))
    return any(at < since for at in dates if at)
