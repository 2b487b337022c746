"""Things as rows of spans: pure. The way back is in `things`.

A row holds only what changes rarely. Of a thing that could not be seen it holds nothing but what
the binding says and why. Text is made fit to store: hosts send what they like.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from recorder.model import Endpoint, Host, ImportCount, Kind, Mount, Service, Thing, Volume
from recorder.store.tables import SHAPES

Row = dict[str, Any]  # of plain values; and of Definition and Image where a column names theirs
TEXT_LIMIT = 500
GREATEST = (1 << 63) - 1
UNKNOWN, GONE = "unknown", "gone"


class Definition(NamedTuple):
    """What the binding and the compose labels say of a service."""

    container: str
    declared: str
    category: str | None
    project: str | None
    compose_service: str | None


class Image(NamedTuple):
    """What a container was made from."""

    digest: str | None
    ref: str | None
    version: str | None


def text(value: str | None, limit: int = TEXT_LIMIT) -> str | None:
    """Text as SQLite keeps it: no lone surrogates, no NUL, of sane length."""
    if value is None:
        return None
    return (
        value[:limit].encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    )


def whole(value: float | None) -> int | None:
    """A whole number as SQLite keeps it; None where it is none."""
    try:
        number = None if value is None else round(value)
    except (ValueError, OverflowError):
        return None
    return number if number is None or abs(number) <= GREATEST else None


def seconds(at: datetime | None) -> int | None:
    """Whole seconds since the epoch, rounded down."""
    return None if at is None else int(at.timestamp() // 1)


def address_of(url: str) -> str:
    """A URL without what may be secret in it: user, password and query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    place = parts.netloc.rpartition("@")[2]
    return text(urlunsplit((parts.scheme, place, parts.path, "", ""))) or ""


def row_of(thing: Thing, ts: int) -> Row:
    """What a span that begins at `ts` would hold of a thing."""
    kind, make = _MAKERS[type(thing)]
    row: Row = make(thing, ts)
    row["state"], row["reason"] = thing.state.value, getattr(thing, "reason", None)
    for name, value in row.items():
        if isinstance(value, str):
            row[name] = text(value)
        elif isinstance(value, int):
            row[name] = whole(value)
    return hidden(kind, row) if row["state"] == UNKNOWN else row


def hidden(kind: Kind, row: Row) -> Row:
    """A row without what can't be known of a thing nobody saw."""
    return {**row, **dict.fromkeys(SHAPES[kind].hidden)}


def _of_host(host: Host, ts: int) -> Row:
    engine = host.engine
    return {
        "number": host.number,
        "role": host.role,
        "boot_id": host.boot_id,
        "address": host.address,
        "engine_kind": engine.kind if engine else None,
        "engine_readable": engine.readable if engine else None,
        "engine_reason": engine.reason if engine else None,
        "detail": host.detail,
        "booted_ts": None if host.uptime_sec is None else ts - host.uptime_sec,
        "memory_total_bytes": host.memory_total_bytes,
    }


def _of_service(service: Service, _ts: int) -> Row:
    image = Image(text(service.image_id), text(service.image), text(service.image_version))
    return {
        "definition_id": Definition(
            text(service.container) or "",
            service.declared.value,
            text(service.category),
            text(service.project),
            text(service.compose_service),
        ),
        "health": service.health,
        "exit_code": service.exit_code,
        "oom_killed": service.oom_killed,
        "image_id": image if any(image) else None,
        "created_ts": seconds(service.created_at),
        "started_ts": seconds(service.started_at),
        "finished_ts": seconds(service.finished_at),
        "restart_count": service.restart_count,
        "error": service.error,
    }


def _of_endpoint(endpoint: Endpoint, _ts: int) -> Row:
    return {"http_status": endpoint.http_status, "detail": endpoint.detail}


def _of_mount(mount: Mount, _ts: int) -> Row:
    return {
        "declared_source": mount.declared_source,
        "declared_mode": mount.declared_mode,
        "source": mount.source,
        "mode": mount.mode,
        "fs_type": mount.fs_type,
        "detail": mount.detail,
        "note": mount.note,
    }


def _of_volume(volume: Volume, _ts: int) -> Row:
    return {"path": volume.path, "detail": volume.detail}


def _of_import(imported: ImportCount, _ts: int) -> Row:
    return {"noun": imported.noun, "detail": imported.detail}


_MAKERS: Mapping[type, tuple[Kind, Callable[[Any, int], Row]]] = {
    Host: (Kind.HOST, _of_host),
    Service: (Kind.SERVICE, _of_service),
    Endpoint: (Kind.ENDPOINT, _of_endpoint),
    Mount: (Kind.MOUNT, _of_mount),
    Volume: (Kind.VOLUME, _of_volume),
    ImportCount: (Kind.IMPORT, _of_import),
}
