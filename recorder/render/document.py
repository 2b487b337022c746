"""The JSON documents: one envelope for all, and the data of each capability.

Text from hosts stays as it is, raw; `as_json` escapes all that isn't printable ASCII, so that a
document is safe in a terminal too. What is not known is null, with a reason beside it; no key is
ever left out.
"""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime

from recorder.model import (
    EndpointState,
    Gap,
    ImportCount,
    Snapshot,
    Verdict,
    Volume,
    findings,
    verdict,
)
from recorder.render import parts
from recorder.render.outlook import NO_HISTORY, ahead
from recorder.render.past import NO_PAST, Past, free_change
from recorder.render.things import (
    Object,
    changes,
    counts_by_host,
    finding,
    gap,
    host,
    imported,
    instant,
    last_free,
    last_known,
    mount,
    service,
    volume,
)

SCHEMA_VERSION = 1
FIRST_LOOK = "recording begins with this look"
UNDER_WAY = "another look is under way"


def status(
    snapshot: Snapshot,
    gaps: Sequence[Gap] = (),
    *,
    generated_at: datetime,
    recorded: bool = False,
    notes: Sequence[str] = (),
    past: Past = NO_PAST,
) -> Object:
    """The document of media.status."""
    found = findings(snapshot, past.forecasts)
    data: Object = {
        "snapshot": taken(snapshot, recorded=recorded),
        "hosts": [host(it) for it in snapshot.hosts],
        "services": [service(it) for it in snapshot.services],
        "counts": counts_by_host(snapshot),
        "mounts": [mount(it) for it in snapshot.mounts],
        "volumes": [volume(it) | _past_of(it, past) for it in snapshot.volumes],
        "last_known": last_known(past),
        "changes": _changes(past),
        "imports": {it.app: imported(it) for it in snapshot.imports},
        "gaps": [gap(it) for it in gaps],
        "findings": [finding(it) for it in found],
        "notes": [*notes],
    }
    return envelope("media.status", verdict(found), data, generated_at)


def recorded(
    snapshot: Snapshot | None,
    *,
    generated_at: datetime,
    recorded: bool = False,
    trouble: str | None = None,
    notes: Sequence[str] = (),
    past: Past = NO_PAST,
) -> Object:
    """The document of media.snapshot; no snapshot: it was skipped, another look was under way."""
    found = findings(snapshot, past.forecasts) if snapshot else ()
    data: Object = {
        "snapshot": taken(snapshot, recorded=recorded) if snapshot else None,
        "reason": trouble if snapshot else UNDER_WAY,
        "changes": _changes(past),
        "findings": [finding(it) for it in found],
        "notes": [*notes],
    }
    return envelope("media.snapshot", verdict(found), data, generated_at)


def health(snapshot: Snapshot, *, generated_at: datetime) -> Object:
    """The document of media.health.check."""
    part = parts.endpoints(snapshot)
    states = [it.endpoint.state for it in part.services if it.endpoint]
    data: Object = {
        "snapshot": taken(part),
        "hosts": [host(it) for it in part.hosts],
        "services": [service(it) for it in part.services],
        "endpoints": {str(state): states.count(state) for state in EndpointState},
        "findings": [finding(it) for it in findings(part)],
    }
    return _document("media.health.check", part, data, generated_at)


def services(snapshot: Snapshot, *, generated_at: datetime) -> Object:
    """The document of media.service.status."""
    part = parts.services(snapshot)
    data: Object = {
        "snapshot": taken(part),
        "hosts": [host(it) for it in part.hosts],
        "services": [service(it) for it in part.services],
        "counts": counts_by_host(part),
        "findings": [finding(it) for it in findings(part)],
    }
    return _document("media.service.status", part, data, generated_at)


def mounts(snapshot: Snapshot, *, generated_at: datetime) -> Object:
    """The document of media.nfs.verify."""
    part = parts.mounts(snapshot)
    data: Object = {
        "snapshot": taken(part),
        "hosts": [host(it) for it in snapshot.hosts],
        "mounts": [mount(it) for it in part.mounts],
        "findings": [finding(it) for it in findings(part)],
    }
    return _document("media.nfs.verify", part, data, generated_at)


def imports(
    snapshot: Snapshot, *, generated_at: datetime, day: date, zone: str, sample: int = 0
) -> Object:
    """The document of media.metrics.today: `day` as it is in the time zone called `zone`."""
    part = parts.imports(snapshot)
    data: Object = {
        "snapshot": taken(part),
        "day": {"date": day.isoformat(), "zone": zone},
        "imports": {it.app: imported(it) | _titles(it, sample) for it in part.imports},
        "findings": [finding(it) for it in findings(part)],
    }
    return _document("media.metrics.today", part, data, generated_at)


def as_json(document: Object) -> str:
    """The document as text: printable ASCII and line ends only."""
    return json.dumps(document, indent=2, allow_nan=False)


def _document(capability: str, part: Snapshot, data: Object, generated_at: datetime) -> Object:
    return envelope(capability, verdict(findings(part)), data, generated_at)


def envelope(capability: str, status: Verdict, data: Object, generated_at: datetime) -> Object:
    """What every document has around its data."""
    return {
        "capability": capability,
        "schema_version": SCHEMA_VERSION,
        "generated_at": instant(generated_at),
        "status": str(status),
        "data": data,
    }


def taken(snapshot: Snapshot, *, recorded: bool = False) -> Object:
    """When and for whom a snapshot was taken."""
    return {
        "ts": int(snapshot.taken_at.astimezone(UTC).timestamp()),
        "at": instant(snapshot.taken_at),
        "duration_ms": snapshot.duration_ms,
        "trigger": str(snapshot.trigger),
        "site": snapshot.site,
        "recorded": recorded,
    }


def _changes(past: Past) -> Object:
    if past.changes is None:
        return {"since": None, "snapshots": 0, "events": [], "gates": [], "reason": NO_HISTORY}
    return changes(past.changes) | {"reason": None if past.changes.since else FIRST_LOOK}


def _past_of(it: Volume, past: Past) -> Object:
    return {"free_change_bytes": free_change(it, past)} | last_free(it, past) | ahead(it, past)


def _titles(it: ImportCount, sample: int) -> Object:
    return {"titles": [{"at": instant(one.at), "title": one.title} for one in it.titles[:sample]]}
