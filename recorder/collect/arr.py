"""What Radarr, Sonarr and Lidarr imported in a day, from the history each of them keeps.

One request, `/api/VERSION/history/since?date=…&eventType=…`, gives a plain array of events, each
with `id` (grows), `date` (UTC), `eventType` and `sourceTitle`: their published API documents. The
day before is asked for with it, so that looks once a day leave no hole in what is recorded.
"""

import contextlib
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from recorder.bindings.stack import HostBinding, ImportBinding, KeyBinding, ServiceBinding
from recorder.collect.containers import is_whole, parse_time, whole_text
from recorder.collect.elements import BrokenOffError, NoArrayError, elements
from recorder.collect.http import Response, TooLongError, get
from recorder.collect.network import describe
from recorder.collect.shell import Unreachable
from recorder.collect.web import OpenShell, Site, health_site
from recorder.frozen import frozen
from recorder.model import Day, ImportCount, ImportedTitle, ImportState, Reason

OK = 200
DENIED = (401, 403)
TITLE_LIMIT = 300
REPLY_LIMIT_SEC = 10.0
MOST_TOLD = 200_000  # imports of two days
OVERLAP = timedelta(days=1)


@frozen
class App:
    """How one kind of app spells its history."""

    noun: str
    version: str
    event: str


APPS: Mapping[str, App] = {
    "radarr": App("movie", "v3", "downloadFolderImported"),
    "sonarr": App("episode", "v3", "downloadFolderImported"),
    "lidarr": App("track", "v1", "trackFileImported"),
}


class NoKeyError(Exception):
    """Why there is no key to ask with, and what to type about it."""

    def __init__(self, detail: str, hint: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.hint = hint


def count_imports(
    binding: ImportBinding,
    site: Site,
    day: Day,
    shell: OpenShell,
    environ: Mapping[str, str],
) -> ImportCount:
    """Count what an app imported in a day. The key goes into the one request and nowhere else."""
    app = APPS[binding.app]
    unknown = ImportCount(binding.name, app.noun, ImportState.UNKNOWN)
    try:
        key = read_key(binding.api_key, environ)
    except NoKeyError as missing:
        reason = Reason.NO_KEY
        return replace(unknown, reason=reason, detail=missing.detail, hint=missing.hint)
    asked = urlencode({"date": _utc(day.begin - OVERLAP), "eventType": app.event})
    deadline = time.monotonic() + REPLY_LIMIT_SEC
    try:
        path = api_path(binding, f"history/since?{asked}")
        with ask(site, path, key, shell, deadline) as response:
            return _counted(unknown, app, response, day)
    except Unreachable:
        return replace(unknown, reason=Reason.HOST_DOWN)
    except (OSError, ValueError) as error:
        return replace(unknown, reason=Reason.UNREACHABLE, detail=_why(error, binding.app))


def _why(error: OSError | ValueError, app: str) -> str:
    """Why there is no count, in words."""
    if isinstance(error, OSError):
        return describe(error, REPLY_LIMIT_SEC)
    if isinstance(error, BrokenOffError):
        return "its answer broke off"
    if isinstance(error, NoArrayError):
        return f"what answers there is not {app}'s API"
    return str(error) if isinstance(error, TooLongError) else "not HTTP"


def no_count(binding: ImportBinding, why: str) -> ImportCount:
    """An app whose question is still under way when nobody waits for it any more."""
    unknown = ImportCount(binding.name, APPS[binding.app].noun, ImportState.UNKNOWN)
    return replace(unknown, reason=Reason.UNREACHABLE, detail=why)


def api_path(binding: ImportBinding, asked: str) -> str:
    """Where an app answers a question."""
    return f"{binding.url_base.rstrip('/')}/api/{APPS[binding.app].version}/{asked}"


@contextlib.contextmanager
def ask(site: Site, path: str, key: str, shell: OpenShell, deadline: float) -> Iterator[Response]:
    """Ask where SSH has proved the host to be: a key is not for whoever else has its address.

    `deadline` is a time of time.monotonic(). Raises Unreachable, OSError and ValueError.
    The body arrives inside the `with` block.
    """
    site = site.proved_by(shell)
    limit = min(site.host.connect_timeout_sec, REPLY_LIMIT_SEC)
    with contextlib.closing(site.connect(shell, limit)) as connection:
        stream = site.secure(connection, deadline)
        headers = {"X-Api-Key": key, "Accept": "application/json"}
        yield get(stream, site.authority, path, deadline=deadline, headers=headers)


def _counted(unknown: ImportCount, app: App, response: Response, day: Day) -> ImportCount:
    if response.status in DENIED:
        detail = f"answered {response.status}: the API key is wrong"
        return replace(unknown, reason=Reason.AUTH_FAILED, detail=detail)
    if response.status != OK:
        detail = f"answered {response.status}"
        return replace(unknown, reason=Reason.UNREACHABLE, detail=detail)
    titles = parse_history(response.chunks(), app.event, day.begin - OVERLAP, day.end)
    today = tuple(title for title in titles if title.at >= day.begin)
    return replace(
        unknown,
        state=ImportState.OK,
        count=len(today),
        titles=today,
        earlier=titles[len(today) :],
        told_since=day.begin - OVERLAP,
    )


def parse_history(
    body: Iterable[bytes], event: str, begin: datetime, end: datetime
) -> tuple[ImportedTitle, ...]:
    """The imports of a stretch, newest first, each once.

    The server was asked to filter; what it sent is filtered again. Raises NoArrayError where this
    is no such history, TooLongError where it tells of more than anybody imports.
    """
    return in_order(_of_stretch(body, event, begin, end))


def _of_stretch(
    body: Iterable[bytes], event: str, begin: datetime, end: datetime
) -> Iterator[ImportedTitle]:
    told = 0
    for said in elements(body):
        title = title_of(said, event)
        if title and begin <= title.at < end:
            yield title
            told += 1
            if told > MOST_TOLD:
                raise TooLongError(f"it tells of more than {MOST_TOLD:,} imports")


def in_order(titles: Iterable[ImportedTitle]) -> tuple[ImportedTitle, ...]:
    """Newest first, each event once, however often it was told."""
    found = {title.event_id: title for title in titles}
    return tuple(sorted(found.values(), key=lambda title: (title.at, title.event_id), reverse=True))


def title_of(said: Any, event: str) -> ImportedTitle | None:  # noqa: ANN401 - whatever JSON held
    """The import an event of the app's history tells of; None where it is another event.

    Raises NoArrayError for what is no event: passed over, it would count as nothing imported.
    """
    kind = said.get("eventType") if isinstance(said, dict) else None
    if not isinstance(kind, str):
        raise NoArrayError("an element that is no event")
    if kind != event:
        return None
    at, number, name = parse_time(said.get("date")), said.get("id"), said.get("sourceTitle")
    if at is None or not is_whole(number):
        raise NoArrayError("an import without its time or its number")
    title = whole_text(name)[:TITLE_LIMIT] if isinstance(name, str) else ""
    return ImportedTitle(at, title, number)


def read_key(binding: KeyBinding, environ: Mapping[str, str]) -> str:
    """The API key, from the environment or a file nobody else may read."""
    if binding.file is not None:
        key = _key_of_file(binding.file.expanduser())
    else:
        key = environ.get(binding.env or "", "")
        if not key.strip():
            raise NoKeyError(f"${binding.env} is not set", f"export {binding.env}=…")
    key = key.strip()
    if not key.isascii() or not key.isprintable():
        raise NoKeyError("the key holds characters that no key has", "copy it again")
    return key


def _key_of_file(file: Path) -> str:
    try:
        mode = file.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise NoKeyError(f"{file} may be read by others", f"chmod 600 {file}")
        key = file.read_text("utf-8", "replace")
    except OSError as error:
        said = (error.strerror or "can't be read").lower()
        raise NoKeyError(f"{file}: {said}", f"put the key in {file}, mode 600") from error
    if not key.strip():
        raise NoKeyError(f"{file} is empty", f"put the key in {file}, mode 600")
    return key


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def site_of(host: HostBinding, service: ServiceBinding) -> Site:
    """Where an app's API is found: as its health URL is reached, else straight at its port."""
    if service.health is not None:
        return health_site(host, service.health)
    return Site(host, service.port or 0, via_ssh=service.health_reason == "localhost_bound")
